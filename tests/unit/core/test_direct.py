"""What a connection without a tunnel may be, and what may be done with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.config_errors import CommandNotUnderstood
from desktop.core.forward_spec import parse_place
from desktop.core.model import (
    DIRECT,
    AnyHost,
    Connection,
    Endpoint,
    Forward,
    Hop,
    Route,
    Snapshot,
    UnixSocket,
)
from desktop.core.policy import Command, allowed_commands
from desktop.core.validation import Fault, Field, Problem, problems_of

NEAR = Connection("Near", DIRECT, Forward(Endpoint("db.example.com", 5432), 15432))
FAR = Connection("Far", Route((Hop("bastion", "ada"),)), Forward(Endpoint("db", 5432), 15432))


def test_it_needs_neither_a_bastion_nor_a_port_of_its_own() -> None:
    assert problems_of(NEAR, [FAR]) == ()
    assert problems_of(FAR, [NEAR]) == ()


@pytest.mark.parametrize("target", [AnyHost(), UnixSocket("/run/db.sock")])
def test_what_only_a_bastion_can_reach_is_refused(target: AnyHost | UnixSocket) -> None:
    problem = Problem(Field.TARGET_HOST, Fault.NEEDS_BASTION)
    assert problems_of(replace(NEAR, forward=Forward(target)), []) == (problem,)


def test_it_can_be_copied_and_edited_and_never_connected() -> None:
    assert allowed_commands(Snapshot(NEAR)) == {Command.EDIT, Command.DELETE, Command.CHECK, Command.COPY}
    assert Snapshot(NEAR).served_at == Endpoint("db.example.com", 5432)


@pytest.mark.parametrize(
    ("text", "place"),
    [("db.example.com:5432", Endpoint("db.example.com", 5432)), ("[::1]:8123", Endpoint("::1", 8123))],
)
def test_a_place_is_a_host_and_a_port(text: str, place: Endpoint) -> None:
    assert parse_place(text) == place


@pytest.mark.parametrize("text", ["", "db", ":5432", "db:", "db:0", "db:70000", "a:1:2"])
def test_anything_else_is_no_place(text: str) -> None:
    with pytest.raises(CommandNotUnderstood):
        parse_place(text)
