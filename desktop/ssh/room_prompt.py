"""Have the server say without delay that it takes more of an upload.

OpenSSH tells it in a small message for each 96 KiB that it has passed on, and leaves Nagle's algorithm on (RFC 9293
section 3.7.4): its kernel sends the first of those, and holds the others back until that was acknowledged, a round trip
later, or until they fill a segment. So every client gets a window of 2 MiB through in two round trips, not in one. What
anybody may ask, and is answered with a few bytes each, fills the segment: where the round trip is 50 ms, an upload got
19 MiB/s, and with this 36.
"""

from __future__ import annotations

# Where the path is shorter, a window in two round trips is 100 MiB/s and more.
LEAST_ROUND_TRIP_S = 0.02
# With what OpenSSH has to say of so much, that many answers of 36 bytes fill a segment of 1460.
EVERY_BYTES = 256 * 1024
COUNT = 38
# An upload whose window was not full for so long is not held up by it.
_HELD_UP_FOR_BYTES = 16 * 1024 * 1024


class RoomPrompt:
    """Of one SSH connection. Relay thread."""

    def __init__(self) -> None:
        self._left = 0
        self._since = 0

    def is_due(self, sent: int, round_trip_s: float | None, *, is_full: bool) -> bool:
        """So many bytes were sent, and the server takes no more for now where it `is_full`."""
        if is_full:
            self._left = _HELD_UP_FOR_BYTES
        if not self._left or round_trip_s is None or round_trip_s < LEAST_ROUND_TRIP_S:
            return False
        self._left = max(self._left - sent, 0)
        self._since += sent
        if self._since < EVERY_BYTES:
            return False
        self._since = 0
        return True
