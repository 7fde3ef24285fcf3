"""What is said of an imported connection."""

from __future__ import annotations

from dataclasses import replace

from desktop.core.exchange import Arrival
from desktop.core.model import (
    CONFIGURED_PORT,
    AnyHost,
    Auth,
    AuthMethod,
    Connection,
    Endpoint,
    Forward,
    Hop,
    Route,
    UnixSocket,
)
from desktop.core.validation import Fault, Field, Problem
from desktop.wording.exchange import (
    alias_arrival_notes,
    arrival_notes,
    exported_line,
    imported_line,
    way_line,
)

HOP = Hop("bastion.example.com", "ada", 2222)
GIVEN = Connection("Orders", Route((HOP,)), Forward(Endpoint("db.internal", 5432), 15432))


def test_a_way_names_warehouse_bastion_and_port() -> None:
    assert way_line(GIVEN) == (
        "PostgreSQL at db.internal:5432 through ada@bastion.example.com:2222, local port 15432"
    )


def test_a_way_names_a_socket_or_any_host_too() -> None:
    to_socket = replace(GIVEN, forward=Forward(UnixSocket("/run/x.sock"), 15432))
    assert way_line(to_socket).startswith("PostgreSQL at /run/x.sock through ada@")
    anywhere = replace(GIVEN, forward=Forward(AnyHost(), 1080))
    assert way_line(anywhere).startswith("PostgreSQL and any other host (SOCKS) through ada@")
    assert way_line(replace(anywhere, kind="other")) == (
        "Any host (SOCKS) through ada@bastion.example.com:2222, local port 1080"
    )


def test_nothing_is_said_where_all_is_well() -> None:
    assert arrival_notes(Arrival(GIVEN, GIVEN)) == ""


def test_what_is_not_as_in_the_file_is_said() -> None:
    changed = replace(GIVEN, name="Orders 2", forward=replace(GIVEN.forward, local_port=0))
    assert arrival_notes(Arrival(GIVEN, changed)) == (
        "“Orders” is taken; this one will be “Orders 2”. Local port 15432 is taken; it gets an automatic one."
    )


def test_what_the_person_must_do_is_said() -> None:
    pasted = replace(GIVEN, route=Route((replace(HOP, auth=Auth(AuthMethod.PASTED_KEY)),)))
    filed = replace(GIVEN, route=Route((replace(HOP, auth=Auth(AuthMethod.KEY_FILE, "~/.ssh/team")),)))
    assert arrival_notes(Arrival(pasted, pasted)) == "Paste its key in the editor before you connect."
    assert arrival_notes(Arrival(filed, filed, missing_files=("~/.ssh/team",))) == (
        "The file ~/.ssh/team is not on this computer; choose another in the editor."
    )


def test_who_imports_their_own_aliases_is_not_told_to_have_them() -> None:
    hop = Hop("prod", "", CONFIGURED_PORT, Auth(AuthMethod.SSH_CONFIG))
    aliased = replace(GIVEN, route=Route((hop,)))
    assert "your own ~/.ssh/config must name it" in arrival_notes(Arrival(aliased, aliased))
    assert alias_arrival_notes(Arrival(aliased, aliased), "", is_narrowed=False) == ""


def test_a_known_one_and_a_refused_one_say_only_that() -> None:
    changed = replace(GIVEN, name="Orders 2")
    assert arrival_notes(Arrival(GIVEN, changed, known_as="Orders")) == "Already here as “Orders”."
    problem = Problem(Field.BASTION_HOST, Fault.EMPTY)
    assert arrival_notes(Arrival(GIVEN, changed, problem=problem)) == (
        "Can't be imported: The bastion's host is missing."
    )


def test_counts_are_told() -> None:
    assert imported_line(2) == "2 connections imported"
    assert exported_line(1, "team.caponier") == "1 connection exported to team.caponier"
