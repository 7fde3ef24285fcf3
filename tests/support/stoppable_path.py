"""A way to a server on which bytes can stop moving while every TCP connection stays open, as in a tunnel of a train."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

from desktop.core.model import Endpoint
from desktop.demo.listener import Listener

_BLOCK_BYTES = 64 * 1024


class StoppablePath:
    """Forwards its own port to `server`. Two threads for each connection."""

    def __init__(self, server: Endpoint) -> None:
        self._server = server
        self._going = threading.Event()
        self._going.set()
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = Listener(self._admit, name="stoppable-path")

    @property
    def endpoint(self) -> Endpoint:
        return self._listener.endpoint

    def stop(self) -> None:
        """Nothing arrives any more, on either side; the senders' buffers fill."""
        self._going.clear()

    def go_on(self) -> None:
        """What was on the way arrives."""
        self._going.set()

    def close(self) -> None:
        self._listener.close()
        self._going.set()
        with self._lock:
            sockets, threads = list(self._sockets), list(self._threads)
        for each in sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()
        for each in sockets:
            each.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _admit(self, near: socket.socket) -> None:
        far = socket.create_connection((self._server.host, self._server.port))
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ways = ((near, far), (far, near))
        threads = [threading.Thread(target=self._pump, args=way, name="stoppable-path-way") for way in ways]
        with self._lock:
            self._sockets += [near, far]
            self._threads += threads
        for thread in threads:
            thread.start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_BLOCK_BYTES):
                self._going.wait()
                target.sendall(data)
                self._going.wait()
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
