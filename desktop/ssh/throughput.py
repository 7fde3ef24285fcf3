"""What goes through to a bastion: the highest rates that were measured, and how busy it is."""

from __future__ import annotations

import math

from desktop.ssh.load import Load

# In less time a path may seem to carry what only its buffers took.
LEAST_S = 1.0


class BestRate:
    """Over stretches of at least `LEAST_S`, one after the other. One thread adds, any may read.

    A stretch begins and ends where something arrived, so that what comes in lumps is not counted to the wrong one.
    `now_mono` never jumps back.
    """

    def __init__(self) -> None:
        self.bytes_s = 0.0
        self._bytes = 0
        self._since_mono = -math.inf

    def add(self, size: int, now_mono: float) -> None:
        """So much has arrived since the last time."""
        if not size:
            return
        self._bytes += size
        took_s = now_mono - self._since_mono
        if took_s >= LEAST_S:
            # The first thing after a pause ends a long and slow stretch; the next begins with the stream.
            self.bytes_s = max(self.bytes_s, self._bytes / took_s)
            self._since_mono, self._bytes = now_mono, 0


class Throughput:
    """Of all SSH connections of one session together: from the bastion, and towards it."""

    def __init__(self) -> None:
        self.load = Load()
        self.down = BestRate()
        self.up = BestRate()


class Progress:
    """By how much a count has grown since it was last looked at. Without a `start` the first look is the start."""

    def __init__(self, start: int | None = None) -> None:
        self._count = start

    def grown_to(self, count: int) -> int:
        before, self._count = self._count, count
        return 0 if before is None else count - before
