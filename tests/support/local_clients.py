"""Programs at a local port, as a database driver is one."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator

from desktop.core.model import LOOPBACK, Endpoint

TIMEOUT_S = 20.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@contextlib.contextmanager
def client_of(local: Endpoint | int) -> Iterator[socket.socket]:
    """Connected to a local port, given alone or with its address. Waits at most `TIMEOUT_S` for anything."""
    at = local if isinstance(local, Endpoint) else Endpoint(LOOPBACK, local)
    with socket.create_connection((at.host, at.port), TIMEOUT_S) as client:
        yield client


def receive(client: socket.socket, size: int) -> bytes:
    """`size` bytes, or what comes before the end of the stream."""
    data = b""
    while len(data) < size and (more := client.recv(size - len(data))):
        data += more
    return data


def answer(client: socket.socket, question: bytes) -> bytes:
    """What an echo says to `question`."""
    client.sendall(question)
    return receive(client, len(question))


def reset(client: socket.socket) -> None:
    """Leave as a program does that crashes."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    client.close()
