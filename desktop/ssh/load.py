"""How busy an SSH connection is."""

from __future__ import annotations

HALF_LIFE_S = 1.0
# Reached by some 6 MB/s that last: an export, not the answer of a dashboard's query.
BULK_BYTES = 8 * 1024 * 1024


class Load:
    """The bytes of the last moments; each second half of them is forgotten. `now_mono` never jumps back."""

    def __init__(self) -> None:
        self._bytes = 0.0
        self._at_mono = 0.0

    def add(self, size: int, now_mono: float) -> None:
        self._bytes = self.value(now_mono) + size
        self._at_mono = now_mono

    def value(self, now_mono: float) -> float:
        return float(self._bytes * 0.5 ** ((now_mono - self._at_mono) / HALF_LIFE_S))

    def is_bulk(self, now_mono: float) -> bool:
        return self.value(now_mono) >= BULK_BYTES
