"""What answered pings tell of the way to a server. Pure: the lane sends them, and says when."""

from __future__ import annotations

import math
from collections import deque
from enum import Enum, auto

# The first answer after a login takes 40 ms more against OpenSSH, which holds it back (Nagle) until our kernel has
# acknowledged what came before it.
_TRIED = 4


class Ping(Enum):
    """Somebody is `TOLD` of the answer, or it is only `MEASURED`; of a `PROMPT`, nothing but its bytes counts."""

    TOLD = auto()
    MEASURED = auto()
    PROMPT = auto()


class Pings:
    """Of one SSH connection, which answers them in their order. Times are monotonic seconds.

    `round_trip_s` is the path's own, None while it is unknown. One thread sends, one at a time takes answers.
    """

    def __init__(self) -> None:
        self.round_trip_s: float | None = None
        self._sent: deque[tuple[float, Ping]] = deque()
        self._latest_s = 0.0
        self._answers = 0
        self._shortest_s = math.inf

    @property
    def is_one_awaited(self) -> bool:
        return bool(self._sent)

    @property
    def wants_more(self) -> bool:
        """Before the path is known."""
        return self._answers < _TRIED

    def sent(self, kind: Ping, count: int, now_mono: float) -> None:
        self._sent.extend([(now_mono, kind)] * count)

    def answered(self, now_mono: float) -> tuple[Ping, float] | None:
        """The ping, and the seconds it took; None where none was sent."""
        if not self._sent:
            return None
        sent_mono, kind = self._sent.popleft()
        took_s = self._latest_s = now_mono - sent_mono
        if kind is not Ping.PROMPT:
            self._answers += 1
            # The shortest is the path's own; longer ones have waited behind data.
            self._shortest_s = min(took_s, self._shortest_s)
            if not self.wants_more:
                self.round_trip_s = self._shortest_s
        return kind, took_s

    def latest_s(self, now_mono: float) -> float:
        """Of the latest answered one, or of the next one so far."""
        try:
            return max(self._latest_s, now_mono - self._sent[0][0])
        except IndexError:
            return self._latest_s
