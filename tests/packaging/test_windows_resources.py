"""What is written into the programs for Windows: version, manifest and icon."""

from __future__ import annotations

import ast
import importlib
import re
import struct
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtGui import QImage, QImageReader

from desktop import __version__
from tests.support.house import ROOT
from tests.support.scripts import load_script

app_icons = load_script("app_icons.py")
version_info = load_script("windows/version_info.py")
check_programs = load_script("windows/check_programs.py")

NO_PYINSTALLER = "PyInstaller, of the extra [bundle], is not installed here"
MANIFEST = ROOT / "packaging" / "windows" / "caponier.manifest"
SETTINGS = "{{http://schemas.microsoft.com/SMI/{}/WindowsSettings}}{}"


@pytest.mark.parametrize(
    ("version", "numbers"),
    [
        ("0.1.0", (0, 1, 0, 0)),
        ("12.3", (12, 3, 0, 0)),
        ("0.2.0rc1", (0, 2, 0, 0)),
        ("1.2.3.4.5", (1, 2, 3, 4)),
    ],
)
def test_windows_gets_four_numbers(version: str, numbers: tuple[int, ...]) -> None:
    assert version_info.four_numbers(version) == numbers


def test_what_is_no_version_is_not_taken_for_one() -> None:
    with pytest.raises(ValueError, match="no version"):
        version_info.four_numbers("next")


def test_the_version_resource_is_an_expression_with_our_version() -> None:
    text = version_info.version_info(__version__, "caponier-gui", "Caponier")
    ast.parse(text, mode="eval")
    assert f"'ProductVersion', '{__version__}'" in text


class WindowsStruct:
    """The module `struct` with the sizes of Windows, where a long has 4 bytes on every processor."""

    @staticmethod
    def pack(form: str, *values: object) -> bytes:
        return struct.pack(f"={form}", *values)

    @staticmethod
    def unpack(form: str, data: bytes) -> tuple[object, ...]:
        return struct.unpack(f"={form}", data)


@pytest.fixture
def pyinstaller_versioninfo(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """PyInstaller's own reader and writer. It wants Windows for the programs that hold a resource, not for this."""
    compat = pytest.importorskip("PyInstaller.compat", reason=NO_PYINSTALLER)
    if sys.platform != "win32":
        monkeypatch.setitem(sys.modules, "pefile", ModuleType("pefile"))
        monkeypatch.setattr(compat, "win32api", None, raising=False)
    versioninfo = importlib.import_module("PyInstaller.utils.win32.versioninfo")
    monkeypatch.setattr(versioninfo, "struct", WindowsStruct)
    return versioninfo


def test_pyinstaller_writes_and_reads_back_the_version(
    pyinstaller_versioninfo: ModuleType, tmp_path: Path
) -> None:
    text_path = tmp_path / "version.txt"
    text_path.write_text(version_info.version_info("1.2.3rc4", "caponier", "A program"), encoding="utf-8")
    raw = pyinstaller_versioninfo.load_version_info_from_text_file(str(text_path)).toRaw()
    read_back = pyinstaller_versioninfo.VSVersionInfo()
    read_back.fromRaw(raw)
    assert (read_back.ffi.fileVersionMS, read_back.ffi.fileVersionLS) == (0x0001_0002, 0x0003_0000)
    strings = {each.name: each.val for each in read_back.kids[0].kids[0].kids}
    assert strings["ProductVersion"] == "1.2.3rc4"
    assert strings["OriginalFilename"] == "caponier.exe"
    assert read_back.kids[1].kids[0].kids == [0x0409, 0x04B0]


def _settings(manifest: bytes) -> dict[str, str]:
    found = {element.tag: element.text or "" for element in ET.fromstring(manifest).iter()}  # noqa: S314 - ours
    return {
        name: found.get(SETTINGS.format(year, name), "")
        for year, name in ((2016, "dpiAwareness"), (2016, "longPathAware"), (2019, "activeCodePage"))
    }


WANTED_SETTINGS = {"dpiAwareness": "PerMonitorV2", "longPathAware": "true", "activeCodePage": "UTF-8"}


def test_the_manifest_asks_for_sharp_pixels_long_paths_and_utf_8() -> None:
    manifest = MANIFEST.read_bytes()
    assert _settings(manifest) == WANTED_SETTINGS
    (level,) = re.findall(rb'requestedExecutionLevel level="(\w+)"', manifest)
    assert level == b"asInvoker"


def test_pyinstaller_keeps_what_the_manifest_says() -> None:
    winmanifest = pytest.importorskip("PyInstaller.utils.win32.winmanifest", reason=NO_PYINSTALLER)
    written = winmanifest.create_application_manifest(MANIFEST.read_bytes())
    assert _settings(written) == WANTED_SETTINGS
    assert [words for words in check_programs.MANIFEST_SAYS if words not in written] == []
    assert written.count(b"Microsoft.Windows.Common-Controls") == 1


@pytest.fixture
def pictures(tmp_path: Path) -> list[QImage]:
    """Those of the .ico file, as Qt's own reader finds them."""
    path = tmp_path / "caponier.ico"
    path.write_bytes(app_icons.ico())
    reader = QImageReader(str(path))
    found = []
    for number in range(reader.imageCount()):
        reader.jumpToImage(number)
        found.append(reader.read())
    return found


def test_the_icon_has_a_picture_for_each_scale_of_the_screen(pictures: list[QImage]) -> None:
    assert tuple(picture.width() for picture in pictures) == app_icons.ICO_SIZES
    assert tuple(picture.height() for picture in pictures) == app_icons.ICO_SIZES


def test_the_icon_is_see_through_at_its_corners_only(pictures: list[QImage]) -> None:
    for picture in pictures:
        assert picture.pixelColor(0, 0).alpha() == 0
        assert picture.pixelColor(picture.width() // 2, picture.height() // 2).alpha() == 255


def test_the_icon_is_not_upside_down(pictures: list[QImage]) -> None:
    """The yellow dots are in the lower half."""
    picture = pictures[app_icons.ICO_SIZES.index(64)]
    lowest_dot = picture.pixelColor(32, 54)
    assert lowest_dot == app_icons.drawn(64).pixelColor(32, 54)
    assert lowest_dot.blue() < lowest_dot.red()


@pytest.mark.parametrize(("name", "kind"), [("t64.exe", "CONSOLE"), ("w64.exe", "WINDOWED")])
def test_a_console_program_is_told_from_a_windowed_one(name: str, kind: str) -> None:
    """By the two starters for scripts on Windows that distlib brings, which pre-commit needs."""
    starter = Path(pytest.importorskip("distlib").__file__).parent / name
    assert check_programs.subsystem(starter.read_bytes()) == getattr(check_programs, kind)


def test_a_script_is_no_program_for_windows() -> None:
    with pytest.raises(ValueError, match="not a program"):
        check_programs.subsystem(b"#!/bin/sh\n" + bytes(100))
