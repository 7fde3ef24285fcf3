"""The installer's script, the zip and the PowerShell scripts, as far as they can be read without Windows."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PureWindowsPath

import pytest

from desktop import APP_ID, APP_NAME
from desktop.cli.arguments import parse_arguments
from desktop.core.exchange import MEDIA_TYPE, SUFFIX
from desktop.core.links import SCHEME
from desktop.system.autostart.windows import APPROVED_KEY, RUN_KEY, command_line
from tests.support.house import ROOT
from tests.support.scripts import load_script

check_programs = load_script("windows/check_programs.py")
make_zip = load_script("windows/make_zip.py")

WINDOWS = ROOT / "packaging" / "windows"
SCRIPT = WINDOWS / "caponier.iss"
INSTALLED = set(check_programs.PROGRAMS)


def _sections() -> dict[str, list[str]]:
    """Section -> its lines, without comments and with the script's own definitions filled in."""
    sections: dict[str, list[str]] = {"": []}
    name = ""
    for line in SCRIPT.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            name = heading[1]
            assert name not in sections, f"[{name}] is there twice"
            sections[name] = []
        elif line.strip() and not line.lstrip().startswith((";", "//")):
            sections[name].append(line)
    defined = dict(re.findall(r'#define (\w+) "(.*)"', "\n".join(sections[""])))
    return {
        name: [re.sub(r"\{#(\w+)\}", lambda use: str(defined.get(use[1], use[0])), line) for line in lines]
        for name, lines in sections.items()
    }


def _entries(section: str) -> list[dict[str, str]]:
    """``Name: "a b"; Flags: c d`` as a dictionary; a quote is doubled inside quotes."""
    pairs = re.compile(r'(\w+):\s*(?:"((?:[^"]|"")*)"|([^;"]*))\s*(?:;|$)')
    return [
        {
            key: (quoted if quoted or not plain else plain.strip()).replace('""', '"')
            for key, quoted, plain in pairs.findall(line)
        }
        for line in _sections()[section]
    ]


def _setting(name: str) -> str:
    (value,) = (line.partition("=")[2] for line in _sections()["Setup"] if line.startswith(f"{name}="))
    return value


def test_it_has_the_sections_that_inno_setup_knows() -> None:
    known = {"", "Setup", "Languages", "Tasks", "InstallDelete", "Files", "Icons", "Registry", "Run"}
    assert set(_sections()) == known | {"UninstallDelete", "Code"}


def test_it_needs_no_administrator() -> None:
    assert _setting("PrivilegesRequired") == "lowest"
    assert {entry["Root"] for entry in _entries("Registry")} == {"HKCU"}


def test_it_is_known_by_the_apps_own_identifier() -> None:
    assert _setting("AppId") == APP_ID
    assert _setting("AppName") == APP_NAME


def test_it_takes_the_bundle_and_the_icon_from_where_they_are_built() -> None:
    (source,) = (entry["Source"] for entry in _entries("Files"))
    assert (WINDOWS / PureWindowsPath(source).as_posix()).resolve() == ROOT / "dist" / "caponier" / "*"
    icon = (WINDOWS / PureWindowsPath(_setting("SetupIconFile")).as_posix()).resolve()
    # The spec draws it in PyInstaller's working folder.
    assert icon == ROOT / "build" / "caponier" / "caponier-gui.ico"


def test_every_program_it_names_is_in_the_bundle() -> None:
    named = set(re.findall(r"\{app\}\\([\w-]+\.exe)", str(_sections()).replace("\\\\", "\\")))
    assert named
    assert named <= INSTALLED


def test_every_task_that_an_entry_belongs_to_is_offered() -> None:
    offered = {entry["Name"] for entry in _entries("Tasks")}
    wanted = {
        entry["Tasks"]
        for section in ("Icons", "Registry", "Run")
        for entry in _entries(section)
        if "Tasks" in entry
    }
    assert wanted == offered


def test_starting_at_login_is_the_same_entry_that_the_window_makes() -> None:
    (entry,) = (entry for entry in _entries("Registry") if entry.get("Tasks") == "login")
    assert (entry["Subkey"], entry["ValueName"]) == (RUN_KEY, APP_NAME)
    assert entry["ValueData"] == command_line((r"{app}\caponier-gui.exe", "--hidden"))
    assert parse_arguments(["--hidden"]).hidden


def test_an_update_does_not_choose_again_what_was_chosen_once() -> None:
    assert _setting("UsePreviousTasks") == "no"
    assert all("unchecked" in entry["Flags"].split() for entry in _entries("Tasks"))


def test_removal_takes_along_what_the_window_wrote() -> None:
    removed = {
        (entry["Subkey"], entry["ValueName"])
        for entry in _entries("Registry")
        if entry.get("ValueType") == "none" and "uninsdeletevalue" in entry["Flags"].split()
    }
    assert removed == {(RUN_KEY, APP_NAME), (APPROVED_KEY, APP_NAME)}


def test_links_hand_over_one_quoted_argument() -> None:
    commands = [entry for entry in _entries("Registry") if entry["Subkey"].endswith(r"\shell\open\command")]
    # The other one is for files.
    assert [entry["ValueData"] for entry in commands] == [r'"{app}\caponier-gui.exe" "%1"'] * 2
    whole = [entry for entry in _entries("Registry") if entry["Subkey"] == rf"Software\Classes\{SCHEME}"]
    assert "uninsdeletekey" in whole[0]["Flags"]
    assert whole[1]["ValueName"] == "URL Protocol"


def test_a_file_of_connections_opens_the_program_until_that_is_removed() -> None:
    values = {(entry["Subkey"], entry.get("ValueName", "")): entry for entry in _entries("Registry")}
    ending = rf"Software\Classes\{SUFFIX}"
    kind = rf"Software\Classes\{values[ending, '']['ValueData']}"
    assert values[ending, "Content Type"]["ValueData"] == MEDIA_TYPE
    assert rf"{kind}\shell\open\command" in {key for key, _ in values}
    assert all("uninsdeletekey" in values[key, ""]["Flags"] for key in (ending, kind))


def test_an_update_ends_the_running_program() -> None:
    assert _setting("CloseApplications") == "force"
    assert "*.exe" in _setting("CloseApplicationsFilter").split(",")


def test_every_procedure_of_the_code_is_one_that_is_called() -> None:
    code = "\n".join(_sections()["Code"])
    for name in re.findall(r"procedure (\w+)", code):
        assert name == "CurUninstallStepChanged" or code.count(name) == 2
    assert code.count("begin") == code.count("end;")


@pytest.mark.parametrize("script", sorted(WINDOWS.glob("*.ps1")), ids=lambda path: path.name)
def test_a_powershell_script_stops_at_the_first_failure_and_names_files_that_exist(script: Path) -> None:
    text = script.read_text(encoding="ascii")
    if script.name != "common.ps1":
        assert '. "$PSScriptRoot\\common.ps1"' in text
    for name in re.findall(r"'(packaging\\[\w\\.-]+)'", text):
        assert (ROOT / PureWindowsPath(name).as_posix()).is_file(), name
    # A program that is called without `Invoke-Checked` can fail unseen.
    assert [line for line in text.splitlines() if line.lstrip().startswith("& ")] == (
        ["    & $Program @Arguments"] if script.name == "common.ps1" else []
    )


def test_every_powershell_script_is_run_by_the_build_server() -> None:
    workflow = (ROOT / ".github" / "workflows" / "bundle.yml").read_text(encoding="utf-8")
    steps = {path.name for path in WINDOWS.glob("*.ps1")} - {"common.ps1"}
    assert {name for name in steps if f"packaging/windows/{name}" not in workflow} == set()


def test_the_same_files_make_the_same_zip(tmp_path: Path) -> None:
    folder = tmp_path / "caponier"
    (folder / "_internal").mkdir(parents=True)
    for name in ("caponier.exe", "_internal/b.dll", "_internal/a.dll"):
        (folder / name).write_bytes(name.encode() * 100)
    first, second = tmp_path / "1.zip", tmp_path / "2.zip"
    make_zip.make_zip(folder, first)
    (folder / "caponier.exe").touch()
    make_zip.make_zip(folder, second)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        dates = {entry.date_time for entry in archive.infolist()}
    assert names == ["caponier/_internal/a.dll", "caponier/_internal/b.dll", "caponier/caponier.exe"]
    assert dates == {(1980, 1, 1, 0, 0, 0)}


def test_the_zip_carries_the_date_of_the_commit(tmp_path: Path) -> None:
    folder = tmp_path / "caponier"
    folder.mkdir()
    (folder / "caponier.exe").write_bytes(b"MZ")
    make_zip.make_zip(folder, tmp_path / "it.zip", at_s=1_700_000_000)
    with zipfile.ZipFile(tmp_path / "it.zip") as archive:
        assert archive.infolist()[0].date_time == (2023, 11, 14, 22, 13, 20)
