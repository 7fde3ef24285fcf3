"""A chain of three servers with different logins: what goes through, who is asked, and what is said when it breaks."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import Endpoint, Route
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.staged_check import StagedCheck
from tests.support.chain import ThreeHops, three_hops
from tests.support.dialling import dialling
from tests.support.echo import TcpService, sha256_of_stream, sha256_until_eof, source
from tests.support.lanes import attached, count_carriers, export, lanes_of, query_beside
from tests.support.local_clients import answer, client_of
from tests.support.relay_stage import RelayStage, relay_stage
from tests.support.stage import StandInSource, connection_to, stage
from tests.support.system_user import is_root
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(not is_root(), reason="each server has a user of its own")

MIB = 1 << 20


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThreeHops]:
    with three_hops(tmp_path_factory.mktemp("chain")) as running:
        yield running


@pytest.fixture
def known_hosts(chain: ThreeHops, tmp_path: Path) -> Path:
    return chain.known_to(tmp_path)


@contextlib.contextmanager
def carried(chain: ThreeHops, known_hosts: Path) -> Iterator[RelayStage]:
    with relay_stage(chain.route, known_hosts, secrets=chain.secrets) as running:
        yield running


@pytest.mark.usefixtures("ssh_kind")
def test_each_server_gets_its_own_login_and_the_stream_arrives_whole(
    chain: ThreeHops, known_hosts: Path
) -> None:
    before = [server.count_logins() for server in chain.servers]
    with carried(chain, known_hosts) as running, source(8 * MIB) as warehouse:
        attached(running)
        _, local = running.open_port(warehouse.endpoint)
        with client_of(local) as client:
            assert sha256_until_eof(client) == sha256_of_stream(8 * MIB)
    for server, count in zip(chain.servers, before, strict=True):
        server.expect_logins(count + 1)
    assert [server.count_failures() for server in chain.servers] == [0, 0, 0]


def test_what_a_client_says_arrives_too(chain: ThreeHops, known_hosts: Path, service: TcpService) -> None:
    with carried(chain, known_hosts) as running:
        attached(running)
        _, local = running.open_port(service.endpoint)
        with client_of(local) as client:
            assert answer(client, b"x" * MIB) == b"x" * MIB


def test_one_thread_serves_all_jump_hosts(chain: ThreeHops, known_hosts: Path) -> None:
    with dialling(chain.route, known_hosts, chain.secrets) as (_, outcome):
        assert outcome.logged_in(), outcome.cause
        serving = [each.name for each in threading.enumerate() if each.name.endswith("jump hosts")]
        assert len(serving) == 1


def test_a_further_lane_goes_through_the_jump_hosts_that_are_there(
    chain: ThreeHops, known_hosts: Path, service: TcpService
) -> None:
    before = [server.count_logins() for server in chain.servers]
    with carried(chain, known_hosts) as running:
        session = attached(running)
        _, queries = running.open_port(service.endpoint, "queries")
        with export(running) as reading, query_beside(running, session, queries) as client:
            reading.finish()
            assert answer(client, b"select 2") == b"select 2"
        side = next(iter(lanes_of(running, session)._sides))
        side.abort()
        assert side.join(10)
        wait_until(lambda: count_carriers(running, session) == 1)
        with client_of(queries) as client:
            assert answer(client, b"select 3") == b"select 3"
    grown = [server.count_logins() - count for server, count in zip(chain.servers, before, strict=True)]
    assert grown == [1, 1, 2]


@pytest.mark.usefixtures("ssh_kind")
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_server_that_drops_us_is_named(chain: ThreeHops, known_hosts: Path, place: int) -> None:
    with dialling(chain.route, known_hosts, chain.secrets) as (_, outcome):
        assert outcome.logged_in(), outcome.cause
        chain.servers[place].drop_sessions()
        outcome.wait_for_end()
    assert outcome.cause is not None
    assert (outcome.cause.code, outcome.cause.fact("hop")) == ("peer_lost", str(place))
    assert outcome.cause.fact("host") == chain.route.hops[place].host


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_unknown_key_is_refused_at_every_place(chain: ThreeHops, tmp_path: Path, place: int) -> None:
    before = chain.servers[place].count_logins()
    with dialling(chain.route, chain.known_to(tmp_path, but=place), chain.secrets) as (_, outcome):
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert (outcome.cause.code, outcome.cause.fact("hop")) == ("host_key_unknown", str(place))
    assert outcome.cause.fact("port") == str(chain.route.hops[place].port)
    chain.servers[place].expect_logins(before)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("code", ["host_key_changed", "host_key_revoked"])
def test_a_key_that_is_not_the_servers_any_more_is_refused_at_every_place(
    chain: ThreeHops, known_hosts: Path, place: int, code: str
) -> None:
    server, other = chain.servers[place], chain.servers[(place + 1) % 3]
    line = server.known_hosts_line()
    bad = (
        line.replace(server.host_key(), other.host_key())
        if code == "host_key_changed"
        else f"@revoked {line}"
    )
    known_hosts.write_text(known_hosts.read_text().replace(line, bad))
    before = server.count_logins()
    with dialling(chain.route, known_hosts, chain.secrets) as (_, outcome):
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert (outcome.cause.code, outcome.cause.fact("hop")) == (code, str(place))
    server.expect_logins(before)


def test_a_missing_password_of_a_jump_host_is_noticed_before_anybody_is_bothered(
    chain: ThreeHops, known_hosts: Path
) -> None:
    before = chain.servers[0].count_connections()
    with dialling(chain.route, known_hosts) as (_, outcome):
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert (outcome.cause.code, outcome.cause.fact("hop")) == ("password_needed", "0")
    assert chain.servers[0].count_connections() == before


def test_the_link_comes_back_when_the_middle_server_was_restarted(
    chain: ThreeHops, known_hosts: Path, service: TcpService
) -> None:
    connection = connection_to(service.endpoint, chain.route)
    with stage(known_hosts, chain.secrets) as running:
        local = running.bring_up(connection)
        chain.servers[1].stop()
        waiting = running.wait_for(connection, lambda now: now.state == "waiting")
        assert waiting.cause is not None
        with contextlib.ExitStack() as during:
            client = during.enter_context(client_of(local))
            client.sendall(b"select 1")
            chain.servers[1].start()
            assert client.recv(8) == b"select 1"
        running.wait_for(connection, lambda now: now.state == "up")


def test_a_chain_is_called_off_at_any_moment(chain: ThreeHops, known_hosts: Path) -> None:
    for place in (1, 2):
        with chain.servers[place].frozen(listener=True):
            before = chain.servers[place - 1].count_logins()
            with dialling(chain.route, known_hosts, chain.secrets) as (session, outcome):
                wait_until(lambda: chain.servers[place - 1].count_logins() > before)  # noqa: B023 - at once
                session.abort()
                outcome.wait_for_end()
            assert outcome.cause is None


def test_a_jump_host_that_does_not_reach_the_next_says_why(chain: ThreeHops, known_hosts: Path) -> None:
    first, second, last = chain.route.hops
    nowhere = Endpoint(second.host, 1)
    gone = type(second)(nowhere.host, second.user, nowhere.port, second.auth)
    with dialling(Route((first, gone, last)), known_hosts, chain.secrets) as (_, outcome):
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert (outcome.cause.code, outcome.cause.fact("trouble")) == ("jump_unreachable", "refused")
    assert (outcome.cause.fact("hop"), outcome.cause.fact("port")) == ("1", "1")
    assert outcome.cause.retryable


def test_the_way_is_told_server_by_server(chain: ThreeHops, known_hosts: Path) -> None:
    with dialling(chain.route, known_hosts, chain.secrets) as (_, outcome):
        assert outcome.logged_in(), outcome.cause
        ways = [[hop.standing.value for hop in way.hops] for way in outcome.ways]
        last = outcome.ways[-1].hops
    assert ways == [
        ["ahead", "ahead", "ahead"],
        ["tried", "ahead", "ahead"],
        ["passed", "ahead", "ahead"],
        ["passed", "tried", "ahead"],
        ["passed", "passed", "ahead"],
        ["passed", "passed", "tried"],
        ["passed", "passed", "passed"],
    ]
    assert [hop.endpoint for hop in last] == [hop.endpoint for hop in chain.route.hops]
    assert all(hop.round_trip_ms is not None for hop in last)


def test_a_snapshot_shows_every_server_and_keeps_its_figures_up_to_date(
    chain: ThreeHops, known_hosts: Path, service: TcpService
) -> None:
    connection = connection_to(service.endpoint, chain.route)
    with stage(known_hosts, chain.secrets) as running:
        running.bring_up(connection)
        first = running.wait_for(connection, lambda now: now.state == "up").way
        assert len(first.hops) == 3
        # The first ping of the session.
        running.wait_for(
            connection, lambda now: all(a != b for a, b in zip(now.way.hops, first.hops, strict=True))
        )


def test_a_check_walks_every_server(chain: ThreeHops, known_hosts: Path, service: TcpService) -> None:
    connection = connection_to(service.endpoint, chain.route)
    walk = StagedCheck(connection, StandInSource(chain.secrets), KnownHosts(known_hosts))
    try:
        stages = list(walk.run())
    finally:
        walk.close()
    of_a_hop = ("route", "ssh", "host_key", "login")
    walked = [(each.name, each.hop) for each in stages]
    assert walked == [
        *((name, place) for place in range(3) for name in of_a_hop),
        ("forward", None),
        ("warehouse", None),
    ]
    assert {each.cause for each in stages} == {None}
    assert [each.server for each in stages[::4]] == [*(str(hop.endpoint) for hop in chain.route.hops), ""]


def test_a_check_ends_at_the_server_that_is_not_the_one_known(
    chain: ThreeHops, tmp_path: Path, service: TcpService
) -> None:
    connection = connection_to(service.endpoint, chain.route)
    known_hosts = KnownHosts(chain.known_to(tmp_path, but=1))
    walk = StagedCheck(connection, StandInSource(chain.secrets), known_hosts)
    try:
        last = list(walk.run())[-1]
    finally:
        walk.close()
    assert last.cause is not None
    assert (last.name, last.hop, last.cause.code) == ("host_key", 1, "host_key_unknown")
    assert last.cause.fact("hop") == "1"
