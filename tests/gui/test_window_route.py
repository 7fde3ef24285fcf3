"""The route strip: each stop on the way to a warehouse, and how far an attempt has come."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.errors import (
    AuthRejected,
    BastionRefused,
    CaptivePortal,
    Cause,
    ForwardProhibited,
    Offline,
    PasswordNeeded,
    PeerLost,
    PortInUse,
    PortReserved,
    ServerShedding,
)
from desktop.core.model import (
    CONFIGURED_PORT,
    AnyHost,
    Auth,
    AuthMethod,
    Endpoint,
    Forward,
    Hop,
    HopPicture,
    Proxy,
    ProxyKind,
    Route,
    Snapshot,
    Standing,
    State,
    Target,
    UnixSocket,
    WayPicture,
)
from desktop.core.route_errors import JumpRefused, ProxyFailed, ProxyTrouble, at_hop
from desktop.core.warehouse_errors import WarehouseHungUp
from desktop.gui.route_stops import stops_of
from tests.gui.conftest import OpenStage
from tests.gui.window_stage import ORDERS
from tests.support.host_keys import changed
from tests.support.standins import up

HOST = "bastion.example.com"
REFUSED = BastionRefused(host=HOST, port=2222).cause
NEEDED = PasswordNeeded(user="ada", host=HOST, store="").cause
CHANGED = changed(host=HOST).cause
REJECTED = AuthRejected(user="ada", host=HOST, method="key-file").cause
NO_WAY_ON = at_hop(JumpRefused(jump="jump.example.com", host=HOST, port=2222).cause, 1)
STRICTLY_CHANGED = changed(host=HOST, key="").cause

TWO_HOPS = replace(ORDERS, route=Route((Hop("jump.example.com", "ada"), Hop(HOST, "ada"))))
HALF_WAY = (
    WayPicture(tuple(HopPicture(hop.endpoint) for hop in TWO_HOPS.route.hops))
    .with_hop(0, Standing.PASSED, 20.0)
    .with_hop(1, Standing.TRIED)
)
PROXY = Proxy(ProxyKind.SOCKS5, "proxy.example.com", 1080)
BY_PROXY = replace(TWO_HOPS, route=replace(TWO_HOPS.route, proxy=PROXY))
NO_PROXY = ProxyFailed(
    kind=PROXY.kind, proxy=str(PROXY.endpoint), host=HOST, trouble=ProxyTrouble.REFUSED, detail=""
).cause


def failed(cause: Cause) -> Snapshot:
    return Snapshot(TWO_HOPS, State.FAILED, cause)


@pytest.mark.parametrize(
    ("snapshot", "words"),
    [
        (Snapshot(TWO_HOPS), ["Port closed", "Not connected", "Not connected", "Not connected"]),
        (up(TWO_HOPS), ["Listening", "Logged in", "Logged in", "Idle"]),
        (up(TWO_HOPS, clients=2, parked=1), ["Listening", "Logged in", "Logged in", "In use"]),
        (Snapshot(TWO_HOPS, State.CONNECTING), ["Port closed", "Connecting", "Connecting", "Not connected"]),
        (failed(NEEDED), ["Port closed", "Passed", "Asks you", "Not connected"]),
        (
            replace(failed(STRICTLY_CHANGED), local=Endpoint("127.0.0.1", 1)),
            ["Resets clients", "Passed", "Not trusted", "Not connected"],
        ),
        (
            replace(failed(NEEDED), local=Endpoint("127.0.0.1", 1)),
            ["Listening", "Passed", "Asks you", "Not connected"],
        ),
        (failed(STRICTLY_CHANGED), ["Port closed", "Passed", "Not trusted", "Not connected"]),
        (failed(CHANGED), ["Port closed", "Passed", "Asks you", "Not connected"]),
        (failed(REJECTED), ["Port closed", "Passed", "No login", "Not connected"]),
        (failed(NO_WAY_ON), ["Port closed", "Passed", "Not reached", "Not connected"]),
        (
            Snapshot(TWO_HOPS, State.WAITING, PeerLost(host="jump.example.com").cause),
            ["Port closed", "Lost", "Not connected", "Not connected"],
        ),
        (
            Snapshot(TWO_HOPS, State.WAITING, REFUSED),
            ["Port closed", "Passed", "Not reached", "Not connected"],
        ),
        (
            Snapshot(TWO_HOPS, State.WAITING, Offline().cause),
            ["No network", "Not connected", "Not connected", "Not connected"],
        ),
        (
            Snapshot(TWO_HOPS, State.WAITING, CaptivePortal().cause),
            ["Needs sign-in", "Not connected", "Not connected", "Not connected"],
        ),
        (
            Snapshot(TWO_HOPS, State.CONNECTING, Offline().cause),
            ["Port closed", "Connecting", "Connecting", "Not connected"],
        ),
        (
            Snapshot(TWO_HOPS, State.WAITING, ServerShedding(host=HOST, port=22).cause),
            ["Port closed", "Passed", "Turned away", "Not connected"],
        ),
        (
            Snapshot(TWO_HOPS, State.CONNECTING, way=HALF_WAY),
            ["Port closed", "Logged in", "Connecting", "Not connected"],
        ),
        (
            Snapshot(TWO_HOPS, State.WAITING, at_hop(REFUSED, 0), way=HALF_WAY),
            ["Port closed", "Not reached", "Not connected", "Not connected"],
        ),
        (
            Snapshot(BY_PROXY, State.CONNECTING),
            ["Port closed", "Connecting", "Connecting", "Connecting", "Not connected"],
        ),
        (
            Snapshot(BY_PROXY, State.CONNECTING, way=replace(HALF_WAY, proxy=BY_PROXY.route.proxy)),
            ["Port closed", "Passed", "Logged in", "Connecting", "Not connected"],
        ),
        (
            Snapshot(BY_PROXY, State.WAITING, at_hop(NO_PROXY, 0)),
            ["Port closed", "Not reached", "Not connected", "Not connected", "Not connected"],
        ),
        (
            Snapshot(BY_PROXY, State.WAITING, at_hop(REFUSED, 1)),
            ["Port closed", "Passed", "Passed", "Not reached", "Not connected"],
        ),
        (up(TWO_HOPS, clients=2, probing=True), ["Listening", "Checking", "Checking", "Not known"]),
        (
            Snapshot(TWO_HOPS, State.CONNECTING, PeerLost(host=HOST).cause, probing=True),
            ["Port closed", "Checking", "Checking", "Not known"],
        ),
        (
            failed(PortInUse(port=15432, holder="").cause),
            ["Port not open", "Not connected", "Not connected", "Not connected"],
        ),
        (
            up(TWO_HOPS, cause=ForwardProhibited(bastion=HOST, target="db:1").cause),
            ["Listening", "Logged in", "Logged in", "Not reached"],
        ),
        (
            failed(PortReserved(port=15432, name="Events").cause),
            ["Port not open", "Not connected", "Not connected", "Not connected"],
        ),
        (
            up(TWO_HOPS, cause=WarehouseHungUp(target="db:1", kind="postgresql").cause),
            ["Listening", "Logged in", "Logged in", "Hangs up"],
        ),
    ],
)
def test_the_route_says_at_which_stop_it_ends(snapshot: Snapshot, words: list[str]) -> None:
    assert [stop.words for stop in stops_of(snapshot)] == words


def test_the_route_names_addresses_and_the_round_trip_to_the_bastion(open_stage: OpenStage) -> None:
    stage = open_stage(up(ORDERS, 40001))

    computer, bastion, warehouse = stage.window.detail.route.stops

    assert computer.address == "127.0.0.1:40001"
    assert (bastion.address, bastion.way) == ("bastion.example.com:2222", "23 ms")
    assert (warehouse.title, warehouse.address) == ("PostgreSQL", "db.internal:5432")


@pytest.mark.parametrize(
    ("target", "kind", "named"),
    [
        (UnixSocket("/run/x.sock"), "mysql", ("MySQL", "/run/x.sock")),
        (AnyHost(), "snowflake", ("Snowflake", "any host, by SOCKS")),
        (AnyHost(), "other", ("Any host", "by SOCKS")),
    ],
)
def test_the_route_ends_where_the_connection_leads(target: Target, kind: str, named: tuple[str, str]) -> None:
    warehouse = stops_of(Snapshot(replace(ORDERS, kind=kind, forward=Forward(target))))[-1]
    assert (warehouse.title, warehouse.address) == named


def test_each_leg_of_a_chain_has_its_share_of_the_round_trip() -> None:
    way = HALF_WAY.with_hop(1, Standing.PASSED, 31.0)

    stops = stops_of(up(replace(BY_PROXY, name="chain"), way=replace(way, proxy=BY_PROXY.route.proxy)))

    assert [stop.way for stop in stops] == ["", "", "20 ms", "11 ms", ""]
    assert (stops[1].drawing, stops[1].title) == ("proxy", "SOCKS5 proxy")


def test_what_an_alias_stands_for_is_shown_once_it_is_known() -> None:
    alias = replace(ORDERS, route=Route((Hop("prod", "", CONFIGURED_PORT, Auth(AuthMethod.SSH_CONFIG)),)))
    first, second = (hop.endpoint for hop in TWO_HOPS.route.hops)

    stops = stops_of(Snapshot(alias, State.CONNECTING, way=HALF_WAY))

    assert [stop.address for stop in stops][1:3] == [str(first), str(second)]


def test_a_long_route_takes_two_rows_in_the_smallest_window(open_stage: OpenStage) -> None:
    hops = tuple(Hop(f"jump-{number}.example.com", "ada") for number in range(4))
    far = replace(ORDERS, route=Route(hops, PROXY))
    stage = open_stage(Snapshot(far))
    stage.choose(far)
    detail = stage.window.detail
    stage.window.resize(1080, 720)
    stage.settle()
    one_row = detail.route.height()
    stage.window.resize(stage.window.minimumSize())
    stage.settle()
    assert len(detail.route.stops) == 7
    assert detail.route.height() == 2 * one_row
    # Nothing of the page is cut off on the right.
    assert detail.horizontalScrollBar().maximum() == 0
