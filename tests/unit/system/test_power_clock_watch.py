"""Sleep is noticed by two clocks of which one stands still meanwhile."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from queue import Queue
from typing import Any, Self

import pytest

from desktop.system.power.clock_watch import ClockWatch
from desktop.system.power.sleep_clock import Reading, read_clocks, read_windows, slept_s
from tests.support.waiting import wait_until

QUICK_S = 0.001


class Computer:
    """Two clocks, set by the test. `looks` counts how often they were read."""

    def __init__(self) -> None:
        self.reading = Reading(100.0, 100.0)
        self.looks = 0

    def read(self) -> Reading:
        reading = self.reading
        self.looks += 1
        return reading

    def is_seen(self) -> None:
        """Blocks until what was set before has been read."""
        before = self.looks
        wait_until(lambda: self.looks > before + 1)


class Watched:
    def __init__(self, read: Callable[[], Reading]) -> None:
        self.wakes: Queue[float | None] = Queue()
        self.watch = ClockWatch(read, QUICK_S)

    def __enter__(self) -> Self:
        self.watch.start(lambda: None, self.wakes.put)
        return self

    def __exit__(self, *_: object) -> None:
        self.watch.close()


@pytest.mark.parametrize(
    ("before", "after", "slept"),
    [
        pytest.param(Reading(100, 90), Reading(160, 150), 0.0, id="awake all the time"),
        pytest.param(Reading(100, 90), Reading(3_760, 150), 3_600.0, id="an hour of sleep"),
        pytest.param(Reading(100, 90), Reading(103, 91), 0.0, id="two seconds are not worth the name"),
        pytest.param(Reading(100, 90), Reading(103.5, 91), 2.5, id="a little more is"),
        pytest.param(Reading(100, 90), Reading(101, 99), 0.0, id="clocks that disagree the other way"),
    ],
)
def test_sleep_is_what_only_one_clock_has_counted(before: Reading, after: Reading, slept: float) -> None:
    assert slept_s(before, after) == slept


def test_a_wake_is_told_once_with_its_length() -> None:
    computer = Computer()
    with Watched(computer.read) as watched:
        computer.is_seen()
        computer.reading = Reading(3_701.0, 101.0)
        assert watched.wakes.get(timeout=10) == 3_600.0
        computer.is_seen()
        computer.reading = Reading(3_702.0, 102.0)
        computer.is_seen()
    assert watched.wakes.empty()


def test_every_sleep_is_told() -> None:
    computer = Computer()
    with Watched(computer.read) as watched:
        computer.is_seen()
        computer.reading = Reading(111.0, 101.0)
        assert watched.wakes.get(timeout=10) == 10.0
        computer.reading = Reading(142.0, 102.0)
        assert watched.wakes.get(timeout=10) == 30.0


def test_a_program_that_was_stopped_between_the_clocks_has_not_slept() -> None:
    computer = Computer()
    with Watched(computer.read) as watched:
        computer.is_seen()
        computer.reading = Reading(101.0, 131.0)
        computer.is_seen()
        computer.reading = Reading(132.0, 132.0)
        computer.is_seen()
    assert watched.wakes.empty()


def test_closing_does_not_wait_for_the_next_look() -> None:
    watch = ClockWatch(period_s=3_600.0)
    watch.start(lambda: None, lambda _: None)
    watch.close()
    watch.close()


def test_a_watch_that_never_started_can_be_closed() -> None:
    ClockWatch().close()


def test_this_computers_clocks_move_together() -> None:
    before = read_clocks()
    wait_until(lambda: read_clocks().awake_s > before.awake_s)
    after = read_clocks()
    assert after.total_s >= before.total_s
    assert slept_s(before, after) == 0.0


def test_windows_clocks_are_read_in_their_own_units() -> None:
    def query_unbiased(pointer: Any) -> int:
        ctypes.cast(pointer, ctypes.POINTER(ctypes.c_ulonglong))[0] = 900_000_000
        return 1

    reading = read_windows(lambda: 3_690_000, query_unbiased)
    assert (reading.total_s, reading.awake_s, reading.asleep_s) == (3_690.0, 90.0, 3_600.0)
