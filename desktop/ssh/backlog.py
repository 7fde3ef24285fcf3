"""What a connection's kernel buffer has not taken yet: sending never blocks, whatever the path does."""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress


class Backlog:
    """Any thread may `send`; one drains, and closes in the end. What is sent keeps its order.

    `sock` is non-blocking and the backlog's own. `on_waiting` is called when something begins to wait: `drain` is due
    as soon as the socket is writable.
    """

    def __init__(self, sock: socket.socket, on_waiting: Callable[[], None]) -> None:
        self.sock = sock
        self.size = 0
        self._on_waiting = on_waiting
        self._lock = threading.Lock()
        self._waiting: deque[memoryview] = deque()
        self._over = False

    def send(self, data: bytes) -> int:
        """Take all of `data`, now or for later. Raises `OSError` where the connection is over."""
        with self._lock:
            if self._over:
                raise BrokenPipeError
            first = not self._waiting
            taken = self._push(data) if first else 0
            if taken == len(data):
                return taken
            self._waiting.append(memoryview(data)[taken:])
            self.size += len(data) - taken
        if first:
            self._on_waiting()
        return len(data)

    def drain(self) -> None:
        """Send what the socket takes now."""
        with self._lock:
            while self._waiting:
                data = self._waiting.popleft()
                try:
                    taken = self._push(data)
                except OSError:
                    self._break()
                    return
                self.size -= taken
                if taken < len(data):
                    self._waiting.appendleft(data[taken:])
                    return

    def close(self) -> None:
        """What waits is lost; who sends from now on is told that the connection is over. Idempotent."""
        with self._lock:
            self._forget()
            self.sock.close()

    def _push(self, data: bytes | memoryview) -> int:
        """How much the socket took. Under the lock."""
        try:
            return self.sock.send(data)
        except (BlockingIOError, InterruptedError):
            return 0

    def _break(self) -> None:
        """Under the lock. The reader of the connection learns it too."""
        self._forget()
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def _forget(self) -> None:
        self._over = True
        self._waiting.clear()
        self.size = 0
