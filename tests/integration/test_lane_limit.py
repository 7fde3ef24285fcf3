"""How many SSH connections a session has at most is the person's to say, also while they are open."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from desktop.ssh import lanes as module
from desktop.ssh import load
from tests.support.bastion import FaultyBastion, Welcome
from tests.support.echo import TcpService
from tests.support.lanes import attached, by_password, count_carriers, export, open_on, query_beside, side_of
from tests.support.local_clients import answer, client_of
from tests.support.relay_stage import RelayStage
from tests.support.sshd import OpenSshServer
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("ssh_kind")


@pytest.fixture
def bulk_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """An export that rests counts as bulk data for the whole test."""
    monkeypatch.setattr(load, "HALF_LIFE_S", 1000.0)


def test_with_one_there_is_no_second_login(stage: RelayStage, server: OpenSshServer) -> None:
    stage.relays.limit_lanes(1)
    attached(stage)
    with export(stage) as running:
        running.finish()
    server.expect_logins(1)


@pytest.mark.usefixtures("bulk_lasts")
def test_with_three_a_third_is_opened_when_two_carry_bulk_data(
    stage: RelayStage, service: TcpService, server: OpenSshServer
) -> None:
    stage.relays.limit_lanes(3)
    session = attached(stage)
    _, queries = stage.open_port(service.endpoint, "queries")
    with ExitStack() as exports:
        running = [exports.enter_context(export(stage))]
        wait_until(lambda: count_carriers(stage, session) == 2)
        running.append(exports.enter_context(export(stage)))
        wait_until(lambda: count_carriers(stage, session) == 3)
        with client_of(queries) as client:
            assert answer(client, b"select 1") == b"select 1"
            assert open_on(stage, session) == [1, 1, 1]
            running.append(exports.enter_context(export(stage)))
            for each in running:
                each.finish()
            assert answer(client, b"select 2") == b"select 2"
    server.expect_logins(3)


@pytest.mark.usefixtures("bulk_lasts")
def test_while_one_is_free_no_further_one_is_opened(
    stage: RelayStage, service: TcpService, server: OpenSshServer
) -> None:
    stage.relays.limit_lanes(4)
    session = attached(stage)
    _, queries = stage.open_port(service.endpoint, "queries")
    with export(stage) as running, query_beside(stage, session, queries):
        running.finish()
    server.expect_logins(2)


@pytest.mark.usefixtures("bulk_lasts")
def test_while_one_is_logging_in_no_further_one_is_opened(tmp_path: Path) -> None:
    with FaultyBastion() as bastion, by_password(bastion, tmp_path) as stage:
        stage.relays.limit_lanes(4)
        attached(stage)
        bastion.welcome = Welcome.SILENCE
        for _ in range(2):
            with export(stage) as running:
                running.finish()
        assert bastion.counts.tcp_connections == 2


def test_a_higher_number_counts_for_a_session_that_is_up(stage: RelayStage, server: OpenSshServer) -> None:
    stage.relays.limit_lanes(1)
    session = attached(stage)
    with export(stage) as running:
        running.finish()
    stage.relays.limit_lanes(2)
    with export(stage) as running:
        wait_until(lambda: count_carriers(stage, session) == 2)
        running.finish()
    server.expect_logins(2)


@pytest.mark.usefixtures("bulk_lasts")
def test_with_a_lower_number_a_lane_serves_out_and_ends(
    stage: RelayStage, service: TcpService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PING_EVERY_S", 0.05)
    session = attached(stage)
    _, queries = stage.open_port(service.endpoint, "queries")
    with export(stage) as running:
        with query_beside(stage, session, queries) as client:
            side = side_of(stage, session)
            looked_at: list[bool] = []
            monkeypatch.setattr(side, "ping", lambda: looked_at.append(True))
            stage.relays.limit_lanes(1)
            with client_of(queries) as later:
                assert answer(later, b"select 2") == b"select 2"
                assert open_on(stage, session) == [2, 1]
            wait_until(lambda: len(looked_at) > 2)
            assert answer(client, b"select 3") == b"select 3"
        assert side.join(10)
        wait_until(lambda: count_carriers(stage, session) == 1)
        with client_of(queries) as client:
            assert answer(client, b"select 4") == b"select 4"
        running.finish()
