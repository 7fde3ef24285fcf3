"""A cancellation that a blocking wait on sockets can notice at once."""

from __future__ import annotations

import socket
import threading


class Cancelled(Exception):
    """The owner asked for the end; not an error anybody is told of."""


class CancelToken:
    """Set once, from any thread. Selectable, so that `select` wakes when it is set. The owner calls `close`."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._lock = threading.Lock()
        self._closed = False
        self._set = False

    def fileno(self) -> int:
        return self._reader.fileno()

    def is_set(self) -> bool:
        return self._set

    def set(self) -> None:
        with self._lock:
            if not self._set and not self._closed:
                self._writer.send(b"!")
            self._set = True

    def check(self) -> None:
        """Raises `Cancelled` once `set` was called."""
        if self._set:
            raise Cancelled

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._reader.close()
            self._writer.close()
