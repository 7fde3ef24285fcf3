"""A dry run of caponier.spec as Windows and macOS would run it: PyInstaller's steps only note what they are given."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from desktop import APP_ID, __version__
from tests.support.house import ROOT

SPEC = ROOT / "packaging" / "caponier.spec"


class Steps:
    """Stands in for Analysis, PYZ, EXE, COLLECT and BUNDLE."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def of(self, name: str) -> list[dict[str, Any]]:
        return [options for step, _, options in self.asked if step == name]

    def note(self, name: str) -> Any:
        def step(*arguments: Any, **options: Any) -> object:
            self.asked.append((name, arguments, options))
            return SimpleNamespace(name=name)

        return step

    def analyse(self, *arguments: Any, **options: Any) -> object:
        self.asked.append(("Analysis", arguments, options))
        core = "PySide6/Qt/lib/QtCore.framework"
        return SimpleNamespace(
            pure=[("desktop", "/src/desktop/__init__.py", "PYMODULE")],
            scripts=[("__main__", "/src/desktop/__main__.py", "PYSOURCE")],
            binaries=[],
            datas=[(f"{core}/Versions/Current", "A", "SYMLINK")],
        )


def _run(platform: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Steps:
    steps = Steps()
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("PyInstaller", "PyInstaller.depend", "PyInstaller.depend.bindepend"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setattr(sys.modules["PyInstaller.depend.bindepend"], "get_imports", list, raising=False)
    names = {name: steps.note(name) for name in ("PYZ", "EXE", "COLLECT", "BUNDLE")}
    given = {"SPECPATH": str(SPEC.parent), "workpath": str(tmp_path), "Analysis": steps.analyse, **names}
    monkeypatch.setattr(sys, "platform", platform)
    runpy.run_path(str(SPEC), init_globals=given)
    return steps


def test_windows_gets_a_console_program_and_a_windowed_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    steps = _run("win32", monkeypatch, tmp_path)
    console, windowed = steps.of("EXE")
    assert (console["name"], console["console"]) == ("caponier", True)
    assert (windowed["name"], windowed["console"]) == ("caponier-gui", False)
    assert console["strip"] is False
    for options in (console, windowed):
        assert all(Path(options[part]).is_file() for part in ("icon", "version", "manifest"))
        assert f"'OriginalFilename', '{options['name']}.exe'" in Path(options["version"]).read_text("utf-8")
    assert (tmp_path / "caponier-gui.ico").is_file(), "where the installer takes it from"
    assert len(steps.of("Analysis")) == len(steps.of("COLLECT")) == 1
    assert steps.of("BUNDLE") == []


def test_macos_gets_an_app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    steps = _run("darwin", monkeypatch, tmp_path)
    (program,) = steps.of("EXE")
    assert (program["name"], program["console"]) == ("caponier", False)
    # Links reach Qt as events of their own; PyInstaller would turn them into arguments.
    assert not program.get("argv_emulation", False)
    (app,) = steps.of("BUNDLE")
    assert (app["name"], app["bundle_identifier"], app["version"]) == ("Caponier.app", APP_ID, __version__)
    assert app["info_plist"]["CFBundleVersion"] == __version__
    assert Path(app["icon"]).read_bytes().startswith(b"icns")
    ((_, collected, _),) = (step for step in steps.asked if step[0] == "COLLECT")
    assert collected[-1] == [], "the framework without its library is gone"


def test_linux_gets_one_program_and_no_app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    steps = _run("linux", monkeypatch, tmp_path)
    (program,) = steps.of("EXE")
    assert (program["name"], program["strip"]) == ("caponier", True)
    assert steps.of("BUNDLE") == []


def test_how_python_was_compiled_stays_out_and_can_be_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (analysis,) = _run("linux", monkeypatch, tmp_path).of("Analysis")
    (stand_in,) = Path(analysis["pathex"][0]).glob("_sysconfigdata*.py")
    assert runpy.run_path(str(stand_in))["build_time_vars"] == {}
    assert stand_in.stem not in analysis["excludes"]
