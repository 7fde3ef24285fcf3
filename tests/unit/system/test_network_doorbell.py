"""A route socket rings for changes and for lost messages, and never for noise."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from desktop.system.network.doorbell import RouteSocketBell

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no route socket")

NOISE, CHANGE = b"noise", b"change"


class RouteSocket(socket.socket):
    """Reports `failure` once, as the kernel does where it lost messages."""

    failure: OSError | None = None

    def recv(self, size: int, flags: int = 0) -> bytes:
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure
        return super().recv(size, flags)


@dataclass
class Line:
    kernel: socket.socket
    mine: RouteSocket
    bell: RouteSocketBell


@pytest.fixture
def line() -> Iterator[Line]:
    kernel, end = socket.socketpair(type=socket.SOCK_DGRAM)
    mine = RouteSocket(end.family, end.type, end.proto, end.detach())
    bell = RouteSocketBell(mine, lambda message: message == NOISE)
    yield Line(kernel, mine, bell)
    bell.close()
    kernel.close()


def test_a_change_rings_once(line: Line) -> None:
    line.kernel.send(CHANGE)
    assert line.bell.heard()
    assert not line.bell.heard()


def test_noise_does_not_ring(line: Line) -> None:
    line.kernel.send(NOISE)
    assert not line.bell.heard()


def test_a_change_between_noise_rings(line: Line) -> None:
    for message in (NOISE, CHANGE, NOISE):
        line.kernel.send(message)
    assert line.bell.heard()
    assert not line.bell.heard()


def test_lost_messages_ring(line: Line) -> None:
    line.mine.failure = OSError(errno.ENOBUFS, "no buffer space")
    line.kernel.send(NOISE)
    assert line.bell.heard()
    assert not line.bell.heard()


def test_a_broken_socket_is_told(line: Line) -> None:
    line.mine.failure = OSError(errno.EBADF, "bad file descriptor")
    with pytest.raises(OSError, match="bad file descriptor"):
        line.bell.heard()


def test_a_closed_socket_is_told(line: Line) -> None:
    line.kernel.send(b"")
    with pytest.raises(OSError, match="closed"):
        line.bell.heard()


def test_a_storm_leaves_the_listener_its_turn(line: Line) -> None:
    class Storm(RouteSocket):
        def recv(self, size: int, flags: int = 0) -> bytes:
            return CHANGE

    with Storm(type=socket.SOCK_DGRAM) as storm:
        assert RouteSocketBell(storm, lambda message: False).heard()
