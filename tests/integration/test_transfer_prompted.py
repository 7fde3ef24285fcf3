"""An upload that prompts sshd for room arrives whole, and a server that is not OpenSSH is not prompted."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from desktop.core.model import Connection
from desktop.ssh import room_prompt
from desktop.ssh.lane import Lane
from desktop.ssh.pings import Ping, Pings
from tests.support.echo import TcpService, sha256_of_stream, sha256_until_eof, stream
from tests.support.local_clients import client_of, receive
from tests.support.relay_stage import RelayStage
from tests.support.waiting import wait_until

TIMEOUT_S = 20.0
UP_BYTES = 40 * 1024 * 1024 + 4321


@pytest.fixture
def prompted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pings each prompt took, with no path too short for one."""
    monkeypatch.setattr(room_prompt, "LEAST_ROUND_TRIP_S", 0.0)
    counts: list[int] = []
    sent = Pings.sent

    def note(self: Pings, kind: Ping, count: int, now_mono: float) -> None:
        if kind is Ping.PROMPT:
            counts.append(count)
        sent(self, kind, count, now_mono)

    monkeypatch.setattr(Pings, "sent", note)
    return counts


def upload(stage: RelayStage) -> None:
    """To a service that begins to read when the server takes no more."""
    session = stage.attached()
    session.ping()
    wait_until(lambda: session.lane.round_trip_s is not None)
    may_read = threading.Event()

    def digest(client: socket.socket) -> None:
        may_read.wait(TIMEOUT_S)
        client.sendall(sha256_until_eof(client).encode())

    def send_all(client: socket.socket) -> None:
        for chunk in stream(UP_BYTES):
            client.sendall(chunk)
        client.shutdown(socket.SHUT_WR)

    with TcpService(digest) as place, ThreadPoolExecutor(1) as pool:
        connection, port = stage.open_port(place.endpoint)
        with client_of(port) as client:
            sending = pool.submit(send_all, client)
            wait_until(lambda: rooms(stage, connection) == [0])
            may_read.set()
            sending.result(TIMEOUT_S)
            assert receive(client, 64).decode() == sha256_of_stream(UP_BYTES)


def rooms(stage: RelayStage, connection: Connection) -> list[int]:
    """What the server takes of each client now."""
    clients = stage.relay._ports[connection.id].present()
    return [each._channel.window for each in clients if each._channel is not None and each.is_open]


def test_an_upload_that_is_held_up_prompts_for_room_and_arrives_whole(
    stage: RelayStage, prompted: list[int]
) -> None:
    upload(stage)
    assert prompted
    assert set(prompted) == {room_prompt.COUNT}
    assert sum(prompted) <= UP_BYTES / room_prompt.EVERY_BYTES * room_prompt.COUNT


def test_a_server_that_is_not_openssh_is_not_prompted(
    stage: RelayStage, prompted: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lane, "_is_openssh", False)
    upload(stage)
    assert prompted == []
