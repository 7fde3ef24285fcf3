"""The wheel carries everything the program needs at run time, and nothing it does not."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from desktop.resources import resource_path
from tests.support.house import ROOT

ICON = "icons/caponier.svg"


@pytest.fixture(scope="module")
def unpacked_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(built)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=100)
    (wheel,) = built.glob("caponier-*.whl")
    unpacked = built / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    return unpacked


def test_a_checkout_finds_its_icons() -> None:
    assert resource_path(ICON) == ROOT / "resources" / ICON
    assert resource_path(ICON).is_file()


def test_an_installed_wheel_finds_its_icons(unpacked_wheel: Path) -> None:
    program = f"from desktop.resources import resource_path; print(resource_path({ICON!r}).read_text())"
    command = [sys.executable, "-c", program]
    answer = subprocess.run(
        command, cwd=unpacked_wheel, check=True, capture_output=True, text=True, timeout=60
    )
    assert answer.stdout.strip() == resource_path(ICON).read_text(encoding="utf-8").strip()


def test_the_wheel_holds_no_tests_and_no_screenshots(unpacked_wheel: Path) -> None:
    folders = {path.name for path in unpacked_wheel.iterdir() if not path.name.endswith(".dist-info")}
    assert folders == {"desktop"}
    assert not (unpacked_wheel / "desktop" / "_resources" / "screenshots").exists()


def test_both_starters_are_declared(unpacked_wheel: Path) -> None:
    (entry_points,) = unpacked_wheel.glob("*.dist-info/entry_points.txt")
    lines = entry_points.read_text(encoding="utf-8").splitlines()
    assert "caponier = desktop.__main__:main" in lines
    assert "caponier-gui = desktop.__main__:main_window" in lines
