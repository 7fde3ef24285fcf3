"""A bastion that goes away and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import program
from tests.support.echo import TcpService
from tests.support.keys import KeyFile
from tests.support.local_clients import answer, client_of, receive
from tests.support.sshd import OpenSshServer
from tests.support.stage import Stage, connection_to, fingerprint_of, stage, with_key
from tests.support.waiting import wait_until


@pytest.fixture
def running(server: OpenSshServer, key: KeyFile, service: TcpService) -> Iterator[program.RunningUp]:
    """A tunnel that is up."""
    at = f"-p {server.endpoint.port} {server.user}@{server.endpoint.host}"
    program.must("add", "echo", f"ssh -N -L 0:{service.endpoint} -i {key.path} {at}")
    with program.up("echo", "--accept-host-key", fingerprint_of(server.host_key())) as child:
        yield child


def test_each_step_of_a_return_is_shown(running: program.RunningUp, server: OpenSshServer) -> None:
    port = running.port()
    running.wait_for(state="up")
    server.stop()
    lost = running.wait_for(state="waiting", cause="peer_lost")
    assert (lost["attempt"], lost["local"]) == (1, f"127.0.0.1:{port}")
    running.wait_for(state="connecting")
    running.wait_for(state="waiting", cause="bastion_refused", attempt=2)
    server.start()
    running.wait_for(state="connecting")
    assert running.wait_for(state="up")["local"] == f"127.0.0.1:{port}"
    with client_of(port) as client:
        assert answer(client, b"back again") == b"back again"
    assert running.err.count("Caponier reconnects by itself") == 1


def test_an_idle_client_learns_of_the_loss_at_once(running: program.RunningUp, server: OpenSshServer) -> None:
    with client_of(running.port()) as client:
        assert answer(client, b"hello") == b"hello"
        server.stop()
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_a_client_that_comes_meanwhile_is_served_afterwards(
    running: program.RunningUp, server: OpenSshServer, service: TcpService
) -> None:
    port = running.port()
    server.stop()
    running.wait_for(state="waiting", cause="peer_lost")
    with client_of(port) as client:
        client.sendall(b"sent into the gap")
        server.start()
        assert receive(client, 17) == b"sent into the gap"
    assert service.accepted == 1


def test_a_dropped_session_is_replaced(running: program.RunningUp, server: OpenSshServer) -> None:
    port = running.port()
    server.drop_sessions()
    running.wait_for(state="waiting", cause="peer_lost")
    with client_of(port) as client:
        assert answer(client, b"new session") == b"new session"
    server.expect_logins(2)


def test_a_client_that_is_parked_too_long_is_reset(
    server: OpenSshServer, key: KeyFile, service: TcpService, known_hosts: Path
) -> None:
    with stage(known_hosts, park_timeout_s=0.3) as running:
        port = bring_down(running, server, key, service)
        with client_of(port) as client:
            client.sendall(b"anybody?")
            with pytest.raises(ConnectionResetError):
                client.recv(1)
    assert service.accepted == 0


def test_a_parked_client_is_shown_as_waiting(
    server: OpenSshServer, key: KeyFile, service: TcpService, known_hosts: Path
) -> None:
    connection = connection_to(service.endpoint, with_key(server.endpoint, server.user, key.path))
    with stage(known_hosts) as running:
        local = running.bring_up(connection)
        server.stop()
        running.wait_for(connection, lambda now: now.state == "waiting")
        with client_of(local.port):
            running.wait_for(connection, lambda now: (now.clients, now.parked) == (0, 1))
            server.start()
            running.wait_for(connection, lambda now: (now.clients, now.parked) == (1, 0))
        running.wait_for(connection, lambda now: (now.clients, now.parked) == (0, 0))


def test_a_client_that_gives_up_waiting_never_reaches_the_warehouse(
    server: OpenSshServer, key: KeyFile, service: TcpService, known_hosts: Path
) -> None:
    with stage(known_hosts) as running:
        connection = connection_to(service.endpoint, with_key(server.endpoint, server.user, key.path))
        local = running.bring_up(connection)
        server.stop()
        running.wait_for(connection, lambda now: now.state == "waiting")
        with client_of(local.port):
            running.wait_for(connection, lambda now: now.parked == 1)
        server.start()
        running.wait_for(connection, lambda now: now.state == "up" and now.parked == 0)
        with client_of(local.port) as client:
            assert answer(client, b"first to be served") == b"first to be served"
    wait_until(lambda: service.connected == 0)
    assert service.accepted == 1


def bring_down(running: Stage, server: OpenSshServer, key: KeyFile, service: TcpService) -> int:
    """The local port of a connection whose bastion has just gone."""
    connection = connection_to(service.endpoint, with_key(server.endpoint, server.user, key.path))
    local = running.bring_up(connection)
    server.stop()
    running.wait_for(connection, lambda now: now.state == "waiting")
    return local.port
