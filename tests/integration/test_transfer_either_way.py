"""What is easily different between the two implementations of an SSH connection is the same for who uses them."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paramiko
import pytest

from desktop.core.model import Connection, SecretKind
from desktop.ssh.plain_openings import AT_ONCE
from desktop.ssh.receive_window import BASE_BYTES
from tests.support.bastion import FaultyBastion
from tests.support.echo import TcpService, echo, sha256_of_stream, sha256_until_eof, source
from tests.support.full_server import FullServer
from tests.support.full_server import full_server as full_server
from tests.support.local_clients import answer, client_of, reset
from tests.support.relay_stage import RelayStage, relay_stage
from tests.support.stage import with_password
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("ssh_kind")

MIB = 1 << 20


@pytest.fixture
def to_faulty_bastion(tmp_path: Path) -> Iterator[RelayStage]:
    known_hosts = tmp_path / "known_hosts"
    with FaultyBastion() as bastion:
        known_hosts.write_text(f"[{bastion.endpoint.host}]:{bastion.endpoint.port} {bastion.host_key}\n")
        secrets = {SecretKind.SSH_PASSWORD: bastion.password}
        with relay_stage(
            with_password(bastion.endpoint, bastion.user), known_hosts, secrets=secrets
        ) as running:
            yield running


def test_new_keys_that_we_ask_for_ourselves_lose_nothing(stage: RelayStage) -> None:
    size = 48 * MIB
    session = stage.attached()
    lane: Any = session.lane
    lane.packetizer.REKEY_BYTES = 10 * MIB
    with source(size) as downloads:
        _, local = stage.open_port(downloads.endpoint)
        with client_of(local) as client:
            assert sha256_until_eof(client) == sha256_of_stream(size)
    assert session.is_up
    # The first exchange names the session (RFC 4253 section 7.2): there were others.
    assert lane.session_id != lane.H


def test_clients_that_have_left_leave_no_channel_behind(stage: RelayStage, service: TcpService) -> None:
    lane: Any = stage.attached().lane
    _, local = stage.open_port(service.endpoint)
    for _ in range(5):
        with client_of(local) as client:
            assert answer(client, b"select 1") == b"select 1"
    wait_until(lambda: len(lane._channels) == 0)


def test_a_client_that_does_not_read_fills_one_window(stage: RelayStage, service: TcpService) -> None:
    stage.attached()
    _, local = stage.open_port(service.endpoint, "echo")
    with source(64 * MIB) as downloads:
        bulk, downloading = stage.open_port(downloads.endpoint, "bulk")
        with client_of(downloading), client_of(local) as neighbour:
            wait_until(lambda: waiting_bytes(stage, bulk) >= BASE_BYTES * 3 // 4)
            for _ in range(20):
                assert answer(neighbour, bytes(64 * 1024)) == bytes(64 * 1024)
            assert waiting_bytes(stage, bulk) <= BASE_BYTES


def waiting_bytes(stage: RelayStage, connection: Connection) -> int:
    return sum(client._outlet.waiting_bytes for client in stage.relay._ports[connection.id].present())


def test_a_warehouse_that_does_not_answer_holds_up_no_other(
    stage: RelayStage, service: TcpService, full_server: FullServer
) -> None:
    stage.attached()
    dead, at_dead = stage.open_port(full_server.endpoint, "dead")
    _, local = stage.open_port(service.endpoint, "alive")
    with contextlib.ExitStack() as clients:
        for _ in range(2 * AT_ONCE):
            clients.enter_context(client_of(at_dead))
        stage.wait_for_counts(dead, parked=2 * AT_ONCE)
        with client_of(local) as client:
            assert answer(client, b"select 1") == b"select 1"
        assert sum(thread.name.endswith("opening") for thread in threading.enumerate()) <= AT_ONCE


@pytest.fixture
def without_eof(monkeypatch: pytest.MonkeyPatch) -> None:
    """A close comes without the end of stream that paramiko sends before it."""

    def send_none(channel: Any) -> None:
        channel.eof_sent = True

    monkeypatch.setattr(paramiko.Channel, "_send_eof", send_none)


@pytest.mark.usefixtures("without_eof")
def test_a_way_that_the_bastion_closes_without_another_word_ends_its_client(
    to_faulty_bastion: RelayStage,
) -> None:
    def answer_and_reset(client: socket.socket) -> None:
        client.sendall(client.recv(100))
        client.recv(100)
        reset(client)

    stage = to_faulty_bastion
    stage.attached()
    with TcpService(answer_and_reset) as warehouse:
        connection, local = stage.open_port(warehouse.endpoint)
        with client_of(local) as client:
            assert answer(client, b"select 1") == b"select 1"
            client.sendall(b"select 2")
            assert client.recv(1) == b""
        stage.wait_for_counts(connection)


@pytest.mark.usefixtures("without_eof")
def test_a_way_that_the_bastion_closes_as_soon_as_it_is_open_ends_its_client(
    to_faulty_bastion: RelayStage,
) -> None:
    stage = to_faulty_bastion
    stage.attached()
    with TcpService(reset) as warehouse:
        connection, local = stage.open_port(warehouse.endpoint)
        for _ in range(10):
            with client_of(local) as client, contextlib.suppress(ConnectionResetError):
                assert client.recv(1) == b""
        stage.wait_for_counts(connection)


def test_an_answer_is_waited_for_beside_everything_else(stage: RelayStage) -> None:
    session = stage.attached()
    with source(64 * MIB) as downloads, echo() as service:
        _, downloading = stage.open_port(downloads.endpoint, "bulk")
        _, local = stage.open_port(service.endpoint, "echo")
        with client_of(downloading) as client, client_of(local) as neighbour:
            client.recv(1)
            for _ in range(3):
                has_answered = stage.ping(session)
                session.ping()
                wait_until(has_answered)
            assert answer(neighbour, b"select 1") == b"select 1"
            client.shutdown(socket.SHUT_WR)
    assert session.is_up
