"""One network change makes many messages: when they have come to an end."""

from __future__ import annotations

QUIET_S = 0.15
LONGEST_S = 1.0


class Burst:
    """A debounce. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._first_mono: float | None = None
        self._last_mono = 0.0

    def hear(self, now: float) -> None:
        if self._first_mono is None:
            self._first_mono = now
        self._last_mono = now

    def wait_s(self, now: float) -> float | None:
        """How long until it is over: `QUIET_S` after the last message, `LONGEST_S` after the first. None: no burst."""
        if self._first_mono is None:
            return None
        return max(min(self._last_mono + QUIET_S, self._first_mono + LONGEST_S) - now, 0.0)

    def take(self, now: float) -> bool:
        """True once, when it is over."""
        if self.wait_s(now) != 0.0:
            return False
        self._first_mono = None
        return True
