"""Connections that can't be saved or read: nothing is lost, and the person learns why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support import program

GOOD = "ssh -N -L 15432:db.internal:5432 me@bastion.example.com"


def refused(*words: str) -> str:
    """Wrong use: status 2, with a title and an advice."""
    answer = program.run(*words)
    assert answer.status == 2
    assert answer.out == ""
    assert answer.err.startswith("caponier: ")
    return answer.err


def names() -> list[str]:
    return [json.loads(line)["name"] for line in program.must("list", "--json").splitlines()]


def test_a_name_is_given_once(home: Path) -> None:
    program.must("add", "Orders", GOOD)
    said = refused("add", "orders", GOOD.replace("15432", "15433"))
    assert "The name is already used by the connection Orders" in said
    assert "Nothing was changed" in said
    assert names() == ["Orders"]


def test_a_local_port_is_given_once() -> None:
    program.must("add", "Orders", GOOD)
    said = refused("add", "Flights", GOOD)
    assert "The local port is already used by the connection Orders" in said
    assert names() == ["Orders"]


@pytest.mark.parametrize(
    ("command", "part"),
    [
        ("ssh -N -L 99999:db.internal:5432 me@bastion.example.com", "99999"),
        ("ssh -N -L 15432:db.internal:0 me@bastion.example.com", "0"),
        ("ssh -N -L 15432:db.internal:5432 -p 65536 me@bastion.example.com", "65536"),
        ("ssh -N -L 15432:db.internal:5432 -p ssh me@bastion.example.com", "ssh"),
    ],
)
def test_a_port_out_of_range_is_named(command: str, part: str) -> None:
    said = refused("add", "orders", command)
    assert "This ssh command was not understood" in said
    assert f"{part} is not a port. A port is a number from 1 to 65535." in said


@pytest.mark.parametrize(
    ("command", "advice"),
    [
        ("ssh me@bastion.example.com", "It forwards no port. Add the warehouse with -L"),
        ("ssh -N -L 15432:db.internal:5432", "It does not name the bastion"),
        ("psql -h db.internal", "It is not an ssh command"),
        ("ssh -N -L '15432:db.internal:5432 me@bastion", "A quote is opened and never closed"),
        ("", "There is no command"),
    ],
)
def test_a_command_that_is_not_understood_says_what_is_wrong(command: str, advice: str) -> None:
    assert advice in refused("add", "orders", command)


@pytest.mark.parametrize("words", [("up", "nobody"), ("remove", "nobody")])
def test_an_unknown_name_is_wrong_use(words: tuple[str, ...]) -> None:
    said = refused(*words)
    assert "There is no connection named nobody" in said
    assert "caponier list" in said


def test_a_damaged_file_is_set_aside_and_not_lost(home: Path) -> None:
    program.must("add", "Orders", GOOD)
    path = home / "caponier" / "config" / "connections.json"
    damaged = path.read_text()[:-20]
    path.write_text(damaged)
    answer = program.run("list")
    assert answer.status == 1
    assert "The saved connections can't be read" in answer.err
    (aside,) = path.parent.glob("connections.damaged-*.json")
    assert f"The damaged file is kept as {aside}" in answer.err
    assert aside.read_text() == damaged
    assert names() == []
    program.must("add", "Orders", GOOD)
    assert aside.read_text() == damaged


def test_a_config_folder_that_can_not_be_written_loses_nothing(home: Path) -> None:
    prefix = program.obeying_permissions()
    if prefix is None:
        pytest.skip("root passes over permissions, and setpriv is missing")
    program.must("add", "Orders", GOOD)
    folder = home / "caponier" / "config"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in (*folder.iterdir(), folder):
        path.chmod(path.stat().st_mode & 0o555)
    answer = program.run("add", "Flights", GOOD.replace("15432", "15433"), prefix=prefix)
    assert answer.status == 1
    assert "Your changes can't be saved" in answer.err
    assert "Check the folder's permissions" in answer.err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    folder.chmod(0o700)


def test_a_file_in_the_place_of_the_config_folder_is_left_alone(home: Path) -> None:
    (home / "caponier").mkdir()
    in_the_way = home / "caponier" / "config"
    in_the_way.write_text("something else")
    answer = program.run("add", "Orders", GOOD)
    assert answer.status == 1
    assert str(in_the_way) in answer.err
    assert in_the_way.read_text() == "something else"
