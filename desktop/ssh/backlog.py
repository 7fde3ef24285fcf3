"""What a connection's kernel buffer has not taken yet: sending never blocks, whatever the path does."""

from __future__ import annotations

import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice

# More than the packets of one read of a client; less than any system takes at once (IOV_MAX, limits.h(0p)).
_SENT_AT_ONCE = 64


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
        self._gathering = False
        self._is_full = False
        self._over = False

    def send(self, data: bytes | memoryview) -> int:
        """Take all of `data`, now or for later. Raises `OSError` where the connection is over."""
        with self._lock:
            if self._over:
                raise BrokenPipeError
            taken = 0 if self._waiting or self._gathering else self._offer(data)
            if taken == len(data):
                return taken
            self._waiting.append(memoryview(data)[taken:])
            self.size += len(data) - taken
            filled = self._send_now()
        if filled:
            self._on_waiting()
        return len(data)

    @contextmanager
    def gather(self) -> Iterator[None]:
        """What is sent meanwhile, by any thread, goes out together in the end. Raises `OSError` there. Not nested."""
        with self._lock:
            self._gathering = True
        try:
            yield
        finally:
            with self._lock:
                self._gathering = False
                filled = self._send_now()
            if filled:
                self._on_waiting()

    def drain(self) -> None:
        """Send what the socket takes now."""
        with self._lock:
            self._is_full = False
            try:
                self._send_now()
            except OSError:
                self._break()

    def close(self) -> None:
        """What waits is lost; who sends from now on is told that the connection is over. Idempotent."""
        with self._lock:
            self._forget()
            self.sock.close()

    def _send_now(self) -> bool:
        """True where the socket is full from now on. Under the lock."""
        if self._gathering or self._is_full:
            return False
        while self._waiting:
            taken = self._push()
            if not taken:
                self._is_full = True
                return True
            self._strike_out(taken)
        return False

    def _push(self) -> int:
        """How many bytes the socket took. Under the lock."""
        if sys.platform == "win32" or len(self._waiting) == 1:
            return self._offer(self._waiting[0])
        else:  # noqa: RET505 - or the type checker takes the rest for unreachable
            try:
                return self.sock.sendmsg(islice(self._waiting, _SENT_AT_ONCE))
            except (BlockingIOError, InterruptedError):
                return 0

    def _offer(self, data: bytes | memoryview) -> int:
        """How many bytes the socket took. Under the lock."""
        try:
            return self.sock.send(data)
        except (BlockingIOError, InterruptedError):
            return 0

    def _strike_out(self, taken: int) -> None:
        self.size -= taken
        while taken:
            data = self._waiting.popleft()
            if taken < len(data):
                self._waiting.appendleft(data[taken:])
                return
            taken -= len(data)

    def _break(self) -> None:
        """Under the lock. The reader of the connection learns it too."""
        self._forget()
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def _forget(self) -> None:
        self._over = True
        self._waiting.clear()
        self.size = 0
