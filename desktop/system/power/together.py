"""Several power monitors as one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial

from desktop.core.system_ports import Clock, PowerMonitor

log = logging.getLogger(__name__)

# The clocks are looked at once a second; logind speaks when its own work for the wake is done.
_SAME_WAKE_S = 5.0


class PowerMonitors:
    """Implements `desktop.core.system_ports.PowerMonitor` by `monitors`; without any it is the silent one.

    Of one wake it tells once: what another monitor says of it moments later is dropped. An exception of a callback
    is logged, and ends no thread.
    """

    def __init__(self, clock: Clock, *monitors: PowerMonitor) -> None:
        self._clock = clock
        self._monitors = monitors
        self._lock = threading.Lock()
        self._last_wake: tuple[PowerMonitor, float] | None = None

    def start(self, on_sleep: Callable[[], None], on_wake: Callable[[float | None], None]) -> None:
        for monitor in self._monitors:
            monitor.start(partial(self._sleep, on_sleep), partial(self._wake, on_wake, monitor))

    def close(self) -> None:
        for monitor in self._monitors:
            monitor.close()

    def _sleep(self, on_sleep: Callable[[], None]) -> None:
        with self._lock:
            self._last_wake = None
        _guarded(on_sleep)

    def _wake(
        self, on_wake: Callable[[float | None], None], monitor: PowerMonitor, slept_s: float | None
    ) -> None:
        if self._is_news(monitor):
            _guarded(partial(on_wake, slept_s))

    def _is_news(self, monitor: PowerMonitor) -> bool:
        """A monitor's second word is another wake, however soon it comes."""
        now_mono = self._clock.mono()
        with self._lock:
            if self._last_wake is not None:
                teller, at_mono = self._last_wake
                if teller is not monitor and now_mono - at_mono < _SAME_WAKE_S:
                    return False
            self._last_wake = (monitor, now_mono)
            return True


def _guarded(callback: Callable[[], None]) -> None:
    try:
        callback()
    except Exception:
        log.exception("news of sleep or wake were not taken")
