"""One line of words for each state, and for the tray."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.core.error_tree import leaves
from desktop.core.errors import (
    AuthRejected,
    CaptivePortal,
    Cause,
    HostKeyUnknown,
    Offline,
    PassphraseNeeded,
    PasswordNeeded,
    PeerLost,
    PortInUse,
    ServerShedding,
    WarehouseRefused,
)
from desktop.core.model import Connection, Endpoint, Forward, Hop, Outage, Route, Snapshot, State
from desktop.core.warehouse_errors import WarehouseStarting
from desktop.wording.status import overall_line, row_line, standing_cause, state_line
from tests.support.host_keys import changed

NOW = 1_000_000.0
SALES = Connection("sales", Route((Hop("bastion", "me"),)), Forward(Endpoint("db", 5432)))
LOST = PeerLost(host="bastion").cause
OFFLINE = Offline().cause
REFUSED = WarehouseRefused(bastion="bastion", target="db:5432").cause
STARTING = WarehouseStarting(target="db:5432", kind="postgresql", detail="starting up").cause
SHEDDING = ServerShedding(host="bastion", port=22).cause
PORTAL = CaptivePortal().cause
LASTING = Outage(NOW - 2, LOST)
OVER = Outage(NOW - 30, LOST, NOW - 20)
KEY: dict[str, str | int] = {"host": "b", "port": 22, "key_type": "ssh-ed25519", "fingerprint": "SHA256:x"}


def snapshot(state: State, **changes: Any) -> Snapshot:
    return Snapshot(SALES, state, **changes)


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (snapshot(State.OFF), "Off"),
        (snapshot(State.CONNECTING), "Connecting…"),
        (snapshot(State.CONNECTING, attempt=3), "Reconnecting… (attempt 3)"),
        (snapshot(State.CONNECTING, outage=LASTING), "Reconnecting…"),
        (snapshot(State.CONNECTING, outage=LASTING, attempt=3), "Reconnecting… (attempt 3)"),
        (snapshot(State.CONNECTING, outage=LASTING, probing=True), "Checking the connection…"),
        (snapshot(State.UP, round_trip_ms=23.0, probing=True), "Checking the connection…"),
        (snapshot(State.UP, outage=OVER), "Connected"),
        (snapshot(State.UP), "Connected"),
        (snapshot(State.UP, round_trip_ms=0.4), "Connected · <1 ms"),
        (snapshot(State.UP, round_trip_ms=23.4, clients=1), "Connected · 23 ms · 1 client"),
        (snapshot(State.UP, round_trip_ms=23.4, clients=3), "Connected · 23 ms · 3 clients"),
        (snapshot(State.UP, cause=REFUSED, clients=3), "Connected · Warehouse refused the connection"),
        (snapshot(State.UP, cause=STARTING, round_trip_ms=23.4), "Connected · 23 ms · Warehouse is starting"),
        (snapshot(State.CLOSING), "Disconnecting…"),
        (snapshot(State.WAITING, attempt=3, cause=LOST, retry_at=NOW + 4), "Reconnecting in 4 s (attempt 3)"),
        (
            snapshot(State.WAITING, attempt=1, cause=LOST, retry_at=NOW + 0.2),
            "Reconnecting in 1 s (attempt 1)",
        ),
        (snapshot(State.WAITING, attempt=1, cause=LOST, retry_at=NOW - 1), "Reconnecting… (attempt 1)"),
        (
            snapshot(State.WAITING, attempt=1, cause=LOST, retry_at=NOW + 4, parked=2),
            "Reconnecting in 4 s (attempt 1) · 2 clients waiting",
        ),
        (snapshot(State.WAITING, cause=LOST), "Waiting to reconnect"),
        (snapshot(State.WAITING, cause=OFFLINE), "Waiting for network"),
        (snapshot(State.WAITING, cause=PORTAL), "Waiting for network sign-in"),
        (
            snapshot(State.WAITING, attempt=2, cause=SHEDDING, retry_at=NOW + 11.2),
            "Turned away; trying again in 12 s",
        ),
        (
            snapshot(State.WAITING, attempt=2, cause=SHEDDING, retry_at=NOW + 4, parked=1),
            "Turned away; trying again in 4 s · 1 client waiting",
        ),
        (snapshot(State.WAITING, attempt=2, cause=SHEDDING, retry_at=NOW), "Turned away; trying again…"),
        (snapshot(State.FAILED), "Failed"),
    ],
)
def test_a_state_is_told_in_one_short_line(shown: Snapshot, line: str) -> None:
    assert state_line(shown, NOW) == line


def test_a_row_of_the_list_says_only_what_is_wrong_where_the_bastion_is_fine() -> None:
    troubled = snapshot(State.UP, cause=STARTING, round_trip_ms=23.4)
    assert row_line(troubled, NOW) == "Warehouse is starting"
    fine = snapshot(State.UP, round_trip_ms=23.4, clients=1)
    assert row_line(fine, NOW) == state_line(fine, NOW)


@pytest.mark.parametrize(
    ("cause", "line"),
    [
        (PasswordNeeded(user="me", host="b", store="").cause, "Needs password"),
        (PassphraseNeeded(path="key", store="").cause, "Needs key passphrase"),
        (HostKeyUnknown(**KEY, key="ssh-ed25519 AAAA").cause, "Unknown host key"),
        (changed().cause, "Host key changed"),
        (AuthRejected(user="me", host="b", method="password").cause, "Login refused"),
        (
            PortInUse(port=5432, holder="postgres (process 12)").cause,
            "Local port 5432 is taken by postgres (process 12)",
        ),
    ],
)
def test_a_failure_is_told_by_its_cause(cause: Cause, line: str) -> None:
    assert state_line(snapshot(State.FAILED, cause=cause), NOW) == line


@pytest.mark.parametrize("leaf", leaves(), ids=lambda leaf: leaf.code)
@pytest.mark.parametrize("state", State)
def test_every_cause_fits_every_state(state: State, leaf: Any) -> None:
    shown = snapshot(state, cause=Cause(leaf.code, leaf.retryable))
    assert state_line(shown, NOW)


@pytest.mark.parametrize(
    ("snapshots", "line"),
    [
        ([], "No connections yet"),
        ([snapshot(State.OFF)], "Not connected"),
        (
            [*[snapshot(State.UP)] * 3, snapshot(State.WAITING, cause=LOST), snapshot(State.OFF)],
            "3 connected · 1 reconnecting",
        ),
        (
            [snapshot(State.CONNECTING), snapshot(State.CONNECTING, attempt=1), snapshot(State.CLOSING)],
            "1 connecting · 1 reconnecting · 1 disconnecting",
        ),
        ([snapshot(State.WAITING, cause=OFFLINE)] * 2, "2 waiting for network"),
        ([snapshot(State.WAITING, cause=PORTAL)], "1 waiting for network sign-in"),
        (
            [
                snapshot(State.UP),
                snapshot(State.UP, probing=True),
                snapshot(State.CONNECTING, outage=LASTING),
            ],
            "1 connected · 1 checking · 1 reconnecting",
        ),
        ([snapshot(State.FAILED, cause=LOST)], "1 needs attention"),
        (
            [snapshot(State.UP), snapshot(State.UP, cause=REFUSED), snapshot(State.FAILED)],
            "2 need attention · 1 connected",
        ),
    ],
)
def test_all_connections_are_summed_up_in_one_line(snapshots: list[Snapshot], line: str) -> None:
    assert overall_line(snapshots) == line


@pytest.mark.parametrize(
    ("shown", "stands"),
    [
        (snapshot(State.WAITING, cause=OFFLINE), OFFLINE),
        (snapshot(State.CONNECTING, cause=OFFLINE), None),
        (snapshot(State.CONNECTING, cause=PORTAL), PORTAL),
        (snapshot(State.CONNECTING, cause=LOST), LOST),
        (snapshot(State.CONNECTING, cause=LOST, probing=True), None),
        (snapshot(State.UP, cause=REFUSED, probing=True), REFUSED),
        (snapshot(State.UP), None),
    ],
)
def test_a_cause_is_shown_only_as_long_as_it_holds(shown: Snapshot, stands: Cause | None) -> None:
    assert standing_cause(shown) == stands
