"""Threads that wait for a server's answers, as paramiko's way to open a channel blocks."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

from desktop.core.model import Place

log = logging.getLogger(__name__)

# A warehouse that does not answer holds up those who want to get to it, and nobody else.
AT_ONCE = 16


class Openings:
    """At most `AT_ONCE` threads for each target, and none while nothing is to be opened. Any thread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._waiting: dict[Place, deque[Callable[[], None]]] = {}
        self._threads: dict[Place, int] = {}

    def add(self, target: Place, ask: Callable[[], None]) -> None:
        """Have `ask` called, which may block, after those that wait for the same target."""
        with self._lock:
            self._waiting.setdefault(target, deque()).append(ask)
            running = self._threads.get(target, 0)
            if running == AT_ONCE:
                return
            self._threads[target] = running + 1
        threading.Thread(target=self._work, args=(target,), name=self._name).start()

    def _work(self, target: Place) -> None:
        while (ask := self._next(target)) is not None:
            try:
                ask()
            except Exception:
                log.exception("opening a way to %s failed", target)

    def _next(self, target: Place) -> Callable[[], None] | None:
        """None where the thread is to end."""
        with self._lock:
            waiting = self._waiting.get(target)
            if waiting:
                return waiting.popleft()
            self._waiting.pop(target, None)
            self._threads[target] -= 1
            if not self._threads[target]:
                del self._threads[target]
            return None
