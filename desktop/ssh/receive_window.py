"""How much a bastion may send for one client before it has to wait: sized to the path, never for a client that stalls.

A window limits a stream to one window for each round trip. OpenSSH's fixed 2 MiB are 40 MiB/s at 50 ms, whatever the
path could carry.
"""

from __future__ import annotations

import threading

BASE_BYTES = 2 * 1024 * 1024
MOST_BYTES = 64 * 1024 * 1024
# What all windows together may have beyond their base: so much memory stalled clients can fill.
EXTRA_BYTES = 192 * 1024 * 1024
# A grant for every eighth of a window: rare enough to cost little, often enough that the server never runs dry.
_GRANTS_PER_WINDOW = 8
# A stream that fills so much of its window in each round trip would be faster with a larger one. The rest is for what
# the threads' turns add to a round trip.
_FILLED = 0.7
_HOARDED = 0.5


class WindowBudget:
    """What the windows of all channels share. Any thread."""

    def __init__(self, extra_bytes: int = EXTRA_BYTES) -> None:
        self._left = extra_bytes
        self._lock = threading.Lock()

    def take(self, size: int) -> int:
        """As much of `size` as there is."""
        with self._lock:
            taken = min(size, self._left)
            self._left -= taken
            return taken

    def give_back(self, size: int) -> None:
        with self._lock:
            self._left += size


class ReceiveWindow:
    """One channel's. Relay thread, but for `is_due`. `delivered` is always the sum of bytes the client's socket took.

    The server may send `size` bytes more than were delivered. What it was allowed is counted, so that a window that
    shrinks takes nothing back: grants are left out until it fits.
    """

    def __init__(self, budget: WindowBudget) -> None:
        self.size = BASE_BYTES
        self._budget = budget
        self._allowed = BASE_BYTES
        self._since_mono = 0.0
        self._delivered_then = 0

    def is_due(self, delivered: int) -> bool:
        """Any thread."""
        return delivered + self.size - self._allowed >= self.size // _GRANTS_PER_WINDOW

    def grant(self, delivered: int, waiting: int, now_mono: float, round_trip_s: float | None) -> int:
        """The bytes to allow the server now, after `size` was fitted to what the last round trip brought.

        `waiting` is what the client's socket has not taken yet.
        """
        if round_trip_s is not None:
            self._fit(delivered, waiting, now_mono, round_trip_s)
        size = max(delivered + self.size - self._allowed, 0)
        self._allowed += size
        return size

    def close(self) -> None:
        """Leave what this window had to others. Idempotent."""
        self._resize(BASE_BYTES)

    def _fit(self, delivered: int, waiting: int, now_mono: float, round_trip_s: float) -> None:
        took_s = now_mono - self._since_mono
        if took_s < round_trip_s:
            return
        per_round_trip = (delivered - self._delivered_then) * round_trip_s / took_s
        if per_round_trip >= self.size * _FILLED:
            self._resize(min(2 * self.size, MOST_BYTES))
        elif waiting >= self.size * _HOARDED:
            # Once fast, slow now: what it does not take would lie in our memory.
            self._resize(max(self.size // 2, BASE_BYTES))
        self._since_mono, self._delivered_then = now_mono, delivered

    def _resize(self, wanted: int) -> None:
        if wanted > self.size:
            self.size += self._budget.take(wanted - self.size)
        else:
            self._budget.give_back(self.size - wanted)
            self.size = wanted
