"""Many connections behind one bastion that asks: one question, one login, and a cancel that leaves the rest alone."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.challenge import Challenge
from desktop.core.model import Auth, AuthMethod, Connection, Forward, Hop, Route, Snapshot
from tests.support.echo import TcpService
from tests.support.otp_server import Token, count_codes_asked, otp_is_missing
from tests.support.otp_server import server as server
from tests.support.otp_server import token as token
from tests.support.sshd import OpenSshServer
from tests.support.stage import Stage, stage

pytestmark = pytest.mark.skipif(bool(otp_is_missing()), reason=otp_is_missing())

FIFTY = 50


@pytest.fixture
def running(server: OpenSshServer, tmp_path: Path) -> Iterator[Stage]:
    known_hosts = tmp_path / "known_hosts of the one that asks"
    known_hosts.write_text(server.known_hosts_line())
    with stage(known_hosts) as running:
        yield running


def behind(server: OpenSshServer, service: TcpService, number: int) -> Connection:
    hop = Hop(server.endpoint.host, server.user, server.endpoint.port, Auth(AuthMethod.INTERACTIVE))
    return Connection(f"warehouse {number}", Route((hop,)), Forward(service.endpoint))


def switch_on(running: Stage, *connections: Connection) -> None:
    for connection in connections:
        running.engine.put(connection)
        running.engine.connect(connection.id)


def challenge_of(running: Stage, connection: Connection) -> Challenge:
    challenge = running.wait_for(connection, lambda now: now.challenge is not None).challenge
    assert challenge is not None
    return challenge


def local_of(snapshot: Snapshot) -> tuple[str, int]:
    assert snapshot.local is not None
    return snapshot.local.host, snapshot.local.port


def test_fifty_connections_behind_one_bastion_ask_once(
    running: Stage, server: OpenSshServer, service: TcpService, token: Token
) -> None:
    fifty = [behind(server, service, number) for number in range(FIFTY)]
    asked, logins = count_codes_asked(server), server.count_logins()
    switch_on(running, *fifty)
    challenges = {challenge_of(running, each) for each in fifty}
    assert [(each.host, each.asker) for each in challenges] == [(server.endpoint.host, fifty[0].id)]
    running.engine.answer_challenge(fifty[0].id, challenges.pop().number, [token.code()])
    for connection in fifty:
        snapshot = running.wait_for(connection, lambda now: now.state == "up")
        with socket.create_connection(local_of(snapshot), timeout=10) as client:
            client.sendall(b"hello")
            assert client.recv(5) == b"hello"
    server.expect_logins(logins + 1)
    assert count_codes_asked(server) - asked == 1


def test_a_cancel_switches_one_off_and_a_client_of_another_is_asked_for_and_served(
    running: Stage, server: OpenSshServer, service: TcpService, token: Token
) -> None:
    first, second = behind(server, service, 1), behind(server, service, 2)
    switch_on(running, first, second)
    cancelled = challenge_of(running, first)
    running.engine.decline_challenge(first.id, cancelled.number)
    running.wait_for(first, lambda now: now.state == "off")
    waiting = running.wait_for(second, lambda now: now.state == "waiting")
    assert waiting.cause is not None
    assert waiting.cause.code == "auth_cancelled"
    with socket.create_connection(local_of(waiting), timeout=10) as client:
        client.sendall(b"hello")
        again = challenge_of(running, second)
        assert (again.number != cancelled.number, again.asker) == (True, second.id)
        running.engine.answer_challenge(second.id, again.number, [token.code()])
        assert client.recv(5) == b"hello"


def test_on_demand_nobody_is_asked_before_a_program_connects(
    running: Stage, server: OpenSshServer, service: TcpService, token: Token
) -> None:
    connection = behind(server, service, 1)
    connected = server.count_connections()
    running.engine.put(connection)
    running.engine.connect(connection.id, on_demand=True)
    waiting = running.wait_for(connection, lambda now: now.state == "waiting")
    assert server.count_connections() == connected
    with socket.create_connection(local_of(waiting), timeout=10) as client:
        client.sendall(b"hello")
        challenge = challenge_of(running, connection)
        running.engine.answer_challenge(connection.id, challenge.number, [token.code()])
        assert client.recv(5) == b"hello"


def test_a_session_lost_without_clients_asks_nobody_and_the_next_client_does(
    running: Stage, server: OpenSshServer, service: TcpService, token: Token
) -> None:
    connection = behind(server, service, 1)
    switch_on(running, connection)
    challenge = challenge_of(running, connection)
    running.engine.answer_challenge(connection.id, challenge.number, [token.code()])
    running.wait_for(connection, lambda now: now.state == "up")
    asked = count_codes_asked(server)
    server.drop_sessions()
    held = running.wait_for(connection, lambda now: now.state == "waiting")
    assert held.cause is not None
    assert (held.cause.code, held.retry_at, count_codes_asked(server)) == ("awaits_client", None, asked)
    with socket.create_connection(local_of(held), timeout=10) as client:
        client.sendall(b"hello")
        challenge = challenge_of(running, connection)
        running.engine.answer_challenge(connection.id, challenge.number, [token.code()])
        assert client.recv(5) == b"hello"
