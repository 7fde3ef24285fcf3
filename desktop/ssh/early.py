"""What a program says before its way through the bastion is open."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

EARLY_BYTES = 16 * 1024


class Early:
    """Read by the relay thread, sent by it or by the lane's own: whichever first knows that the way is open.

    A program's first words are mostly here before the bastion's answer. Sent on in the moment of that answer, they save
    the way over the relay's thread, which is longer than the rest of an opening together.
    """

    def __init__(self) -> None:
        self._said = b""
        self._guard = threading.Lock()
        self.ended = False

    def __bool__(self) -> bool:
        """Something is still to be sent."""
        return bool(self._said)

    @property
    def said(self) -> bytes:
        """What is still to be sent."""
        return self._said

    @property
    def has_room(self) -> bool:
        return not self.ended and len(self._said) < EARLY_BYTES

    def keep(self, data: bytes) -> None:
        """It was said before this began to read."""
        self._said += data

    def read(self, sock: socket.socket) -> bool:
        """Take what is there now, as far as there is room; False where the program is gone. Never blocks."""
        if self.has_room:
            try:
                data = sock.recv(EARLY_BYTES - len(self._said))
            except (BlockingIOError, InterruptedError):
                return True
            except OSError:
                return False
            with self._guard:
                self._said += data
                self.ended = not data
        return True

    def send(self, send_some: Callable[[memoryview], int]) -> int:
        """How many bytes `send_some` took."""
        with self._guard:
            taken = send_some(memoryview(self._said)) if self._said else 0
            self._said = self._said[taken:]
            return taken

    def forget(self) -> None:
        """Nobody will take it any more."""
        with self._guard:
            self._said = b""
