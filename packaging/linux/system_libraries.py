"""The libraries that a bundle expects of the system, and the Debian packages that have them.

usage: system_libraries.py FOLDER       prints the value of a package's "Depends:"
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

_ELF = b"\x7fELF"
_GLIBC = "libc6"

# Library -> package, with the names of Debian 13 and Ubuntu 24.04 where they changed.
PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb.so.1": "libxcb1",
    "libcrypt.so.1": "libcrypt1",
    "libdrm.so.2": "libdrm2",
}
# Parts of the C library itself.
_OF_GLIBC = re.compile(r"(ld-linux.*|lib(c|m|dl|pthread|rt|util|resolv|anl))\.so\.\d+")
# Data that bundled libraries read from the system: settings of fontconfig, dead keys, keyboard layouts.
DATA_PACKAGES = ("fontconfig-config", "libx11-data", "xkb-data")


class UnknownLibraryError(Exception):
    """A library that `PACKAGES` has no package for."""


def depends(folder: Path) -> str:
    """Raise `UnknownLibraryError`."""
    files = list(_programs(folder))
    described = _readelf(files)
    packages = {_package_of(name) for name in missing_libraries(files, described)} - {_GLIBC}
    return ", ".join([f"{_GLIBC} (>= {newest_glibc(described)})", *sorted(packages), *DATA_PACKAGES])


def missing_libraries(files: Iterable[Path], described: str) -> set[str]:
    """What the files link to and none of them is."""
    linked = set(re.findall(r"\(NEEDED\)\s+Shared library: \[([^]]+)]", described))
    return linked - {file.name for file in files}


def newest_glibc(described: str) -> str:
    """The oldest C library that has every symbol that is used."""
    versions = re.findall(r"Name: GLIBC_(\d+(?:\.\d+)+)", described)
    return max(versions, key=lambda version: [int(part) for part in version.split(".")])


def _package_of(library: str) -> str:
    if _OF_GLIBC.fullmatch(library):
        return _GLIBC
    if library not in PACKAGES:
        raise UnknownLibraryError(f"{library}: which package has it? Tell system_libraries.py")
    return PACKAGES[library]


def _programs(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(len(_ELF)) == _ELF:
                    yield path


def _readelf(files: Iterable[Path]) -> str:
    """What they link to (-d), and with which versions of symbols (-V)."""
    command = ["readelf", "--wide", "-d", "-V", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    print(depends(Path(sys.argv[1])))
