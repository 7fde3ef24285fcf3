"""What is started at login."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from desktop.cli.arguments import WINDOW, parse_arguments
from desktop.system.autostart.command import start_command


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has a Python without a console")
def test_from_source_it_is_this_python() -> None:
    assert start_command() == (sys.executable, "-m", "desktop", "--hidden")


def test_a_bundle_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/caponier/caponier")
    monkeypatch.delenv("APPIMAGE", raising=False)
    assert start_command() == ("/opt/caponier/caponier", "--hidden")


def test_an_appimage_starts_its_file_and_not_the_mounted_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/tmp/.mount_CaponiXYZ/caponier")
    monkeypatch.setenv("APPIMAGE", "/opt/apps/Caponier.AppImage")
    assert start_command() == ("/opt/apps/Caponier.AppImage", "--hidden")


def test_on_windows_python_comes_without_its_console(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python.exe"))
    assert start_command()[0] == str(tmp_path / "python.exe")
    (tmp_path / "pythonw.exe").touch()
    assert start_command() == (str(tmp_path / "pythonw.exe"), "-m", "desktop", "--hidden")


def test_on_windows_the_bundle_comes_without_its_console(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "caponier.exe"))
    monkeypatch.delenv("APPIMAGE", raising=False)
    (tmp_path / "caponier-gui.exe").touch()
    assert start_command() == (str(tmp_path / "caponier-gui.exe"), "--hidden")


def test_the_program_understands_it() -> None:
    arguments = parse_arguments(list(start_command()[-1:]))
    assert arguments.command == WINDOW
    assert arguments.hidden
