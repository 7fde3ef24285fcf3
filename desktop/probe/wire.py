"""Reading from a connected socket, with the errors of the stage that reads."""

from __future__ import annotations

import socket
import time

from desktop.core.model import Connection
from desktop.core.warehouse_errors import WarehouseError, WarehouseHungUp, WarehouseSilent, WrongProtocol
from desktop.probe.said import cleaned

MOST_BYTES = 1 << 14
# A server that speaks first has spoken by then, also behind a slow bastion.
SPEAKS_FIRST_WITHIN_S = 0.3


class Wire:
    """A blocking socket until `timeout_s` from now. Every call raises `WarehouseError`."""

    def __init__(self, connection: Connection, sock: socket.socket, timeout_s: float) -> None:
        self.sock = sock
        self._timeout_s = timeout_s
        self._until_mono = time.monotonic() + timeout_s
        self.about = {"target": str(connection.forward.target), "kind": connection.kind}

    def send(self, data: bytes) -> None:
        try:
            self.sock.settimeout(self._left_s())
            self.sock.sendall(data)
        except OSError as error:
            raise self.lost(error) from None

    def some(self) -> bytes:
        """What comes next, at least one byte."""
        try:
            self.sock.settimeout(self._left_s())
            data = self.sock.recv(MOST_BYTES)
        except OSError as error:
            raise self.lost(error) from None
        if not data:
            raise self.lost(None)
        return data

    def exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            try:
                self.sock.settimeout(self._left_s())
                more = self.sock.recv(size - len(data))
            except OSError as error:
                raise self.lost(error) from None
            if not more:
                raise self.lost(None)
            data += more
        return data

    def unasked(self) -> bytes:
        """What a server says that speaks first; empty where it waits to be spoken to."""
        try:
            self.sock.settimeout(min(SPEAKS_FIRST_WITHIN_S, self._left_s()))
            data = self.sock.recv(MOST_BYTES)
        except TimeoutError:
            return b""
        except OSError as error:
            raise self.lost(error) from None
        if not data:
            raise self.lost(None)
        return data

    def lost(self, error: OSError | None) -> WarehouseError:
        if isinstance(error, TimeoutError):
            return WarehouseSilent(**self.about, timeout_s=f"{self._timeout_s:g}")
        return WarehouseHungUp(**self.about)

    def wrong(self, answer: bytes) -> WrongProtocol:
        text = cleaned(answer[:80].decode("latin-1")) or answer[:8].hex(" ")
        return WrongProtocol(**self.about, found=found_in(answer), answer=text)

    def _left_s(self) -> float:
        return max(self._until_mono - time.monotonic(), 0.001)


def found_in(answer: bytes) -> str:
    """Who begins like that; empty where nobody is known to."""
    if answer.startswith(b"SSH-"):
        return "ssh"
    if answer.startswith(b"HTTP/"):
        return "http"
    if answer[:2] in (b"\x15\x03", b"\x16\x03"):
        return "tls"
    if len(answer) > 5 and answer[3] == 0 and answer[4] in (0x0A, 0xFF):
        return "mysql"
    if answer.startswith((b"+PONG", b"-NOAUTH", b"-ERR ", b"-DENIED")):
        return "redis"
    return "postgresql" if answer[:1] == b"E" and b"SFATAL" in answer else ""
