"""How long the computer has slept, by two clocks of which one stands still meanwhile.

Linux: CLOCK_BOOTTIME and CLOCK_MONOTONIC, clock_gettime(2). macOS: CLOCK_MONOTONIC_RAW and CLOCK_UPTIME_RAW,
clock_gettime(3) there. Windows: GetTickCount64 and QueryUnbiasedInterruptTime ("Windows Time" in its documentation).
Nobody can set these clocks, so a change of the date is no sleep.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Windows' clocks move in steps of up to 16 ms, and a shorter sleep breaks no connection.
SHORTEST_SLEEP_S = 2.0


@dataclass(frozen=True, slots=True)
class Reading:
    """Seconds since the computer was started, with its sleep and without it. `total_s` was read first."""

    total_s: float
    awake_s: float

    @property
    def asleep_s(self) -> float:
        """Never more than it was; less where the reader had to wait between the two clocks."""
        return self.total_s - self.awake_s


def slept_s(before: Reading, after: Reading) -> float:
    """The seconds of sleep between two readings; 0 where there was none worth the name."""
    slept = after.asleep_s - before.asleep_s
    return slept if slept > SHORTEST_SLEEP_S else 0.0


def read_windows(tick_count: Callable[[], int], query_unbiased: Callable[[Any], int]) -> Reading:
    """By GetTickCount64, in milliseconds, and QueryUnbiasedInterruptTime, in units of 100 ns."""
    total_ms = tick_count()
    awake = ctypes.c_ulonglong()
    query_unbiased(ctypes.byref(awake))
    return Reading(total_ms / 1_000, awake.value / 10_000_000)


if sys.platform == "win32":
    _kernel32 = ctypes.WinDLL("kernel32")
    _kernel32.GetTickCount64.restype = ctypes.c_ulonglong
    _kernel32.QueryUnbiasedInterruptTime.argtypes = [ctypes.c_void_p]

    def read_clocks() -> Reading:
        """Any thread. Does not block."""
        return read_windows(_kernel32.GetTickCount64, _kernel32.QueryUnbiasedInterruptTime)

elif sys.platform == "darwin":

    def read_clocks() -> Reading:
        """Any thread. Does not block."""
        return Reading(
            time.clock_gettime(time.CLOCK_MONOTONIC_RAW), time.clock_gettime(time.CLOCK_UPTIME_RAW)
        )

elif sys.platform == "linux":

    def read_clocks() -> Reading:
        """Any thread. Does not block."""
        return Reading(time.clock_gettime(time.CLOCK_BOOTTIME), time.clock_gettime(time.CLOCK_MONOTONIC))
