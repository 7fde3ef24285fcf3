"""What of Qt and of Windows itself stays in the bundle for Windows."""

from __future__ import annotations

import pytest

from tests.support.scripts import load_script

trimming = load_script("trimming.py")


@pytest.mark.parametrize("name", ["ucrtbase.dll", "api-ms-win-crt-heap-l1-1-0.dll", "_internal/UCRTBASE.DLL"])
def test_the_c_runtime_of_windows_stays_in_windows(name: str) -> None:
    assert not trimming.is_wanted(name)


@pytest.mark.parametrize(
    "name", ["VCRUNTIME140.dll", "PySide6/MSVCP140.dll", "python313.dll", "libcrypto-3.dll"]
)
def test_the_compilers_runtime_is_brought_along(name: str) -> None:
    assert trimming.is_wanted(name)


def test_a_library_is_found_under_whatever_case_its_name_is_written_in() -> None:
    entries = [
        ("PySide6/QtGui.pyd", "QtGui.pyd", "EXTENSION"),
        ("PySide6/MSVCP140.dll", "a.dll", "BINARY"),
        ("shiboken6/msvcp140.dll", "b.dll", "BINARY"),
        ("PySide6/opengl32sw.dll", "c.dll", "BINARY"),
    ]
    kept = trimming.trimmed(entries, lambda source: ["msvcp140.DLL"] if source == "QtGui.pyd" else [])
    assert kept == entries[:3], "both copies stay; a renderer that nothing links to goes"
