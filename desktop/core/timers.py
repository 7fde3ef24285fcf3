"""A heap of things to do at a time. Pure: the owner asks what is due, on its own thread."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Timer:
    """`at` is on the owner's clock, usually monotonic seconds."""

    at: float
    task: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        """Idempotent, also after it rang."""
        self.cancelled = True


_SWEEP_FROM = 64


class Timers:
    def __init__(self) -> None:
        # With the number of each, for those at the same time to keep their order.
        self._heap: list[tuple[float, int, Timer]] = []
        self._made = 0
        self._sweep_at = _SWEEP_FROM

    def add(self, at: float, task: Callable[[], None]) -> Timer:
        self._made += 1
        timer = Timer(at, task)
        if len(self._heap) >= self._sweep_at:
            self._sweep()
        heapq.heappush(self._heap, (at, self._made, timer))
        return timer

    def next_at(self) -> float | None:
        """When the next one rings, or None."""
        self._forget_cancelled()
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: float) -> Timer | None:
        """The earliest one that is due, taken out; None when there is none."""
        self._forget_cancelled()
        if self._heap and self._heap[0][0] <= now:
            return heapq.heappop(self._heap)[2]
        return None

    def _forget_cancelled(self) -> None:
        while self._heap and self._heap[0][2].cancelled:
            heapq.heappop(self._heap)

    def _sweep(self) -> None:
        """Thousands of short-lived clients cancel their timers long before they are due; each holds its client."""
        self._heap = [entry for entry in self._heap if not entry[2].cancelled]
        heapq.heapify(self._heap)
        self._sweep_at = max(2 * len(self._heap), _SWEEP_FROM)
