"""Aliases of ssh_config on the command line: saved as such, imported, and their mistakes told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import program

CONFIG = """\
Include more/*
Host prod
  HostName bastion.corp.example.com
  User deploy
  Port 2222
  ProxyJump gate
  IdentityFile ~/.ssh/prod_key
  LocalForward 15432 sales.internal:5432
  LocalForward *:13306 orders.internal:3306
Host gate
  HostName gate.example.com
  User me
Host *.wild.example.com
  ProxyJump gate
Host *
  ServerAliveInterval 30
"""
MORE = """\
Host included !not *.pattern
  User inc
  LocalForward 15432 [2001:db8::1]:9999
  LocalForward /run/here.sock db:5432
"""


@pytest.fixture
def config(home: Path) -> Path:
    """The person's own file, which includes another."""
    path = home / ".ssh" / "config"
    (path.parent / "more").mkdir(mode=0o700, parents=True)
    for file, text in ((path, CONFIG), (path.parent / "more" / "one", MORE)):
        file.write_text(text)
        file.chmod(0o600)
    return path


def listed() -> list[dict[str, Any]]:
    return [json.loads(line) for line in program.must("list", "--json").splitlines()]


def way() -> tuple[str, dict[str, Any]]:
    (only,) = listed()
    return only["auth"], {key: only["bastion"][key] for key in ("host", "port", "user")}


@pytest.mark.usefixtures("config")
def test_a_command_that_names_an_alias_is_saved_with_it_and_says_what_it_stands_for() -> None:
    out = program.must("add", "sales", "ssh -N -L 15432:db:5432 prod")
    assert "through prod (an alias of your ssh configuration), local port 15432" in out
    stands = "me@gate.example.com:22 → deploy@bastion.corp.example.com:2222"
    assert f"prod is an alias of your ssh configuration. Now it stands for {stands}" in out
    assert way() == ("ssh-config", {"host": "prod", "port": None, "user": None})


@pytest.mark.usefixtures("config")
def test_a_user_and_a_port_of_the_command_go_before_the_alias_s_own() -> None:
    out = program.must("add", "sales", "ssh -N -L 15432:db:5432 -p 22 eve@prod")
    assert "eve@bastion.corp.example.com:22" in out
    assert way() == ("ssh-config", {"host": "prod", "port": 22, "user": "eve"})


@pytest.mark.usefixtures("config")
def test_without_a_forward_of_its_own_a_command_gets_those_of_the_alias() -> None:
    answer = program.run("add", "sales", "ssh prod")
    assert answer.status == 0
    assert [(each["name"], each["target"], each["local_port"]) for each in listed()] == [
        ("sales", "sales.internal:5432", 15432),
        ("sales 3306", "orders.internal:3306", 13306),
    ]
    assert {each["local_host"] for each in listed()} == {"127.0.0.1"}
    assert "For this computer only, at 127.0.0.1: local port 13306." in answer.err


@pytest.mark.usefixtures("config")
def test_an_alias_without_a_forward_still_needs_one() -> None:
    answer = program.run("add", "sales", "ssh gate")
    assert answer.status == 2
    assert "It forwards no port." in answer.err


@pytest.mark.usefixtures("config")
def test_a_key_of_the_command_goes_before_those_of_the_alias() -> None:
    out = program.must("add", "sales", "ssh -N -L 15432:db:5432 -i ~/other prod")
    assert "because the command names a key of its own" in out
    assert way()[0] == "key-file"
    assert way()[1] == {"host": "bastion.corp.example.com", "port": 2222, "user": "deploy"}


@pytest.mark.usefixtures("config")
def test_a_pattern_that_leads_elsewhere_makes_an_alias_of_a_host() -> None:
    program.must("add", "sales", "ssh -N -L 15432:db:5432 me@db1.wild.example.com")
    assert way()[0] == "ssh-config"


@pytest.mark.parametrize("jump", ["", "-J me@jump.example.com "])
@pytest.mark.usefixtures("config")
def test_a_host_that_ssh_config_says_nothing_about_is_no_alias(jump: str) -> None:
    program.must("add", "sales", f"ssh -N -L 15432:db:5432 {jump}me@elsewhere.example.com")
    assert way() == ("password", {"host": "elsewhere.example.com", "port": 22, "user": "me"})


def test_a_mistake_in_ssh_config_is_told_and_the_host_saved_as_it_is(config: Path) -> None:
    config.write_text(f"{CONFIG}\nPort many\n")
    answer = program.run("add", "sales", "ssh -N -L 15432:db:5432 prod")
    assert answer.status == 0
    line = len(CONFIG.splitlines()) + 2
    assert f"Line {line} of {config} can't be used." in answer.err
    assert "Until then prod is taken for the name of a server." in answer.err
    assert way()[0] == "password"


@pytest.mark.usefixtures("config")
def test_keys_of_an_alias_are_for_ssh_config_to_say() -> None:
    program.must("add", "sales", "ssh -N -L 15432:db:5432 prod")
    answer = program.run("secret", "set", "sales", "private-key", stdin="anything")
    assert answer.status == 2
    assert "put an IdentityFile line there" in answer.err
    assert way()[0] == "ssh-config"


@pytest.mark.usefixtures("config")
def test_who_exports_an_alias_and_who_imports_it_are_told_what_it_takes(tmp_path: Path) -> None:
    program.must("add", "sales", "ssh -N -L 15432:db:5432 prod")
    path = str(tmp_path / "team.caponier")
    told = "sales: prod is an alias of your ssh configuration: whoever imports it needs one of that name."
    assert told in program.run("export", path).err
    program.must("remove", "sales")
    assert "your own ~/.ssh/config must name it, too." in program.must("import", path)
    assert way() == ("ssh-config", {"host": "prod", "port": None, "user": None})


@pytest.mark.usefixtures("config")
def test_aliases_with_a_forward_are_imported_once() -> None:
    answer = program.run("import", "--ssh-config")
    assert answer.status == 0
    assert [(each["name"], each["kind"], each["local_port"]) for each in listed()] == [
        ("included", "other", 15432),
        ("prod sales.internal:5432", "postgresql", 0),
        ("prod orders.internal:3306", "mysql", 13306),
    ]
    assert {each["auth"] for each in listed()} == {"ssh-config"}
    assert "Local port 15432 is taken; it gets an automatic one." in answer.out
    assert "here it is for this one alone" in answer.out
    assert "1 alias forwards nothing." in answer.out
    assert "included: LocalForward /run/here.sock [db]:5432 is left out" in answer.err
    assert "Already here as “included”." in program.must("import", "--ssh-config")
    assert len(listed()) == 3


@pytest.mark.usefixtures("config")
def test_a_dry_run_of_an_import_saves_nothing() -> None:
    assert "Would save included: " in program.must("import", "--ssh-config", "--dry-run")
    assert listed() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Host a\n  LocalForward 1 b:2\nHost b\n  Port many\n", "Line 4 of {config} can't be used"),
        ("Include {folder}\nHost a\n", "{folder} can't be read"),
        ("Include {config}\nHost a\n", "The ssh configuration includes itself"),
    ],
    ids=["mistake", "folder", "loop"],
)
def test_what_is_wrong_with_ssh_config_is_told_with_file_and_line(text: str, said: str, config: Path) -> None:
    places = {"config": config, "folder": config.parent / "more"}
    config.write_text(text.format(**places))
    answer = program.run("import", "--ssh-config")
    assert answer.status == 1
    assert said.format(**places) in answer.err
    assert listed() == []


def test_an_alias_that_can_t_be_looked_up_keeps_no_other_from_being_imported(config: Path) -> None:
    config.write_text("Host bad\n  ProxyJump bad\nHost good\n  LocalForward 15432 db:5432\n")
    answer = program.run("import", "--ssh-config")
    assert answer.status == 1
    assert f"bad: not imported\ncaponier: Line 2 of {config} can't be used\n" in answer.err
    assert [each["name"] for each in listed()] == ["good"]


def test_without_an_alias_that_is_said(home: Path) -> None:
    assert not (home / ".ssh").exists()
    assert "names no alias" in program.must("import", "--ssh-config")
