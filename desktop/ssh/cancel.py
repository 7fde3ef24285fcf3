"""A cancellation that a blocking wait on sockets can notice at once."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Cancelled(Exception):
    """The owner asked for the end; not an error anybody is told of."""


class CancelToken:
    """Set once, from any thread. The owner calls `close`.

    Selectable: `select` wakes when the token is set, and also when it is nudged or woken. One thread waits on it.
    """

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._lock = threading.Lock()
        self._closed = False
        self._nudged = False
        self._set = threading.Event()

    def fileno(self) -> int:
        return self._reader.fileno()

    def is_set(self) -> bool:
        return self._set.is_set()

    def set(self) -> None:
        with self._lock:
            self._set.set()
            self._ring()

    def check(self) -> None:
        """Raises `Cancelled` once `set` was called."""
        if self._set.is_set():
            raise Cancelled

    def wait(self, timeout_s: float) -> None:
        """Block that long. Raises `Cancelled` as soon as `set` is called."""
        if self._set.wait(timeout_s):
            raise Cancelled

    def nudge(self) -> None:
        """Ask the waiting thread to try afresh. From any thread."""
        with self._lock:
            self._nudged = True
            self._ring()

    def wake(self) -> None:
        """Have the waiting thread look again at what it waits for. From any thread."""
        with self._lock:
            self._ring()

    def take_nudge(self) -> bool:
        """True once after `nudge`. The waiting thread calls it each time it woke, so that it can sleep again."""
        with self._lock:
            if not self._closed and not self._set.is_set():
                self._hush()
            nudged, self._nudged = self._nudged, False
            return nudged

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._reader.close()
            self._writer.close()

    def _ring(self) -> None:
        if not self._closed:
            # A full buffer wakes as well as one byte more.
            with suppress(BlockingIOError):
                self._writer.send(b"!")

    def _hush(self) -> None:
        with suppress(BlockingIOError):
            while self._reader.recv(256):
                pass
