"""What the event log says about a change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from desktop.core.error_tree import leaves
from desktop.core.errors import (
    AuthRejected,
    BastionRefused,
    BastionTimeout,
    CaptivePortal,
    Cause,
    Offline,
    PeerLost,
    WarehouseRefused,
)
from desktop.core.model import Client, Connection, Endpoint, Forward, Hop, Outage, Route, Snapshot, State
from desktop.core.warehouse_errors import WarehouseHungUp
from desktop.wording.events import Line, change_lines

NOW = 1_000_000.0
SALES = Connection("sales", Route((Hop("bastion", "me"),)), Forward(Endpoint("db", 5432)))
LOST = PeerLost(host="bastion").cause
OFFLINE = Offline().cause
PORTAL = CaptivePortal().cause
HUNG_UP = WarehouseHungUp(target="db:5432", kind="postgresql").cause
REFUSED = WarehouseRefused(bastion="bastion", target="db:5432").cause
CLOSED = BastionRefused(host="bastion", port=22).cause
SILENT = BastionTimeout(host="bastion", port=22, stage="connect", timeout_s=10).cause
WRONG = AuthRejected(user="me", host="bastion", method="password").cause
LASTING = Outage(NOW, LOST)


def snapshot(state: State, **changes: Any) -> Snapshot:
    return Snapshot(SALES, state, **changes)


def client(port: int, *, open_for_s: float = 720, received: int = 3_400_000) -> Client:
    return Client(Endpoint("127.0.0.1", port), NOW - open_for_s, False, 0, received)


def words(*snapshots: Snapshot) -> list[str]:
    """Of all lines of a story."""
    return [line.words for line in story(*snapshots)]


def story(*snapshots: Snapshot) -> Iterator[Line]:
    for before, after in pairwise(snapshots):
        yield from change_lines(before, after)


UP = snapshot(State.UP, local=Endpoint("127.0.0.1", 15432))
WAITS = snapshot(State.WAITING, cause=LOST, attempt=1, retry_at=NOW, outage=LASTING)
DIALS = snapshot(State.CONNECTING, cause=LOST, attempt=1, outage=LASTING)
BACK = replace(UP, outage=replace(LASTING, ended_at=NOW + 12))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, snapshot(State.OFF), []),
        (None, UP, ["Connected; listening on 127.0.0.1:15432"]),
        (None, BACK, ["Connected; listening on 127.0.0.1:15432"]),
        (snapshot(State.OFF), snapshot(State.CONNECTING), ["Connecting to bastion:22"]),
        (snapshot(State.CONNECTING), UP, ["Connected; listening on 127.0.0.1:15432"]),
        (UP, replace(UP, clients=4, round_trip_ms=9.0), []),
        (UP, replace(UP, probing=True), []),
        (replace(UP, attempt=3), UP, []),
        (UP, replace(UP, cause=REFUSED), ["The warehouse db:5432 refused the connection"]),
        (replace(UP, cause=REFUSED), UP, ["The warehouse can be reached again"]),
        (UP, replace(UP, cause=HUNG_UP), ["db:5432 hangs up at once"]),
        (replace(UP, cause=HUNG_UP), UP, ["The warehouse works again"]),
        (UP, WAITS, ["The connection to bastion was lost; trying again soon"]),
        (WAITS, replace(WAITS, cause=OFFLINE, retry_at=None), ["This computer is offline; waiting"]),
        (WAITS, DIALS, []),
        (
            snapshot(State.CONNECTING),
            snapshot(State.WAITING, cause=CLOSED, attempt=1, retry_at=NOW),
            ["bastion refused the connection on port 22; trying again soon"],
        ),
        (
            snapshot(State.CONNECTING),
            snapshot(State.FAILED, cause=WRONG),
            ["bastion refused the password of me"],
        ),
        (UP, snapshot(State.CLOSING), ["Disconnecting"]),
        (WAITS, snapshot(State.OFF), ["Disconnected"]),
        (snapshot(State.CLOSING), snapshot(State.OFF), ["Disconnected"]),
    ],
)
def test_the_log_tells_what_changed_and_nothing_else(
    before: Snapshot | None, after: Snapshot, told: list[str]
) -> None:
    assert [line.words for line in change_lines(before, after)] == told


def test_an_outage_is_told_from_its_begin_to_its_end() -> None:
    refused = replace(WAITS, attempt=2, cause=CLOSED)

    assert words(UP, WAITS, DIALS, refused, replace(DIALS, attempt=2, cause=CLOSED), BACK) == [
        "The connection to bastion was lost; trying again soon",
        "bastion refused the connection on port 22; attempt 2 follows",
        "Connected again after 12 s (attempt 2)",
    ]


def test_what_went_wrong_is_loud_and_the_rest_is_not() -> None:
    lines = list(story(snapshot(State.OFF), snapshot(State.CONNECTING), UP, WAITS, DIALS, BACK))

    assert [line.words for line in lines if line.loud] == [
        "The connection to bastion was lost; trying again soon"
    ]
    assert len(lines) == 4


def test_a_silent_bastion_is_told_as_such_and_that_it_answered_after_all() -> None:
    asked = snapshot(State.CONNECTING, cause=LOST, probing=True, outage=LASTING)

    assert words(UP, replace(UP, probing=True), asked, replace(UP, since=NOW + 2)) == [
        "bastion does not answer; connecting anew",
        "The session had only been silent: it answered after 2 s, nothing was lost",
    ]


def test_a_bastion_that_is_silent_after_a_sleep_is_told_as_such() -> None:
    asked = snapshot(State.CONNECTING, cause=LOST, probing=True, outage=replace(LASTING, woke=True))

    assert words(UP, asked) == ["bastion does not answer after the computer slept; connecting anew"]


def test_a_session_that_answers_after_all_leaves_the_outage_before_it_alone() -> None:
    earlier = Outage(NOW - 900, LOST, NOW - 890)
    up = replace(UP, outage=earlier, since=NOW + 2.5)

    assert words(up, replace(DIALS, probing=True, attempt=0), up)[1:] == [
        "The session had only been silent: it answered after 2 s, nothing was lost"
    ]


def test_an_outage_that_comes_and_goes_between_two_looks_is_told() -> None:
    assert words(UP, replace(UP, outage=Outage(NOW, LOST, NOW + 0.2))) == [
        "Connected again after less than a second"
    ]


def test_an_address_that_is_gone_is_told_with_its_cause() -> None:
    assert words(UP, replace(DIALS, attempt=0)) == ["The connection to bastion was lost; connecting anew"]


def test_a_session_that_is_back_without_its_warehouse_is_told_with_both() -> None:
    assert words(DIALS, replace(BACK, cause=REFUSED)) == [
        "Connected again after 12 s",
        "The warehouse db:5432 refused the connection",
    ]


def test_lost_clients_are_named_with_their_age_and_what_they_had_received() -> None:
    lost = replace(LASTING, lost=(client(50123), client(50124, open_for_s=3, received=0)))

    assert words(UP, replace(WAITS, outage=lost)) == [
        "The connection to bastion was lost; trying again soon",
        "2 client connections were lost: 127.0.0.1:50123 (open for 12 min, 3.40 MB received),"
        " 127.0.0.1:50124 (open for 3 s, 0 B received)",
    ]


def test_a_lost_client_of_a_socks_port_is_named_with_where_it_went() -> None:
    going = replace(client(50123), destination=Endpoint("member-2.internal", 27017))
    lost = replace(LASTING, lost=(going,))
    assert words(UP, replace(WAITS, outage=lost))[1] == (
        "1 client connection was lost: 127.0.0.1:50123 to member-2.internal:27017"
        " (open for 12 min, 3.40 MB received)"
    )


def test_clients_lost_after_the_return_are_told_then_and_only_once() -> None:
    one = replace(BACK, outage=replace(LASTING, ended_at=NOW + 12, lost=(client(50123),)))
    two = replace(BACK, outage=replace(LASTING, ended_at=NOW + 12, lost=(client(50123), client(50124))))

    assert words(DIALS, BACK, one, one, two) == [
        "Connected again after 12 s",
        "1 client connection was lost: 127.0.0.1:50123 (open for 12 min, 3.40 MB received)",
        "1 client connection was lost: 127.0.0.1:50124 (open for 12 min, 3.40 MB received)",
    ]


def test_of_many_lost_clients_a_few_are_named() -> None:
    lost = replace(LASTING, lost=tuple(client(50000 + number) for number in range(11)))

    line = words(UP, replace(WAITS, outage=lost))[-1]

    assert line.startswith("11 client connections were lost: 127.0.0.1:50000 (")
    assert line.endswith(" received) and 7 more")
    assert line.count("127.0.0.1") == 4


def test_a_night_of_attempts_leaves_a_dozen_lines() -> None:
    lines = words(UP, *attempts(1000, [CLOSED]))

    assert len(lines) == 11
    assert lines[-1] == "bastion refused the connection on port 22; attempt 512 follows"


def test_reasons_that_take_turns_all_night_stop_being_told() -> None:
    lines = words(UP, *attempts(1000, [CLOSED, SILENT]))

    assert len(lines) < 2 * 16 + 12
    assert lines[-1].startswith("bastion")


@pytest.mark.parametrize("cause", [OFFLINE, PORTAL])
def test_a_network_that_is_missing_is_told_after_any_number_of_attempts(cause: Cause) -> None:
    late = replace(WAITS, attempt=900, cause=CLOSED)

    assert len(words(late, replace(late, cause=cause, retry_at=None))) == 1


@pytest.mark.parametrize("leaf", leaves(), ids=lambda leaf: leaf.code)
@pytest.mark.parametrize("state", [state for state in State if state is not State.OFF])
def test_every_cause_is_told_in_every_state(state: State, leaf: Any) -> None:
    assert change_lines(
        snapshot(State.OFF), snapshot(state, cause=Cause(leaf.code, leaf.retryable), attempt=1)
    )


def attempts(count: int, causes: list[Cause]) -> Iterator[Snapshot]:
    """The loss of a session, and failed attempts that take their causes in turn."""
    for number in range(1, count + 1):
        cause = LOST if number == 1 else causes[number % len(causes)]
        yield replace(WAITS, attempt=number, cause=cause)
        yield replace(DIALS, attempt=number, cause=cause)
