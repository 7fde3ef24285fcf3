"""A loopback TCP port whose accept loop can be ended at once, on every system."""

from __future__ import annotations

import contextlib
import logging
import selectors
import socket
import threading
from collections.abc import Callable

from desktop.core.model import LOOPBACK, Endpoint

log = logging.getLogger(__name__)

BACKLOG = 512


class Listener:
    """Hands each accepted socket to `serve`, on the listener's own thread. `serve` owns the socket and must not block.

    Bound as soon as it is made, and accepting until `close()`.
    """

    def __init__(self, serve: Callable[[socket.socket], None], *, name: str, port: int = 0) -> None:
        """Raise `OSError` where `port` is taken; 0 lets the system choose a free one."""
        self._serve = serve
        # create_server sets SO_REUSEADDR where that is harmless, so a port can be taken again at once.
        self._socket = socket.create_server((LOOPBACK, port), backlog=BACKLOG)
        self._socket.setblocking(False)
        self.endpoint = Endpoint(LOOPBACK, self._socket.getsockname()[1])
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and wait for the thread. Idempotent; never from `serve`."""
        with contextlib.suppress(OSError):
            self._wake_writer.send(b"!")
        self._thread.join()
        self._wake_writer.close()

    def _run(self) -> None:
        with self._socket, self._wake_reader, selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._wake_reader, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select()]
                if self._wake_reader in ready:
                    return
                self._accept()

    def _accept(self) -> None:
        try:
            client, _ = self._socket.accept()
        except OSError:
            return
        client.setblocking(True)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._serve(client)
        except Exception:
            log.exception("A client of %s could not be served", self.endpoint)
            client.close()
