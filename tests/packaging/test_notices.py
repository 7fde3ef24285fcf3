"""Everything that is bundled is named, with the text of its licence."""

from __future__ import annotations

import importlib.util
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import paramiko
import pytest

from tests.support.house import ROOT
from tests.support.scripts import load_script

components = load_script("components.py")
notices = load_script("notices.py")


def _listed(tmp_path: Path, *sources: str) -> Path:
    contents = tmp_path / "contents.json"
    contents.write_text(json.dumps([[Path(source).name, source, "DATA"] for source in sources]))
    return contents


@pytest.fixture(autouse=True)
def _starter_that_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyInstaller itself is needed for a build only."""
    monkeypatch.setattr(components, "_STARTER", "pytest")


def test_a_module_is_traced_to_its_package(tmp_path: Path) -> None:
    found = components.components_of(_listed(tmp_path, str(paramiko.__file__)))
    (package,) = [each for each in found if each.name == "paramiko"]
    assert package.purl == f"pkg:pypi/paramiko@{paramiko.__version__}"
    assert "LGPL" in package.licence
    assert any("GNU LESSER GENERAL PUBLIC LICENSE" in text.read_text() for text in package.texts)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("pg8000", "pg8000"),
        ("scramp", "scramp"),
        ("asn1crypto", "asn1crypto"),
        ("dateutil", "python-dateutil"),
        ("pymysql", "pymysql"),
        ("pytds", "python-tds"),
    ],
)
def test_a_library_that_logs_in_is_named_with_its_licence(tmp_path: Path, module: str, name: str) -> None:
    found_at = importlib.util.find_spec(module)
    assert found_at is not None
    (package,) = (
        each
        for each in components.components_of(_listed(tmp_path, str(found_at.origin)))
        if each.name not in ("pytest", "python")
    )
    assert package.name == name
    assert "MIT" in package.licence or "BSD" in package.licence
    notices.write([package], tmp_path)
    assert f"{name} " in (tmp_path / "NOTICE.txt").read_text()
    assert any(text.stat().st_size for text in (tmp_path / "licences" / name).iterdir())


def test_our_own_files_and_pythons_are_no_strangers(tmp_path: Path) -> None:
    own = str(ROOT / "resources" / "icons" / "caponier.svg")
    found = components.components_of(_listed(tmp_path, own, json.__file__, "-", "libQt6Core.so.6"))
    assert {each.name for each in found} == {"pytest", "python"}


def test_a_file_of_unknown_origin_stops_the_build(tmp_path: Path) -> None:
    stranger = tmp_path / "libstranger.so"
    stranger.touch()
    with pytest.raises(components.UnknownOriginError, match="libstranger"):
        components.components_of(_listed(tmp_path, str(stranger)))


@pytest.mark.skipif(not Path("/var/lib/dpkg/status").exists(), reason="needs a Debian or Ubuntu")
def test_a_library_of_the_system_is_traced_to_its_package(tmp_path: Path) -> None:
    found = components.components_of(_listed(tmp_path, str(Path("/bin/sh").resolve())))
    (package,) = [each for each in found if each.kind == "deb"]
    assert package.purl.startswith(f"pkg:deb/debian/{package.name}@")
    assert all(text.is_file() for text in package.texts)


def test_qts_wheels_get_the_texts_they_lack() -> None:
    texts = components._python_package("PySide6_Essentials").texts
    words = " ".join(text.read_text() for text in texts)
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in words
    assert "GNU GENERAL PUBLIC LICENSE" in words


def test_each_component_has_a_line_a_text_and_an_entry(tmp_path: Path) -> None:
    (tmp_path / "a" / "LICENSE").parent.mkdir()
    (tmp_path / "a" / "LICENSE").write_text("do what you like")
    one = components.Component("pypi", "one", "1.0", "MIT", (tmp_path / "a" / "LICENSE",))
    notices.write([one], tmp_path)
    assert "one" in (tmp_path / "NOTICE.txt").read_text()
    assert (tmp_path / "licences" / "one" / "LICENSE").read_text() == "do what you like"
    assert (tmp_path / "licences" / "caponier" / "LICENSE").is_file()
    listed = json.loads((tmp_path / "sbom.cdx.json").read_text())["components"]
    assert [each["purl"] for each in listed] == ["pkg:pypi/one@1.0"]


def test_two_texts_of_one_name_are_both_kept(tmp_path: Path) -> None:
    texts = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        texts.append(tmp_path / folder / "LICENSE")
        texts[-1].write_text(folder)
    notices.write([components.Component("pypi", "one", "1.0", "MIT", tuple(texts))], tmp_path / "a")
    kept = (tmp_path / "a" / "licences" / "one").iterdir()
    assert sorted(path.read_text() for path in kept) == ["a", "b"]


def test_a_component_without_a_text_stops_the_build(tmp_path: Path) -> None:
    bare = components.Component("pypi", "bare", "1.0", "MIT", ())
    with pytest.raises(FileNotFoundError, match="bare"):
        notices.write([bare], tmp_path)


def test_the_list_for_programs_is_the_same_for_the_same_components() -> None:
    one = components.Component("pypi", "one", "1.0", "MIT", ())
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    listed = notices.sbom([one], at)
    assert listed == notices.sbom([one], at)
    assert listed["metadata"]["timestamp"] == "2026-01-02T03:04:05Z"
    assert listed["serialNumber"] != notices.sbom([], at)["serialNumber"]


def test_the_interpreter_is_listed_with_its_version() -> None:
    python = components._interpreter()
    assert python.version.startswith(f"{sys.version_info.major}.{sys.version_info.minor}.")
