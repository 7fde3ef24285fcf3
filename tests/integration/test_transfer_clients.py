"""Clients of every temper at one local port: they are served as if there were no tunnel."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import Hop
from tests.support.echo import TcpService, echo, sha256_of_stream, sink, source, stream
from tests.support.keys import KeyFile
from tests.support.local_clients import answer, client_of, receive, reset
from tests.support.sshd import OpenSshServer
from tests.support.stage import Stage, connection_to, stage, with_key
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("ssh_kind")

MIB = 1 << 20
MANY = 300


@pytest.fixture
def hop(server: OpenSshServer, key: KeyFile) -> Hop:
    return with_key(server.endpoint, server.user, key.path)


@pytest.fixture
def tunnels(server: OpenSshServer, tmp_path: Path) -> Iterator[Stage]:
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(server.known_hosts_line())
    with stage(known_hosts) as running:
        yield running


def test_a_client_that_has_said_everything_still_gets_the_answer(tunnels: Stage, hop: Hop) -> None:
    with sink() as service:
        local = tunnels.bring_up(connection_to(service.endpoint, hop))
        with client_of(local) as client:
            for chunk in stream(3 * MIB):
                client.sendall(chunk)
            client.shutdown(socket.SHUT_WR)
            assert receive(client, 64).decode() == sha256_of_stream(3 * MIB)
            assert client.recv(1) == b""


def test_a_warehouse_that_has_said_everything_still_listens(tunnels: Stage, hop: Hop) -> None:
    heard = []

    def speak_then_listen(client: socket.socket) -> None:
        client.sendall(b"farewell")
        client.shutdown(socket.SHUT_WR)
        heard.append(receive(client, 100))

    with TcpService(speak_then_listen) as service:
        connection = connection_to(service.endpoint, hop)
        with client_of(tunnels.bring_up(connection)) as client:
            assert receive(client, 100) == b"farewell"
            client.sendall(b"last words")
            client.shutdown(socket.SHUT_WR)
            wait_until(lambda: not tunnels.engine.clients(connection.id))
    assert heard == [b"last words"]


def test_a_warehouse_that_hangs_up_first_ends_its_client(tunnels: Stage, hop: Hop) -> None:
    with TcpService(lambda client: client.sendall(b"too many connections")) as service:
        connection = connection_to(service.endpoint, hop)
        with client_of(tunnels.bring_up(connection)) as client:
            assert receive(client, 100) == b"too many connections"
        wait_until(lambda: not tunnels.engine.clients(connection.id))


def test_hundreds_of_clients_at_once_are_all_served(tunnels: Stage, hop: Hop, server: OpenSshServer) -> None:
    logins_before = server.count_logins()
    with echo() as service, contextlib.ExitStack() as open_clients:
        connection = connection_to(service.endpoint, hop)
        local = tunnels.bring_up(connection)
        clients = [open_clients.enter_context(client_of(local)) for _ in range(MANY)]
        for number, client in enumerate(clients):
            client.sendall(b"client %04d" % number)
        answers = [receive(client, 11) for client in clients]
        assert answers == [b"client %04d" % number for number in range(MANY)]
        tunnels.wait_for(connection, lambda now: now.clients == MANY)
        open_clients.close()
        tunnels.wait_for(connection, lambda now: now.clients == 0)
        wait_until(lambda: service.connected == 0)
    server.expect_logins(logins_before + 1)


def test_a_client_that_resets_in_the_middle_harms_nobody_else(tunnels: Stage, hop: Hop) -> None:
    with source(64 * MIB) as downloads, echo() as service:
        bulk = connection_to(downloads.endpoint, hop, "bulk")
        downloading = tunnels.bring_up(bulk)
        local = tunnels.bring_up(connection_to(service.endpoint, hop, "echo"))
        with client_of(local) as neighbour, client_of(downloading) as client:
            receive(client, MIB)
            reset(client)
            wait_until(lambda: downloads.connected == 0)
            assert answer(neighbour, b"unharmed") == b"unharmed"
        wait_until(lambda: not tunnels.engine.clients(bulk.id))


def test_a_client_that_does_not_read_does_not_hold_up_others(tunnels: Stage, hop: Hop) -> None:
    with source(64 * MIB) as downloads, echo() as service:
        downloading = tunnels.bring_up(connection_to(downloads.endpoint, hop, "bulk"))
        local = tunnels.bring_up(connection_to(service.endpoint, hop, "echo"))
        with client_of(downloading) as lazy, client_of(local) as neighbour:
            lazy.recv(1)
            for _ in range(20):
                assert answer(neighbour, bytes(64 * 1024)) == bytes(64 * 1024)
            assert 1 + count_until_eof(lazy) == 64 * MIB


def test_a_warehouse_that_does_not_read_does_not_hold_up_others(tunnels: Stage, hop: Hop) -> None:
    def never_read(client: socket.socket) -> None:
        client.send(b"!")
        stopped.recv(1)

    stopped, stop = socket.socketpair()
    with stopped, stop, TcpService(never_read) as stuffed, echo() as service:
        uploading = tunnels.bring_up(connection_to(stuffed.endpoint, hop, "stuffed"))
        local = tunnels.bring_up(connection_to(service.endpoint, hop, "echo"))
        with client_of(uploading) as eager, client_of(local) as neighbour:
            eager.recv(1)
            fill(eager)
            assert answer(neighbour, b"not held up") == b"not held up"
        stop.close()


def test_a_warehouse_that_reads_again_gets_all_that_waited_for_it(tunnels: Stage, hop: Hop) -> None:
    def read_late(client: socket.socket) -> None:
        client.send(b"!")
        filled.recv(1)
        client.sendall(count_until_eof(client).to_bytes(8, "big"))

    filled, is_filled = socket.socketpair()
    with filled, is_filled, TcpService(read_late) as pausing:
        local = tunnels.bring_up(connection_to(pausing.endpoint, hop, "pausing"))
        with client_of(local) as eager:
            eager.recv(1)
            sent = fill(eager)
            is_filled.send(b"!")
            eager.settimeout(10.0)
            eager.sendall(bytes(4 * MIB))
            eager.shutdown(socket.SHUT_WR)
            assert int.from_bytes(receive(eager, 8), "big") == sent + 4 * MIB


def fill(client: socket.socket) -> int:
    """Send until nothing is taken any more, anywhere on the way; how much that was."""
    client.settimeout(0.5)
    sent = 0
    with contextlib.suppress(TimeoutError):
        while True:
            sent += client.send(bytes(MIB))
    return sent


def count_until_eof(client: socket.socket) -> int:
    received = 0
    while data := client.recv(MIB):
        received += len(data)
    return received
