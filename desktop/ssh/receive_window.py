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
# A grant is rare enough to cost little, and small enough that the server never runs dry.
_GRANT_BYTES = 256 * 1024
_GRANTS_PER_WINDOW = 32
# Beyond what a round trip brought: so much a stream can become faster in the next one, and no more can heap up in the
# server. sshd reads from the warehouse as far as the window goes, also while it can't send, and copies all of that with
# each 32 KiB by which it has become more (sshbuf_allocate in sshbuf.c): 30 MiB in excess kept it busy for a second.
_ROOM_BYTES = 2 * 1024 * 1024
_ROOM = 1 / 4
# Slower for a moment is not slower: what a round trip brought counts less with each that brings less.
_FORGOTTEN = 0.1


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
        self._per_round_trip = 0.0

    def is_due(self, delivered: int) -> bool:
        """Any thread."""
        step = max(self.size // _GRANTS_PER_WINDOW, _GRANT_BYTES)
        return delivered + self.size - self._allowed >= step

    def grant(self, delivered: int, now_mono: float, round_trip_s: float | None) -> int:
        """The bytes to allow the server now, after `size` was fitted to what the last round trip brought."""
        if round_trip_s is not None:
            self._fit(delivered, now_mono, round_trip_s)
        size = max(delivered + self.size - self._allowed, 0)
        self._allowed += size
        return size

    def close(self) -> None:
        """Leave what this window had to others. Idempotent."""
        self._resize(BASE_BYTES)

    def _fit(self, delivered: int, now_mono: float, round_trip_s: float) -> None:
        took_s = now_mono - self._since_mono
        if took_s < round_trip_s:
            return
        brought = (delivered - self._delivered_then) * round_trip_s / took_s
        self._per_round_trip = max(brought, self._per_round_trip * (1 - _FORGOTTEN))
        self._since_mono, self._delivered_then = now_mono, delivered
        fitting = self._per_round_trip + max(self._per_round_trip * _ROOM, _ROOM_BYTES)
        self._resize(min(max(int(fitting), BASE_BYTES), MOST_BYTES))

    def _resize(self, wanted: int) -> None:
        if wanted > self.size:
            self.size += self._budget.take(wanted - self.size)
        else:
            self._budget.give_back(self.size - wanted)
            self.size = wanted
