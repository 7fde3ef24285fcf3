"""The TCP socket under a transport."""

from __future__ import annotations

import socket
from contextlib import suppress

_KEPT = 256


class Wire(socket.socket):
    """A TCP socket that remembers how the other side introduced itself.

    paramiko reports garbage, silence and a closed port before the SSH banner alike; what was received tells them
    apart.
    """

    __slots__ = ("_first",)

    def __init__(self, family: int = socket.AF_INET) -> None:
        super().__init__(family, socket.SOCK_STREAM)
        self._first = b""

    @property
    def first_bytes(self) -> bytes:
        """The start of everything received, at most 256 bytes."""
        return self._first

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        data = super().recv(size, flags)
        if len(self._first) < _KEPT:
            self._first += data[: _KEPT - len(self._first)]
        return data

    def hang_up(self) -> None:
        """Make every blocked and future read and write return. From any thread; does not close."""
        with suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)
