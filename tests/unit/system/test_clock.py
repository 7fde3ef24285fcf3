"""The clocks are the computer's."""

from __future__ import annotations

import time

from desktop.system.clock import SystemClock


def test_deadlines_and_moments_come_from_their_own_clock() -> None:
    clock = SystemClock()
    before = time.monotonic(), time.time()
    mono, wall = clock.mono(), clock.wall()
    assert before[0] <= mono <= time.monotonic()
    assert before[1] <= wall <= time.time()
