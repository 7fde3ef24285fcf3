"""``caponier resolve`` as a person or a script uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support import program


@pytest.fixture
def config(home: Path) -> Path:
    """The person's own file."""
    path = home / ".ssh" / "config"
    path.parent.mkdir(mode=0o700)
    path.write_text(
        "Host sales\n  HostName 10.0.0.1\n  User tunnel\n  IdentityFile ~/.ssh/one\n  IdentityFile ~/.ssh/two\n"
    )
    path.chmod(0o600)
    return path


def test_an_alias_is_printed_as_by_ssh(config: Path) -> None:
    lines = program.must("resolve", "sales").splitlines()
    assert lines[:3] == ["host sales", "user tunnel", "hostname 10.0.0.1"]
    assert [line for line in lines if line.startswith("identityfile")] == [
        "identityfile ~/.ssh/one",
        "identityfile ~/.ssh/two",
    ]


def test_a_script_gets_one_object_with_lists_where_an_option_repeats(config: Path) -> None:
    out = program.must("resolve", "sales", "--json")
    assert len(out.splitlines()) == 1
    found = json.loads(out)
    assert (found["hostname"], found["user"], found["port"]) == ("10.0.0.1", "tunnel", "22")
    assert found["identityfile"] == ["~/.ssh/one", "~/.ssh/two"]


def test_another_file_can_be_named(config: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("User other\n")
    assert "user other\n" in program.must("resolve", "sales", "--config", str(other))


def test_nothing_is_left_behind(config: Path, home: Path) -> None:
    program.must("resolve", "sales")
    assert sorted(path.name for path in home.iterdir()) == [".ssh"]


def test_a_fault_is_told_with_file_line_and_advice(config: Path) -> None:
    config.write_text("Host sales\n  Prot 22\n")
    answer = program.run("resolve", "sales")
    assert (answer.status, answer.out) == (1, "")
    assert f"caponier: Line 2 of {config} can't be used" in answer.err
    assert "ssh has no option prot" in answer.err


def test_a_script_gets_the_code_of_a_fault(config: Path) -> None:
    config.write_text("Include conf.d\n")
    (config.parent / "conf.d").mkdir()
    answer = program.run("resolve", "sales", "--json")
    assert answer.status == 1
    assert json.loads(answer.out)["code"] == "ssh_config_unreadable"


@pytest.mark.parametrize("alias", ["", "a b", "$(reboot)", "@a"])
def test_what_can_t_be_a_host_is_wrong_use(alias: str) -> None:
    answer = program.run("resolve", alias)
    assert (answer.status, answer.out) == (2, "")


def test_the_help_lists_what_differs_from_ssh() -> None:
    said = program.must("resolve", "--help")
    for subject in ("CanonicalizeHostname", "Match exec", "Ciphers", "ServerAliveInterval", "%j", "8 MiB"):
        assert subject in said
