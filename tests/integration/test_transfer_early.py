"""A program that speaks before its way is open loses not a byte, whatever it said and however it ended."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.ssh.early import EARLY_BYTES
from tests.support.echo import TcpService
from tests.support.keys import KeyFile
from tests.support.local_clients import client_of, receive
from tests.support.relay_stage import RelayStage, relay_stage
from tests.support.sshd import OpenSshServer
from tests.support.stage import with_key
from tests.support.stoppable_path import StoppablePath
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("ssh_kind")

LONG = bytes(number % 251 for number in range(5 * EARLY_BYTES + 7))


@pytest.fixture
def path(server: OpenSshServer) -> Iterator[StoppablePath]:
    with StoppablePath(server.endpoint) as running:
        yield running


@pytest.fixture
def stage(path: StoppablePath, server: OpenSshServer, key: KeyFile, tmp_path: Path) -> Iterator[RelayStage]:
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(f"[{path.endpoint.host}]:{path.endpoint.port} {server.host_key()}\n")
    with relay_stage(with_key(path.endpoint, server.user, key.path), known_hosts) as running:
        yield running


@pytest.mark.parametrize("said", [b"q", b"x" * EARLY_BYTES, LONG], ids=["short", "at its bound", "long"])
def test_all_that_was_said_before_arrives(
    stage: RelayStage, path: StoppablePath, service: TcpService, said: bytes
) -> None:
    connection, local = stage.open_port(service.endpoint)
    stage.attached()
    stage.settle()
    path.stop()
    with client_of(local) as client:
        client.sendall(said)
        client.shutdown(socket.SHUT_WR)
        wait_until(lambda: len(stage.notes.waiting) == 2)
        assert stage.relay.traffic(connection.id).sent == 0
        path.go_on()
        assert receive(client, len(said)) == said
        assert client.recv(1) == b""
    assert stage.relay.traffic(connection.id).sent == len(said)
    assert service.accepted == 1


def test_what_one_session_did_not_let_in_is_said_to_the_next(
    stage: RelayStage, path: StoppablePath, service: TcpService
) -> None:
    _, local = stage.open_port(service.endpoint)
    first = stage.attached()
    stage.settle()
    path.stop()
    with client_of(local) as client:
        client.sendall(b"select 1")
        wait_until(lambda: len(stage.notes.waiting) == 2)
        stage.relay.detach(first)
        # Or the answer might overtake it.
        stage.settle()
        path.go_on()
        stage.attached()
        assert receive(client, 8) == b"select 1"


def test_a_program_that_says_nothing_and_ends_its_side_still_hears(
    stage: RelayStage, path: StoppablePath, service: TcpService
) -> None:
    _, local = stage.open_port(service.endpoint)
    stage.attached()
    stage.settle()
    path.stop()
    with client_of(local) as client:
        wait_until(lambda: len(stage.notes.waiting) == 2)
        client.shutdown(socket.SHUT_WR)
        path.go_on()
        assert client.recv(1) == b""
    assert stage.notes.refused == []
