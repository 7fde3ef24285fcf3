"""The long way between two hosts that speed is measured over."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator

import pytest

from desktop.core.model import Endpoint
from tests.support.background import in_background
from tests.support.delay_line import delay_line
from tests.support.echo import sha256_of_stream, sha256_until_eof, stream
from tests.support.local_clients import answer, client_of
from tests.support.netns import Namespace, needs_namespaces

pytestmark = needs_namespaces

ROUND_TRIP_S = 0.05
FAR = Endpoint("10.79.0.2", 5000)
SIZE = 32 * 1024 * 1024


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A TCP connection over the way: the near end and the far one."""
    with Namespace() as near, Namespace() as far, delay_line(near, far, "long", ROUND_TRIP_S / 2):
        near.ip("addr", "add", "10.79.0.1/24", "dev", "long")
        far.ip("addr", "add", f"{FAR.host}/24", "dev", "long")
        with contextlib.ExitStack() as sockets:
            with far.inside():
                listener = sockets.enter_context(socket.create_server((FAR.host, FAR.port)))
            with near.inside():
                client = sockets.enter_context(client_of(FAR))
            accepted, _ = listener.accept()
            yield client, sockets.enter_context(accepted)


def test_an_answer_takes_the_round_trip(ends: tuple[socket.socket, socket.socket]) -> None:
    near, far = ends
    with in_background(lambda: far.sendall(far.recv(16))):
        start_mono = time.monotonic()
        assert answer(near, b"?") == b"?"
        assert time.monotonic() - start_mono >= ROUND_TRIP_S


def test_everything_arrives_in_order(ends: tuple[socket.socket, socket.socket]) -> None:
    near, far = ends

    def send_all() -> None:
        for block in stream(SIZE):
            far.sendall(block)
        far.shutdown(socket.SHUT_WR)

    with in_background(send_all):
        assert sha256_until_eof(near) == sha256_of_stream(SIZE)
