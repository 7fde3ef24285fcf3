"""A silent session keeps the clients it carries, while the next one carries those that come."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.core.model import Endpoint, Hop
from desktop.ssh.loop import Loop
from desktop.ssh.session import SshSession
from tests.support.echo import TcpService, sha256_of_stream, sink, source, stream
from tests.support.keys import KeyFile
from tests.support.local_clients import answer, client_of, receive
from tests.support.relay_stage import RelayStage, relay_stage
from tests.support.sshd import OpenSshServer
from tests.support.stage import with_key
from tests.support.stoppable_path import StoppablePath
from tests.support.waiting import wait_until

MIB = 1 << 20
DOWN_BYTES = 32 * MIB + 12345
UP_BYTES = 8 * MIB + 54321
# The server lets each send 2 MiB unread: together that is more than all TCP buffers on the way take.
UPLOADS = 10


@pytest.fixture
def path(server: OpenSshServer) -> Iterator[StoppablePath]:
    with StoppablePath(server.endpoint) as running:
        yield running


@pytest.fixture
def by_path(server: OpenSshServer, key: KeyFile, path: StoppablePath) -> Hop:
    return with_key(path.endpoint, server.user, key.path)


@pytest.fixture
def stage(server: OpenSshServer, key: KeyFile, path: StoppablePath, tmp_path: Path) -> Iterator[RelayStage]:
    known_hosts = tmp_path / "known_hosts"
    line = f"[{path.endpoint.host}]:{path.endpoint.port} {server.host_key()}\n"
    known_hosts.write_text(server.known_hosts_line() + line)
    with relay_stage(with_key(server.endpoint, server.user, key.path), known_hosts) as running:
        yield running


def test_a_client_of_a_silent_session_continues_byte_for_byte(
    stage: RelayStage, service: TcpService, path: StoppablePath, by_path: Hop
) -> None:
    old = stage.attached(by_path)
    connection, local = stage.open_port(service.endpoint, "echo")
    with source(DOWN_BYTES) as downloads:
        _, downloading = stage.open_port(downloads.endpoint, "bulk")
        with client_of(downloading) as bulk, client_of(local) as idle:
            assert answer(idle, b"before") == b"before"
            digest = hashlib.sha256(receive(bulk, MIB))
            path.stop()
            stage.attached()
            assert_new_client_is_served(local)
            assert stage.relay.carried_by(old) == 2
            path.go_on()
            while data := bulk.recv(MIB):
                digest.update(data)
            assert digest.hexdigest() == sha256_of_stream(DOWN_BYTES)
            assert answer(idle, b"after") == b"after"
    stage.wait_for_counts(connection)
    assert stage.notes.lost == []


@pytest.mark.usefixtures("ssh_kind")
def test_uploads_into_a_silent_session_hold_nobody_up(
    stage: RelayStage, service: TcpService, path: StoppablePath, by_path: Hop
) -> None:
    old = stage.attached(by_path)
    _, local = stage.open_port(service.endpoint, "echo")
    with stuck_uploads(stage, old, path) as answers:
        stage.attached()
        assert_new_client_is_served(local)
        assert old.lane.congested
        path.go_on()
        assert answers() == [sha256_of_stream(UP_BYTES)] * UPLOADS


def test_a_path_that_takes_nothing_leaves_the_relay_asleep(
    stage: RelayStage, path: StoppablePath, by_path: Hop, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[None] = []
    turn = Loop._turn

    def counted(loop: Loop) -> None:
        turns.append(None)
        turn(loop)

    monkeypatch.setattr(Loop, "_turn", counted)
    with stuck_uploads(stage, stage.attached(by_path), path) as answers:
        before = len(turns)
        with pytest.raises(TimeoutError):
            wait_until(lambda: len(turns) > before + 100, timeout_s=1.0)
        path.go_on()
        answers()


@pytest.mark.usefixtures("ssh_kind")
def test_an_exchange_of_keys_that_gets_stuck_holds_nobody_up(
    stage: RelayStage, service: TcpService, path: StoppablePath, by_path: Hop
) -> None:
    old = stage.attached(by_path)
    _, local = stage.open_port(service.endpoint, "echo")
    with sink() as uploads:
        connection, uploading = stage.open_port(uploads.endpoint, "bulk")
        with client_of(uploading) as bulk, client_of(local) as talking:
            assert answer(talking, b"before") == b"before"
            path.stop()
            lane: Any = old.lane
            lane._send_kex_init()
            with uploader(bulk):
                talking.sendall(b"held until there are new keys")
                stage.attached()
                assert_new_client_is_served(local)
                assert stage.relay.traffic(connection.id).sent < UP_BYTES
                path.go_on()
                assert receive(talking, 29) == b"held until there are new keys"
                assert receive(bulk, 64).decode() == sha256_of_stream(UP_BYTES)


@pytest.mark.usefixtures("ssh_kind")
def test_a_client_that_the_silent_session_has_not_let_in_goes_over_to_the_next(
    stage: RelayStage, service: TcpService, path: StoppablePath, by_path: Hop
) -> None:
    old = stage.attached(by_path)
    connection, local = stage.open_port(service.endpoint)
    path.stop()
    with client_of(local) as client:
        stage.wait_for_counts(connection, parked=1)
        assert stage.relay.is_awaited()
        new = stage.attached()
        assert answer(client, b"over the next") == b"over the next"
        assert (stage.relay.carried_by(old), stage.relay.carried_by(new)) == (0, 1)
        path.go_on()
        # The old session opens the way that nobody wants any more, and it is closed.
        wait_until(lambda: (service.accepted, service.connected) == (2, 1))
        assert answer(client, b"not disturbed") == b"not disturbed"
    stage.wait_for_counts(connection)


def test_an_old_session_that_answers_first_serves_those_that_wait(
    stage: RelayStage, service: TcpService, path: StoppablePath, by_path: Hop
) -> None:
    old = stage.attached(by_path)
    connection, local = stage.open_port(service.endpoint)
    with client_of(local) as kept:
        assert answer(kept, b"kept") == b"kept"
        path.stop()
        stage.relay.park()
        stage.settle()
        with client_of(local) as parked:
            stage.wait_for_counts(connection, is_open=1, parked=1)
            answered = stage.ping(old)
            path.go_on()
            wait_until(answered)
            stage.relay.attach(old)
            assert answer(parked, b"served") == b"served"
            assert answer(kept, b"still here") == b"still here"


def test_a_session_that_carries_no_new_clients_still_answers_pings(stage: RelayStage) -> None:
    old = stage.attached()
    stage.attached()
    wait_until(stage.ping(old))


def test_losing_a_session_resets_its_clients_and_says_which(
    stage: RelayStage, service: TcpService, path: StoppablePath, by_path: Hop
) -> None:
    old = stage.attached(by_path)
    connection, local = stage.open_port(service.endpoint)
    with client_of(local) as first, client_of(local) as second, client_of(local) as kept:
        for client in (first, second):
            assert answer(client, b"seven b") == b"seven b"
        stage.attached()
        # The one that only connected may have been let in by either.
        assert answer(kept, b"x") == b"x"
        carried = stage.relay.carried_by(old)
        old.abort()
        stage.relay.detach(old)
        for client in (first, second):
            with pytest.raises(ConnectionResetError):
                client.recv(1)
    wait_until(lambda: bool(stage.notes.lost))
    ((lost_of, lost),) = stage.notes.lost
    assert (lost_of, len(lost)) == (connection.id, carried)
    assert [(each.parked, each.sent, each.received) for each in lost[:2]] == [(False, 7, 7)] * 2
    assert stage.relay.carried_by(old) == 0


def test_a_session_lost_before_it_let_a_client_in_costs_the_client_nothing(
    stage: RelayStage, service: TcpService, path: StoppablePath, by_path: Hop
) -> None:
    old = stage.attached(by_path)
    connection, local = stage.open_port(service.endpoint)
    path.stop()
    with client_of(local) as client:
        client.sendall(b"sent into the gap")
        stage.wait_for_counts(connection, parked=1)
        old.abort()
        stage.relay.detach(old)
        stage.attached()
        assert receive(client, 17) == b"sent into the gap"
    assert stage.notes.lost == []


def test_a_client_is_awaited_until_it_has_its_answer(stage: RelayStage) -> None:
    stage.attached()
    with TcpService(answer_when_told) as service:
        connection, local = stage.open_port(service.endpoint)
        with client_of(local) as client:
            stage.wait_for_counts(connection, is_open=1)
            assert not stage.relay.is_awaited()
            client.sendall(b"?")
            wait_until(stage.relay.is_awaited)
            client.sendall(b".")
            assert client.recv(1) == b"!"
            assert not stage.relay.is_awaited()


@contextlib.contextmanager
def stuck_uploads(
    stage: RelayStage, session: SshSession, path: StoppablePath
) -> Iterator[Callable[[], list[str]]]:
    """Clients that send until `session` can't take more from anybody. The function waits for what they are told."""
    with sink() as service, contextlib.ExitStack() as under_way:
        connection, local = stage.open_port(service.endpoint, "bulk")
        clients = [under_way.enter_context(client_of(local)) for _ in range(UPLOADS)]
        stage.wait_for_counts(connection, is_open=UPLOADS)
        path.stop()
        for client in clients:
            under_way.enter_context(uploader(client))
        wait_until(lambda: session.lane.congested)
        yield lambda: [receive(client, 64).decode() for client in clients]


def answer_when_told(client: socket.socket) -> None:
    """After the second byte."""
    while client.recv(1) != b".":
        pass
    client.sendall(b"!")
    client.recv(1)


def assert_new_client_is_served(local: Endpoint) -> None:
    with client_of(local) as client:
        assert answer(client, b"new client") == b"new client"


@contextlib.contextmanager
def uploader(client: socket.socket) -> Iterator[None]:
    """Send all of the stream from a thread of its own, and its end."""

    def send() -> None:
        for chunk in stream(UP_BYTES):
            client.sendall(chunk)
        client.shutdown(socket.SHUT_WR)

    client.settimeout(60.0)
    thread = threading.Thread(target=send, name="uploader")
    thread.start()
    try:
        yield
    finally:
        thread.join()
