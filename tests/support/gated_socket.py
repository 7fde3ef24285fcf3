"""A socket whose reading and writing can be held up while its TCP connection stays open."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any


class GatedSocket:
    """The part of a socket that paramiko's transport uses. `thawed` lets bytes through, in both directions.

    The first `delay_s` seconds count as frozen. `closing` ends every wait.
    """

    def __init__(
        self, client: socket.socket, thawed: threading.Event, closing: threading.Event, delay_s: float
    ) -> None:
        self._client = client
        self._thawed = thawed
        self._closing = closing
        self._opens_at_mono = time.monotonic() + delay_s

    def send(self, data: bytes) -> int:
        self._pass_gate()
        return self._client.send(data)

    def recv(self, size: int) -> bytes:
        self._pass_gate()
        return self._client.recv(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def _pass_gate(self) -> None:
        timeout_s = self._client.gettimeout() or 0.0
        delay_s = self._opens_at_mono - time.monotonic()
        if delay_s > 0 and not self._closing.wait(min(delay_s, timeout_s)):
            raise TimeoutError
        if not self._thawed.wait(timeout_s):
            raise TimeoutError
