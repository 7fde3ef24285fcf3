"""A second SSH connection beside bulk data: queries go over it, and whatever happens to it harms nobody else."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.ssh import lanes as module
from desktop.ssh import load
from tests.support.bastion import FaultyBastion, Welcome
from tests.support.echo import TcpService
from tests.support.lanes import (
    attached,
    by_password,
    count_carriers,
    export,
    lanes_of,
    open_on,
    query_beside,
    side_of,
)
from tests.support.local_clients import answer, client_of
from tests.support.relay_stage import RelayStage
from tests.support.sshd import OpenSshServer
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("ssh_kind")


def logins_during_an_export(stage: RelayStage, server: OpenSshServer) -> int:
    before = server.count_logins()
    with export(stage) as running:
        wait_until(lambda: server.count_logins() > before)
        running.finish()
    return server.count_logins() - before


def assert_reset(client: socket.socket) -> None:
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_beside_an_export_a_query_goes_over_a_lane_of_its_own(
    stage: RelayStage, service: TcpService, server: OpenSshServer
) -> None:
    session = attached(stage)
    _, queries = stage.open_port(service.endpoint, "queries")
    with export(stage) as running, query_beside(stage, session, queries) as client:
        running.finish()
        assert answer(client, b"select 2") == b"select 2"
    server.expect_logins(2)


def test_queries_alone_need_no_second_login(
    stage: RelayStage, service: TcpService, server: OpenSshServer
) -> None:
    session = attached(stage)
    _, local = stage.open_port(service.endpoint)
    for _ in range(20):
        with client_of(local) as client:
            assert answer(client, b"x" * 10_000) == b"x" * 10_000
    assert (count_carriers(stage, session), server.count_logins()) == (1, 1)


def test_lanes_that_carry_no_bulk_data_share_the_clients(
    stage: RelayStage, service: TcpService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "HALF_LIFE_S", 0.3)
    session = attached(stage)
    _, local = stage.open_port(service.endpoint)
    with export(stage) as running:
        wait_until(lambda: count_carriers(stage, session) == 2)
        running.finish()
    first, _ = lanes_of(stage, session).carriers
    wait_until(lambda: not first.has_passengers and not first.load.is_bulk(time.monotonic()))
    with contextlib.ExitStack() as open_clients:
        for _ in range(6):
            client = open_clients.enter_context(client_of(local))
            assert answer(client, b"select 1") == b"select 1"
        assert open_on(stage, session) == [3, 3]


def test_a_lost_lane_resets_its_own_clients_only(
    stage: RelayStage, service: TcpService, server: OpenSshServer
) -> None:
    session = attached(stage)
    connection, queries = stage.open_port(service.endpoint, "queries")
    with export(stage) as running:
        with query_beside(stage, session, queries) as client:
            side_of(stage, session).abort()
            assert_reset(client)
        wait_until(lambda: count_carriers(stage, session) == 1)
        wait_until(lambda: [(each, len(lost)) for each, lost in stage.notes.lost] == [(connection.id, 1)])
        with client_of(queries) as client:
            assert answer(client, b"select 2") == b"select 2"
        running.finish()
    # Not asked again soon: it may have been the server that wanted it so.
    server.expect_logins(2)


def test_a_lane_that_nobody_uses_is_closed_and_opened_again_when_needed(
    stage: RelayStage, server: OpenSshServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUIET_S", 0.0)
    monkeypatch.setattr(module, "_PING_EVERY_S", 0.05)
    monkeypatch.setattr(load, "HALF_LIFE_S", 0.3)
    session = attached(stage)
    assert logins_during_an_export(stage, server) >= 1
    wait_until(lambda: not lanes_of(stage, session)._sides)
    assert logins_during_an_export(stage, server) >= 1
    assert session.is_up


def test_a_lane_that_answers_no_more_is_given_up(
    stage: RelayStage, service: TcpService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PING_EVERY_S", 0.05)
    session = attached(stage)
    _, queries = stage.open_port(service.endpoint, "queries")
    with export(stage) as running:
        with query_beside(stage, session, queries) as client:
            monkeypatch.setattr(module, "SILENT_S", -1.0)
            assert_reset(client)
        running.finish()
    assert session.is_up


def test_with_the_session_its_lanes_end(stage: RelayStage, service: TcpService) -> None:
    session = attached(stage)
    _, queries = stage.open_port(service.endpoint, "queries")
    with export(stage), client_of(queries) as client:
        wait_until(lambda: count_carriers(stage, session) == 2)
        assert answer(client, b"select 1") == b"select 1"
        side = side_of(stage, session)
        stage.relay.detach(session)
        assert_reset(client)
        assert side.join(10)


@pytest.fixture
def bastion(tmp_path: Path) -> Iterator[FaultyBastion]:
    with FaultyBastion() as running:
        yield running


def test_a_second_login_that_is_turned_away_is_not_repeated(bastion: FaultyBastion, tmp_path: Path) -> None:
    with by_password(bastion, tmp_path) as stage:
        attached(stage)
        bastion.welcome = Welcome.RESET
        with export(stage) as running:
            running.finish()
        with export(stage) as running:
            running.finish()
        assert (bastion.counts.tcp_connections, bastion.counts.logins) == (2, 1)


def test_a_password_that_no_longer_holds_is_tried_once(bastion: FaultyBastion, tmp_path: Path) -> None:
    with by_password(bastion, tmp_path) as stage:
        attached(stage)
        bastion.rejects_logins = True
        for _ in range(2):
            with export(stage) as running:
                running.finish()
        assert bastion.counts.attempts["password"] == 2


def test_where_the_server_asks_questions_there_is_one_lane(tmp_path: Path) -> None:
    with FaultyBastion(methods=["keyboard-interactive"]) as bastion, by_password(bastion, tmp_path) as stage:
        attached(stage)
        with export(stage) as running:
            running.finish()
        assert bastion.counts.tcp_connections == 1
