"""Notices that the computer has slept, where nobody tells: a look at two clocks once a second."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from desktop.system.power.sleep_clock import Reading, read_clocks, slept_s

log = logging.getLogger(__name__)

# A look costs 0.16 ms of processor time, waking the thread included: 0.02 % of a core.
PERIOD_S = 1.0


class ClockWatch:
    """Implements `desktop.core.system_ports.PowerMonitor`, but for `on_sleep`: clocks show only what is over.

    `on_wake` comes from its thread at most a period after the wake, and must not raise. The waiting is done by a
    clock that stands still during sleep, on every system, so the look is not late.
    """

    def __init__(self, read: Callable[[], Reading] = read_clocks, period_s: float = PERIOD_S) -> None:
        self._read = read
        self._period_s = period_s
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, on_sleep: Callable[[], None], on_wake: Callable[[float | None], None]) -> None:  # noqa: ARG002
        self._thread = threading.Thread(target=self._run, args=(on_wake,), name="clock-watch")
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, on_wake: Callable[[float | None], None]) -> None:
        try:
            self._watch(on_wake)
        except Exception:
            log.exception("the clocks are not watched any more")

    def _watch(self, on_wake: Callable[[float | None], None]) -> None:
        latest = self._read()
        while not self._closing.wait(self._period_s):
            now = self._read()
            slept = slept_s(latest, now)
            # A reader that was stopped between its two clocks sees too little sleep: taking that for the truth
            # would make a sleep of the next reading.
            latest = max(latest, now, key=lambda reading: reading.asleep_s)
            if slept:
                on_wake(slept)
