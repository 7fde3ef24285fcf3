"""The computer's clocks."""

from __future__ import annotations

import time


class SystemClock:
    """Implements `core.system_ports.Clock`. `mono` stands still during sleep on Linux and macOS, not on Windows."""

    def mono(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()
