"""Clients that come while there is no session: none is refused, and none is left hanging."""

from __future__ import annotations

import contextlib
import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import Endpoint
from tests.support.echo import TcpService
from tests.support.keys import KeyFile
from tests.support.local_clients import answer, client_of, receive
from tests.support.relay_stage import RelayStage, relay_stage
from tests.support.sshd import OpenSshServer
from tests.support.stage import with_key
from tests.support.stoppable_path import StoppablePath
from tests.support.waiting import wait_until

WAIT_S = 10.0
MANY = 200
PORTS = 40


@pytest.fixture
def impatient(server: OpenSshServer, key: KeyFile, known_hosts: Path) -> Iterator[RelayStage]:
    """Parks nobody for long."""
    hop = with_key(server.endpoint, server.user, key.path)
    with relay_stage(hop, known_hosts, park_timeout_s=0.3) as running:
        yield running


def test_hundreds_of_clients_are_all_served_after_the_outage(stage: RelayStage, service: TcpService) -> None:
    connection, local = stage.open_port(service.endpoint)
    with contextlib.ExitStack() as open_clients:
        clients = [open_clients.enter_context(client_of(local)) for _ in range(MANY)]
        for number, client in enumerate(clients):
            client.sendall(b"client %04d" % number)
        stage.wait_for_counts(connection, parked=MANY)
        stage.attached()
        assert [receive(client, 11) for client in clients] == [b"client %04d" % n for n in range(MANY)]
        stage.wait_for_counts(connection, is_open=MANY)
    assert stage.notes.refused == []


def test_clients_are_let_through_in_the_order_they_came(stage: RelayStage) -> None:
    with (
        socket.create_server(("127.0.0.1", 0), backlog=PORTS) as warehouse,
        contextlib.ExitStack() as open_ends,
    ):
        warehouse.settimeout(WAIT_S)
        place = Endpoint(*warehouse.getsockname())
        ports = [stage.open_port(place, f"warehouse {number}") for number in range(PORTS)]
        random.Random(7).shuffle(ports)
        came = [connection.id for connection, _ in ports]
        for connection, local in ports:
            open_ends.enter_context(client_of(local)).sendall(connection.id.encode())
            stage.wait_for_counts(connection, parked=1)
        assert stage.notes.waiting == came
        stage.attached()
        # The bastion connects to it in the order in which it was asked to.
        let_through = [open_ends.enter_context(warehouse.accept()[0]) for _ in range(PORTS)]
        assert [receive(end, len(came[0])).decode() for end in let_through] == came


def test_a_client_that_gave_up_waiting_does_not_reach_the_warehouse(
    stage: RelayStage, service: TcpService
) -> None:
    connection, local = stage.open_port(service.endpoint)
    with client_of(local), client_of(local):
        stage.wait_for_counts(connection, parked=2)
    stage.attached()
    stage.wait_for_counts(connection)
    with client_of(local) as client:
        assert answer(client, b"first to be served") == b"first to be served"
    assert service.accepted == 1


def test_an_outage_longer_than_the_parking_time_resets_its_clients(
    impatient: RelayStage, service: TcpService
) -> None:
    connection, local = impatient.open_port(service.endpoint)
    with contextlib.ExitStack() as open_clients:
        clients = [open_clients.enter_context(client_of(local)) for _ in range(MANY)]
        for client in clients:
            assert_reset(client)
    impatient.wait_for_counts(connection)
    assert (service.accepted, impatient.notes.refused) == (0, [])


def test_a_session_that_is_lost_at_once_leaves_nobody_hanging(
    impatient: RelayStage, service: TcpService
) -> None:
    connection, local = impatient.open_port(service.endpoint)
    session = impatient.log_in()
    with contextlib.ExitStack() as open_clients:
        clients = [open_clients.enter_context(client_of(local)) for _ in range(MANY)]
        wait_until(lambda: len(impatient.notes.waiting) == MANY)
        impatient.relay.attach(session)
        impatient.relay.detach(session)
        for client in clients:
            assert_reset(client)
    impatient.wait_for_counts(connection)


def test_parking_again_does_not_prolong_the_time(
    impatient: RelayStage, service: TcpService, server: OpenSshServer, key: KeyFile, known_hosts: Path
) -> None:
    connection, local = impatient.open_port(service.endpoint)
    with StoppablePath(server.endpoint) as path:
        remember(known_hosts, server, path)
        session = impatient.attached(with_key(path.endpoint, server.user, key.path))
        path.stop()
        with client_of(local) as client:
            impatient.wait_for_counts(connection, parked=1)
            client.settimeout(1.0)
            with pytest.raises(TimeoutError):
                client.recv(1)
            impatient.relay.detach(session)
            assert_reset(client)


def test_a_session_that_dies_unheard_is_no_fault_of_the_warehouse(
    impatient: RelayStage,
    service: TcpService,
    server: OpenSshServer,
    key: KeyFile,
    known_hosts: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("desktop.ssh.patience.SILENT_S", 0.1)
    _, local = impatient.open_port(service.endpoint)
    with StoppablePath(server.endpoint) as path:
        remember(known_hosts, server, path)
        impatient.attached(with_key(path.endpoint, server.user, key.path))
        path.stop()
        with client_of(local) as client:
            assert_reset(client)
    assert impatient.notes.refused == []


def test_while_the_person_is_needed_clients_are_reset_at_once(stage: RelayStage, service: TcpService) -> None:
    connection, local = stage.open_port(service.endpoint)
    with client_of(local) as before:
        stage.wait_for_counts(connection, parked=1)
        stage.relay.refuse()
        assert_reset(before)
        with pytest.raises(ConnectionResetError), client_of(local) as meanwhile:
            meanwhile.recv(1)
        stage.relay.park()
        stage.settle()
        with client_of(local) as afterwards:
            stage.wait_for_counts(connection, parked=1)
            stage.attached()
            assert answer(afterwards, b"let in") == b"let in"


def assert_reset(client: socket.socket) -> None:
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def remember(known_hosts: Path, server: OpenSshServer, path: StoppablePath) -> None:
    """The server is trusted under the path's port, too."""
    with known_hosts.open("a") as lines:
        lines.write(f"[{path.endpoint.host}]:{path.endpoint.port} {server.host_key()}\n")
