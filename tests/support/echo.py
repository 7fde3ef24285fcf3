"""Small TCP servers that stand where a warehouse would: what arrives through a tunnel can be told byte for byte."""

from __future__ import annotations

import contextlib
import hashlib
import random
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from desktop.core.model import LOOPBACK, Endpoint
from desktop.demo.listener import Listener

BLOCK_BYTES = 1 << 20
_FILLING = random.Random(20).randbytes(BLOCK_BYTES - 8)

Serve = Callable[[socket.socket], None]


class TcpService:
    """A loopback server with one thread per client; `serve` may block on its client and does not close it."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._lock = threading.Lock()
        self._clients: dict[threading.Thread, socket.socket] = {}
        self._accepted = 0
        self._listener = Listener(self._admit, name="tcp-service")

    @property
    def endpoint(self) -> Endpoint:
        return self._listener.endpoint

    @property
    def accepted(self) -> int:
        """Clients since the start."""
        with self._lock:
            return self._accepted

    @property
    def connected(self) -> int:
        """Clients being served now."""
        with self._lock:
            return len(self._clients)

    def close(self) -> None:
        self._listener.close()
        with self._lock:
            clients = list(self._clients.items())
        for _, client in clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        for thread, _ in clients:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _admit(self, client: socket.socket) -> None:
        thread = threading.Thread(target=self._run, args=(client,), name="tcp-service-client")
        with self._lock:
            self._clients[thread] = client
            self._accepted += 1
        thread.start()

    def _run(self, client: socket.socket) -> None:
        # A client that vanished in the middle is what some tests are about.
        with client, contextlib.suppress(OSError):
            self._serve(client)
        with self._lock:
            del self._clients[threading.current_thread()]


def echo() -> TcpService:
    """Sends back what it gets, and an end of stream for an end of stream."""
    return TcpService(_echo)


def source(size: int) -> TcpService:
    """Sends the first `size` bytes of `stream`, then an end of stream."""

    def send_all(client: socket.socket) -> None:
        for chunk in stream(size):
            client.sendall(chunk)
        client.shutdown(socket.SHUT_WR)
        _drain(client)

    return TcpService(send_all)


def sink() -> TcpService:
    """Reads until the end of stream, then answers with the SHA-256 of it all, in hex."""

    def digest(client: socket.socket) -> None:
        client.sendall(sha256_until_eof(client).encode())

    return TcpService(digest)


def silent() -> TcpService:
    """Takes every client and everything it sends, and never says a word."""
    return TcpService(_drain)


def refusing_endpoint() -> Endpoint:
    """A loopback port on which nobody listens."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        return Endpoint(LOOPBACK, listener.getsockname()[1])


def stream(size: int) -> Iterator[bytes]:
    """`size` bytes, the same each time; every block carries its number, so lost or swapped blocks show."""
    for number in range(size // BLOCK_BYTES):
        yield struct.pack(">Q", number) + _FILLING
    yield (struct.pack(">Q", size // BLOCK_BYTES) + _FILLING)[: size % BLOCK_BYTES]


def sha256_of_stream(size: int) -> str:
    """What `source(size)` must add up to."""
    digest = hashlib.sha256()
    for chunk in stream(size):
        digest.update(chunk)
    return digest.hexdigest()


def sha256_until_eof(connection: socket.socket) -> str:
    """Read `connection` to its end. Blocks."""
    digest = hashlib.sha256()
    while data := connection.recv(BLOCK_BYTES):
        digest.update(data)
    return digest.hexdigest()


def _echo(client: socket.socket) -> None:
    while data := client.recv(BLOCK_BYTES):
        client.sendall(data)
    client.shutdown(socket.SHUT_WR)


def _drain(client: socket.socket) -> None:
    while client.recv(BLOCK_BYTES):
        pass
