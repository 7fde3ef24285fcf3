"""A thread with an inbox and timers."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from desktop.core.system_ports import Clock
from desktop.core.timers import Timer, Timers

log = logging.getLogger(__name__)

Task = Callable[[], None]


class Worker:
    """Runs what is posted, one at a time and each followed by `after_each`, until `is_over` says so."""

    def __init__(
        self, name: str, clock: Clock, is_over: Callable[[], bool], after_each: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._is_over = is_over
        self._after_each = after_each
        self._inbox: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._timers = Timers()
        self._thread = threading.Thread(target=self._run, name=name)

    def start(self) -> None:
        self._thread.start()

    def post(self, task: Task) -> None:
        """Any thread. After the end it is dropped."""
        self._inbox.put(task)

    def call_later(self, delay_s: float, task: Task) -> Timer:
        """Own thread only."""
        return self._timers.add(self._clock.mono() + delay_s, task)

    def join(self, timeout_s: float) -> bool:
        """True when the thread has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._is_over():
            self._work_through_inbox()
            while (timer := self._timers.pop_due(self._clock.mono())) is not None:
                self._do(timer.task)

    def _work_through_inbox(self) -> None:
        at = self._timers.next_at()
        try:
            task = self._inbox.get(timeout=None if at is None else max(at - self._clock.mono(), 0))
        except queue.Empty:
            return
        self._do(task)
        while not self._inbox.empty():
            self._do(self._inbox.get_nowait())

    def _do(self, task: Task) -> None:
        self._guard(task)
        self._guard(self._after_each)

    def _guard(self, task: Task) -> None:
        """A fault in one connection must not end the others."""
        try:
            task()
        except Exception:
            log.exception("a task of %s failed", self._thread.name)
