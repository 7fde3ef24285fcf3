"""The way from the bastion to one local program: what its socket does not take at once waits here."""

from __future__ import annotations

import socket
import struct
import threading
from collections import deque
from contextlib import suppress

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Outlet:
    """Written by the reader thread, emptied by the relay thread; a lock guards it. Never blocks.

    Holds at most the channel's window: the server sends no more before it is granted more.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._lock = threading.Lock()
        self._waiting: deque[memoryview] = deque()
        self._ending = False
        self.waiting_bytes = 0
        self.delivered = 0
        self.ended = False
        self.broken = False

    @property
    def has_waiting(self) -> bool:
        return bool(self._waiting)

    @property
    def is_ending(self) -> bool:
        """No more data will come. Any thread."""
        return self._ending

    def put(self, data: bytes) -> bool:
        """Deliver now what the socket takes; True where the rest waits for `flush`, or the program is gone."""
        with self._lock:
            if self.broken:
                return False
            rest = memoryview(data)
            if not self._waiting:
                rest = self._push(rest)
            if rest:
                self._waiting.append(rest)
                self.waiting_bytes += len(rest)
            return bool(rest) or self.broken

    def end(self) -> None:
        """No more data follows; passed on once everything before it is out, by `flush`."""
        with self._lock:
            self._ending = True

    def flush(self) -> None:
        """Deliver what the socket takes now, and the end of the stream after the last byte."""
        with self._lock:
            while self._waiting and not self.broken:
                data = self._waiting.popleft()
                rest = self._push(data)
                self.waiting_bytes -= len(data) - len(rest)
                if rest:
                    self._waiting.appendleft(rest)
                    return
            if self._ending and not self.ended:
                self.ended = True
                with suppress(OSError):
                    self._sock.shutdown(socket.SHUT_WR)

    def close(self, *, reset: bool) -> None:
        """Close the socket: under the lock, or the reader thread might write into whatever got its number next.

        A `reset` makes a driver notice at once, instead of waiting for an answer that can't come.
        """
        with self._lock:
            self.broken = True
            self._waiting.clear()
            self.waiting_bytes = 0
            if reset:
                with suppress(OSError):
                    self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self._sock.close()

    def _push(self, data: memoryview) -> memoryview:
        """What the socket did not take. Under the lock."""
        try:
            taken = self._sock.send(data)
        except (BlockingIOError, InterruptedError):
            return data
        except OSError:
            self.broken = True
            return memoryview(b"")
        self.delivered += taken
        return data[taken:]
