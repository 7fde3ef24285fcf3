"""Rates from byte counters."""

from __future__ import annotations

from collections import deque

from desktop.core.model import Traffic

SAMPLES = 90


class TrafficMeter:
    """Bytes a second, towards the warehouse and from it, oldest first; at most `SAMPLES` of each."""

    def __init__(self) -> None:
        self.sent: deque[float] = deque(maxlen=SAMPLES)
        self.received: deque[float] = deque(maxlen=SAMPLES)
        self._last: tuple[float, Traffic] | None = None

    def add(self, at_mono: float, traffic: Traffic) -> None:
        """Counters that went back belong to a port that was opened anew: a fresh start."""
        last, self._last = self._last, (at_mono, traffic)
        if last is None or at_mono <= last[0]:
            return
        elapsed_s = at_mono - last[0]
        self.sent.append(max(0, traffic.sent - last[1].sent) / elapsed_s)
        self.received.append(max(0, traffic.received - last[1].received) / elapsed_s)
