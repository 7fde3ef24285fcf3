"""The entry of the menu and the metainfo say the same as the program, and their validators agree."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from desktop import APP_ID, APP_NAME
from desktop.core.exchange import MEDIA_TYPE, SUFFIX
from desktop.core.links import SCHEME
from tests.support.house import ROOT
from tests.support.waiting import wait_until

ENTRY = ROOT / "resources" / "linux" / f"{APP_ID}.desktop"
FILE_TYPE = ROOT / "resources" / "linux" / f"{APP_ID}.mime.xml"
METAINFO = ROOT / "resources" / "linux" / f"{APP_ID}.metainfo.xml"
OPENERS = ("gio", "update-mime-database", "update-desktop-database")


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
    assert entry["MimeType"].split(";")[0] == f"x-scheme-handler/{SCHEME}"
    assert entry["Exec"].split()[1:] == ["%u"]


def test_a_file_of_connections_is_handed_to_the_program() -> None:
    assert _entry()["MimeType"].split(";")[1:] == [MEDIA_TYPE, ""]
    assert f"<mediatype>{MEDIA_TYPE}</mediatype>" in METAINFO.read_text(encoding="utf-8")


@pytest.mark.skipif(not all(map(shutil.which, OPENERS)), reason=f"needs {', '.join(OPENERS)}")
def test_the_desktop_opens_a_file_of_connections_with_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, programs, told = tmp_path / "share", tmp_path / "bin", tmp_path / "told"
    _install(shared)
    programs.mkdir()
    stand_in = programs / "caponier"
    stand_in.write_text(f'#!/bin/sh\nprintf %s "$1" >"{told}.new" && mv "{told}.new" "{told}"\n')
    stand_in.chmod(0o755)
    monkeypatch.setenv("XDG_DATA_HOME", str(shared))
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    file = tmp_path / f"our team{SUFFIX}"
    file.write_text("{}")

    subprocess.run(["gio", "open", str(file)], check=True, timeout=30)

    wait_until(told.exists, 10)
    # GLib gives the path for "%u" where there is one; others give the URL.
    assert told.read_text() in (str(file), file.as_uri())


def _install(shared: Path) -> None:
    """As the package does, and what the system does then."""
    for source, target in ((ENTRY, "applications"), (FILE_TYPE, "mime/packages")):
        (shared / target).mkdir(parents=True)
        shutil.copy(source, shared / target)
    subprocess.run(["update-mime-database", str(shared / "mime")], check=True, timeout=30)
    subprocess.run(["update-desktop-database", str(shared / "applications")], check=True, timeout=30)


def test_the_file_type_is_the_one_that_the_program_writes() -> None:
    kind = ET.fromstring(FILE_TYPE.read_text(encoding="utf-8"))[0]  # noqa: S314 - our own file
    assert kind.get("type") == MEDIA_TYPE
    assert [each.get("pattern") for each in kind if each.tag.endswith("glob")] == [f"*{SUFFIX}"]
    assert [each.get("name") for each in kind if each.tag.endswith("}icon")] == [APP_ID]


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
