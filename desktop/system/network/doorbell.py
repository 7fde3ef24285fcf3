"""How a system tells that something about its network has changed."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Protocol

_MESSAGE_BYTES = 65_536
_MESSAGES_A_TURN = 64  # a storm must leave the listener its turn


class Doorbell(Protocol):
    """Used by one thread. State is never read from it: that it rang is all there is to know."""

    @property
    def sock(self) -> socket.socket:
        """Readable when it may have rung."""

    def heard(self) -> bool:
        """Empty it. False where it was noise only. Does not block. Raises `OSError` where it is broken."""

    def close(self) -> None: ...


class RouteSocketBell:
    """A socket on which the kernel tells of routes, addresses and links. `is_noise` judges one datagram."""

    def __init__(self, sock: socket.socket, is_noise: Callable[[bytes], bool]) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._is_noise = is_noise

    @property
    def sock(self) -> socket.socket:
        return self._sock

    def heard(self) -> bool:
        rang = False
        for _ in range(_MESSAGES_A_TURN):
            try:
                message = self._sock.recv(_MESSAGE_BYTES)
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                rang = True  # messages were lost: netlink(7)
                continue
            if not message:
                raise OSError("the kernel has closed the route socket")
            rang = rang or not self._is_noise(message)
        return rang

    def close(self) -> None:
        self._sock.close()
