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
_GRANT_BYTES = 512 * 1024
_GRANTS_PER_WINDOW = 32
# Beyond what a round trip brings: so much a stream can become faster in the next one, and no more can heap up in the
# server. sshd reads from the warehouse as far as the window goes, also while it can't send, and copies all of that with
# each 32 KiB by which it has become more (sshbuf_allocate in sshbuf.c): 30 MiB in excess kept it busy for a second.
_ROOM_BYTES = 2 * 1024 * 1024
_ROOM = 1 / 4
# A window that is used up in hardly more than a round trip is all that limits the stream: on a path that is full,
# `_ROOM` makes it last longer. It grows by so much in the next one. TCP itself doubles what it sends while its path is
# new; to follow that would leave as much in the server as fits the path.
_HARDLY_MORE = 1.12
_GROWTH = 1 / 2
# Slower for a moment is not slower: what a round trip brings counts less with each that brings less. A pause between
# two queries is as good as a few of those.
_FORGOTTEN = 0.1
_FORGOTTEN_AT_ONCE = 8


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
    """One channel's. Any thread. `delivered` is always the sum of bytes the client's socket took.

    The server may send `size` bytes more than were delivered. What it was allowed is counted, so that a window that
    shrinks takes nothing back: grants are left out until it fits.

    How long it takes until all has come that was allowed at one moment, in round trips, tells what limits the stream.
    """

    def __init__(self, budget: WindowBudget) -> None:
        self.size = BASE_BYTES
        self._budget = budget
        self._lock = threading.Lock()
        self._allowed = BASE_BYTES
        self._seen = 0
        self._fitting = BASE_BYTES
        self._per_round_trip = 0.0
        # A moment, and the sums at that.
        self._then_mono = 0.0
        self._delivered_then = 0
        self._allowed_then = BASE_BYTES

    def is_due(self, delivered: int) -> bool:
        step = max(self.size // _GRANTS_PER_WINDOW, _GRANT_BYTES)
        return delivered + self.size - self._allowed >= step

    def grant(self, delivered: int, now_mono: float, round_trip_s: float | None) -> int:
        """The bytes to allow the server now."""
        with self._lock:
            # Whoever looked before another one did, but comes after it, has nothing to add.
            return self._grant(delivered, now_mono, round_trip_s) if delivered >= self._seen else 0

    def close(self) -> None:
        """Leave what this window had to others. Idempotent."""
        with self._lock:
            self._resize(BASE_BYTES)

    def _grant(self, delivered: int, now_mono: float, round_trip_s: float | None) -> int:
        is_used_up = delivered >= self._allowed_then
        if is_used_up and round_trip_s:
            self._fit(delivered - self._delivered_then, (now_mono - self._then_mono) / round_trip_s)
        self._approach(delivered - self._seen)
        self._seen = delivered
        size = max(delivered + self.size - self._allowed, 0)
        self._allowed += size
        if is_used_up:
            self._then_mono, self._delivered_then, self._allowed_then = now_mono, delivered, self._allowed
        return size

    def _fit(self, came: int, round_trips: float) -> None:
        """To a path on which that many went by until all those bytes had come that were allowed."""
        kept = (1 - _FORGOTTEN) ** min(round_trips, _FORGOTTEN_AT_ONCE)
        self._per_round_trip = max(came / round_trips, self._per_round_trip * kept)
        fitting = self._per_round_trip + max(self._per_round_trip * _ROOM, _ROOM_BYTES)
        if round_trips <= _HARDLY_MORE:
            fitting = max(fitting, self.size * (1 + _GROWTH))
        self._fitting = min(max(int(fitting), BASE_BYTES), MOST_BYTES)

    def _approach(self, delivered: int) -> None:
        """Larger only with what comes: all at once, megabytes that a server sends in one burst are lost on the way."""
        self._resize(min(self._fitting, self.size + int(delivered * _GROWTH)))

    def _resize(self, wanted: int) -> None:
        if wanted > self.size:
            self.size += self._budget.take(wanted - self.size)
        else:
            self._budget.give_back(self.size - wanted)
            self.size = wanted
