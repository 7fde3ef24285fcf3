"""A heap of things to do at a time. Pure: the owner asks what is due, on its own thread."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True)
class Timer:
    """`at` is on the owner's clock, usually monotonic seconds."""

    at: float
    number: int
    task: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Idempotent, also after it rang."""
        self.cancelled = True


_SWEEP_FROM = 64


class Timers:
    def __init__(self) -> None:
        self._heap: list[Timer] = []
        self._made = 0
        self._sweep_at = _SWEEP_FROM

    def add(self, at: float, task: Callable[[], None]) -> Timer:
        self._made += 1
        timer = Timer(at, self._made, task)
        if len(self._heap) >= self._sweep_at:
            self._sweep()
        heapq.heappush(self._heap, timer)
        return timer

    def next_at(self) -> float | None:
        """When the next one rings, or None."""
        self._forget_cancelled()
        return self._heap[0].at if self._heap else None

    def pop_due(self, now: float) -> Timer | None:
        """The earliest one that is due, taken out; None when there is none."""
        self._forget_cancelled()
        if self._heap and self._heap[0].at <= now:
            return heapq.heappop(self._heap)
        return None

    def _forget_cancelled(self) -> None:
        while self._heap and self._heap[0].cancelled:
            heapq.heappop(self._heap)

    def _sweep(self) -> None:
        """Thousands of short-lived clients cancel their timers long before they are due; each holds its client."""
        self._heap = [timer for timer in self._heap if not timer.cancelled]
        heapq.heapify(self._heap)
        self._sweep_at = max(2 * len(self._heap), _SWEEP_FROM)
