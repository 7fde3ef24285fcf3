"""Things to do at a time."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

from desktop.core.timers import Timers


class Client:
    def give_up(self) -> None: ...


def drain(timers: Timers, now: float) -> list[float]:
    """When each of those that are due by now was to ring."""
    rung = []
    while (timer := timers.pop_due(now)) is not None:
        rung.append(timer.at)
    return rung


def nothing() -> Callable[[], None]:
    return lambda: None


def test_they_ring_in_order_of_time_and_cancelled_ones_never() -> None:
    timers = Timers()
    made = [timers.add(at, nothing()) for at in (3.0, 1.0, 2.0)]
    made[2].cancel()
    assert timers.next_at() == 1.0
    assert drain(timers, 10.0) == [1.0, 3.0]
    assert timers.next_at() is None


def test_many_cancelled_ones_are_not_kept_until_they_are_due() -> None:
    timers, client = Timers(), Client()
    gone = weakref.ref(client)
    timers.add(30.0, client.give_up).cancel()
    del client
    for number in range(1000):
        timers.add(30.0 + number, nothing()).cancel()
    gc.collect()
    assert gone() is None


def test_sweeping_loses_none_that_is_to_ring() -> None:
    timers = Timers()
    for number in range(500):
        timers.add(float(500 - number), nothing())
        timers.add(1000.0, nothing()).cancel()
    assert drain(timers, 2000.0) == [float(at) for at in range(1, 501)]
