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
# Clients of a SOCKS port may ask for any number of hosts that do not answer.
MOST = 256


class Openings:
    """At most `AT_ONCE` threads for each target, `MOST` in all, and none while nothing is to be opened. Any thread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._waiting: dict[Place, deque[Callable[[], None]]] = {}
        self._threads: dict[Place, int] = {}

    def add(self, target: Place, ask: Callable[[], None]) -> None:
        """Have `ask` called, which may block, after those that wait for the same target."""
        with self._lock:
            self._waiting.setdefault(target, deque()).append(ask)
            if self._threads.get(target, 0) == AT_ONCE or sum(self._threads.values()) == MOST:
                return
            self._threads[target] = self._threads.get(target, 0) + 1
        threading.Thread(target=self._work, args=(target,), name=self._name).start()

    def _work(self, target: Place | None) -> None:
        while target is not None:
            while (ask := self._next(target)) is not None:
                try:
                    ask()
                except Exception:
                    log.exception("opening a way to %s failed", target)
            target = self._leave(target)

    def _next(self, target: Place) -> Callable[[], None] | None:
        """None where all that waited for this target have had their turn."""
        with self._lock:
            waiting = self._waiting.get(target)
            if waiting:
                return waiting.popleft()
            self._waiting.pop(target, None)
            return None

    def _leave(self, target: Place) -> Place | None:
        """Another target, for which there was no room for a thread; None where the thread is to end."""
        with self._lock:
            self._threads[target] -= 1
            if not self._threads[target]:
                del self._threads[target]
            other = next((each for each in self._waiting if self._threads.get(each, 0) < AT_ONCE), None)
            if other is not None:
                self._threads[other] = self._threads.get(other, 0) + 1
            return other
