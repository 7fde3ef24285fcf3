"""A server that answers connection attempts with silence until there is room, as a path that is cut does."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Iterator

import psutil
import pytest

from desktop.core.model import LOOPBACK, Endpoint
from tests.support.waiting import wait_until

_CROWD = 4


class FullServer:
    """Its backlog is full: Linux answers a further SYN with silence. Use it by `full_server`."""

    def __init__(self) -> None:
        self._listener = socket.socket()
        self._listener.bind((LOOPBACK, 0))
        self._listener.listen(0)
        self._listener.setblocking(False)
        self.endpoint = Endpoint(LOOPBACK, self._listener.getsockname()[1])
        self._crowd = [socket.socket() for _ in range(_CROWD)]
        self._crowds_ports: set[int] = set()
        for sock in self._crowd:
            sock.setblocking(False)
            sock.connect_ex((self.endpoint.host, self.endpoint.port))
            self._crowds_ports.add(sock.getsockname()[1])

    def knocking(self) -> set[int]:
        """Local ports of this process's attempts that are not answered."""
        found = psutil.Process().net_connections("tcp4")
        waiting = {
            each.laddr.port
            for each in found
            if each.status == psutil.CONN_SYN_SENT and each.raddr and each.raddr.port == self.endpoint.port
        }
        return waiting - self._crowds_ports

    def wait_for_a_knock(self) -> None:
        wait_until(lambda: bool(self.knocking()))

    def make_room(self) -> None:
        """Answer from now on."""
        for sock in self._crowd:
            sock.close()
        with contextlib.suppress(BlockingIOError):
            while True:
                self._listener.accept()[0].close()

    def close(self) -> None:
        self.make_room()
        self._listener.close()


@pytest.fixture
def full_server() -> Iterator[FullServer]:
    if sys.platform != "linux":
        pytest.skip("other systems answer in another way")
    else:
        with contextlib.closing(FullServer()) as server:
            yield server
