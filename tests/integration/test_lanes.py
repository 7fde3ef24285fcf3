"""A second SSH connection beside bulk data: queries go over it, and whatever happens to it harms nobody else."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import Endpoint, SecretKind
from desktop.ssh import lanes as module
from desktop.ssh import load
from desktop.ssh.lanes import Lanes
from desktop.ssh.session import SshSession
from tests.support.bastion import FaultyBastion, Welcome
from tests.support.echo import TcpService, sha256_of_stream, source
from tests.support.keys import KeyFile
from tests.support.local_clients import answer, client_of, receive
from tests.support.relay_stage import RelayStage, relay_stage
from tests.support.sshd import OpenSshServer
from tests.support.stage import with_key, with_password
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("ssh_kind")

MIB = 1 << 20
EXPORT_BYTES = 48 * MIB
READ_AT_FIRST = 24 * MIB


@pytest.fixture
def stage(server: OpenSshServer, key: KeyFile, known_hosts: Path) -> Iterator[RelayStage]:
    with relay_stage(with_key(server.endpoint, server.user, key.path), known_hosts) as running:
        yield running


class Export:
    """A client that has read a part of a large answer, and can read the rest."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._digest = hashlib.sha256()
        self.read(READ_AT_FIRST)

    def read(self, size: int) -> None:
        self._digest.update(receive(self._client, size))

    def finish(self) -> None:
        """Every byte came, in order."""
        self.read(EXPORT_BYTES - READ_AT_FIRST)
        assert self._client.recv(1) == b""
        assert self._digest.hexdigest() == sha256_of_stream(EXPORT_BYTES)


@contextlib.contextmanager
def export(stage: RelayStage) -> Iterator[Export]:
    with source(EXPORT_BYTES) as warehouse:
        _, local = stage.open_port(warehouse.endpoint, "export")
        with client_of(local) as client:
            yield Export(client)


def lanes_of(stage: RelayStage, session: SshSession) -> Lanes:
    lanes = stage.relay._gate.lanes_of(session)
    assert lanes is not None
    return lanes


def count_carriers(stage: RelayStage, session: SshSession) -> int:
    return len(lanes_of(stage, session).carriers)


def open_on(stage: RelayStage, session: SshSession) -> list[int]:
    """How many clients each lane carries."""
    return [carrier.count_open() for carrier in lanes_of(stage, session).carriers]


def side_of(stage: RelayStage, session: SshSession) -> SshSession:
    (side,) = lanes_of(stage, session)._sides
    return side


def logins_during_an_export(stage: RelayStage, server: OpenSshServer) -> int:
    before = server.count_logins()
    with export(stage) as running:
        wait_until(lambda: server.count_logins() > before)
        running.finish()
    return server.count_logins() - before


def assert_reset(client: socket.socket) -> None:
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def attached(stage: RelayStage) -> SshSession:
    session = stage.attached()
    stage.settle()
    return session


def test_beside_an_export_a_query_goes_over_a_lane_of_its_own(
    stage: RelayStage, service: TcpService, server: OpenSshServer
) -> None:
    session = attached(stage)
    _, queries = stage.open_port(service.endpoint, "queries")
    with export(stage) as running:
        wait_until(lambda: count_carriers(stage, session) == 2)
        with client_of(queries) as client:
            assert answer(client, b"select 1") == b"select 1"
            assert open_on(stage, session) == [1, 1]
            running.finish()
            assert answer(client, b"select 2") == b"select 2"
    assert server.count_logins() == 2


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
        wait_until(lambda: count_carriers(stage, session) == 2)
        with client_of(queries) as client:
            assert answer(client, b"select 1") == b"select 1"
            side_of(stage, session).abort()
            assert_reset(client)
        wait_until(lambda: count_carriers(stage, session) == 1)
        wait_until(lambda: [(each, len(lost)) for each, lost in stage.notes.lost] == [(connection.id, 1)])
        with client_of(queries) as client:
            assert answer(client, b"select 2") == b"select 2"
        running.finish()
    # Not asked again soon: it may have been the server that wanted it so.
    assert server.count_logins() == 2


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
        wait_until(lambda: count_carriers(stage, session) == 2)
        with client_of(queries) as client:
            assert answer(client, b"select 1") == b"select 1"
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


@contextlib.contextmanager
def by_password(bastion: FaultyBastion, folder: Path) -> Iterator[RelayStage]:
    known_hosts = folder / "known_hosts"
    at: Endpoint = bastion.endpoint
    known_hosts.write_text(f"[{at.host}]:{at.port} {bastion.host_key}\n")
    hop = with_password(at, bastion.user)
    with relay_stage(hop, known_hosts, secrets={SecretKind.SSH_PASSWORD: bastion.password}) as running:
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
