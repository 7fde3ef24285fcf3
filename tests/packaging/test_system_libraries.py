"""What the bundle asks of the system is known, and is what the .deb depends on."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.support.scripts import load_script

system_libraries = load_script("linux/system_libraries.py")

DESCRIBED = """
File: a.so
 0x0000000000000001 (NEEDED)             Shared library: [libxcb.so.1]
 0x0000000000000001 (NEEDED)             Shared library: [libb.so]
 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]
  0x0010:   Name: GLIBC_2.9  Flags: none  Version: 3
  0x0020:   Name: GLIBC_2.34  Flags: none  Version: 2
"""


def test_what_comes_along_is_not_asked_of_the_system() -> None:
    missing = system_libraries.missing_libraries([Path("a.so"), Path("libb.so")], DESCRIBED)
    assert missing == {"libxcb.so.1", "libc.so.6"}


def test_versions_of_the_c_library_are_compared_as_numbers() -> None:
    assert system_libraries.newest_glibc(DESCRIBED) == "2.34"


def test_an_unknown_library_stops_the_build() -> None:
    with pytest.raises(system_libraries.UnknownLibraryError, match="libstranger"):
        system_libraries._package_of("libstranger.so.7")


@pytest.mark.skipif(
    shutil.which("readelf") is None or sys.platform != "linux", reason="needs readelf, on Linux"
)
def test_a_real_library_is_read(tmp_path: Path) -> None:
    import psutil._psutil_linux as extension

    shutil.copy(str(extension.__file__), tmp_path)
    (tmp_path / "read.me").write_text("not a program")
    assert system_libraries.depends(tmp_path).startswith("libc6 (>= 2.")
