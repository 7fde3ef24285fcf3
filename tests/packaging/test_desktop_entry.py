"""The entry of the menu and the metainfo say the same as the program, and their validators agree."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from desktop import APP_ID, APP_NAME
from desktop.core.links import SCHEME
from tests.support.house import ROOT

ENTRY = ROOT / "resources" / "linux" / f"{APP_ID}.desktop"
METAINFO = ROOT / "resources" / "linux" / f"{APP_ID}.metainfo.xml"


def _entry() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ENTRY, encoding="utf-8")
    return parser["Desktop Entry"]


def _filled_in() -> str:
    return METAINFO.read_text(encoding="utf-8").replace("@VERSION@", "1.2.3").replace("@DATE@", "2026-01-02")


def test_the_window_is_matched_to_its_entry_by_the_applications_id() -> None:
    entry = _entry()
    assert entry["Name"] == APP_NAME
    assert entry["Icon"] == APP_ID
    assert entry["Exec"].split()[0] == "caponier"


def test_a_link_is_handed_to_the_program() -> None:
    entry = _entry()
    assert entry["MimeType"] == f"x-scheme-handler/{SCHEME};"
    assert entry["Exec"].split()[1:] == ["%u"]


def test_the_metainfo_names_the_same_application() -> None:
    component = ET.fromstring(_filled_in())  # noqa: S314 - our own file
    assert component.findtext("id") == APP_ID
    assert component.findtext("launchable") == ENTRY.name
    assert component.findtext("project_license") == "Apache-2.0"


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="needs desktop-file-utils")
def test_the_entry_is_valid() -> None:
    command = ["desktop-file-validate", str(ENTRY)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (answer.returncode, answer.stdout) == (0, "")


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="needs appstream")
def test_the_metainfo_is_valid(tmp_path: Path) -> None:
    path = tmp_path / METAINFO.name
    path.write_text(_filled_in(), encoding="utf-8")
    command = ["appstreamcli", "validate", "--no-net", str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert answer.returncode == 0, answer.stdout
