"""Servers on any listening sockets, where `TcpService` listens on loopback only."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.support.echo import Serve


class SocketService:
    """One thread for each listener and client; `serve` may block on its client and does not close it."""

    def __init__(self, listeners: Iterable[socket.socket], serve: Serve) -> None:
        self._serve = serve
        self._listeners = list(listeners)
        self._clients: dict[socket.socket, threading.Thread] = {}
        self._accepting = [
            threading.Thread(target=self._accept, args=(listener,), name="socket-service")
            for listener in self._listeners
        ]
        for thread in self._accepting:
            thread.start()

    def close(self) -> None:
        for listener in self._listeners:
            listener.shutdown(socket.SHUT_RDWR)
        for thread in self._accepting:
            thread.join()
        for listener in self._listeners:
            listener.close()
        for client, thread in self._clients.items():
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            thread.join()
            client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _accept(self, listener: socket.socket) -> None:
        # Ends with an error when the listener is shut down.
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                thread = threading.Thread(target=self._run, args=(client,), name="socket-service-client")
                self._clients[client] = thread
                thread.start()

    def _run(self, client: socket.socket) -> None:
        with suppress(OSError):
            self._serve(client)
            client.shutdown(socket.SHUT_WR)
