"""How busy an SSH connection is."""

from __future__ import annotations

HALF_LIFE_S = 1.0
# Reached by some 6 MB/s that last: an export, not the answer of a dashboard's query.
BULK_BYTES = 8 * 1024 * 1024
# What was fast is not busy for longer afterwards than what was slow.
MOST_BYTES = 4 * BULK_BYTES


class Load:
    """The bytes of the last moments, to `MOST_BYTES`; each second half is forgotten. `now_mono` never jumps back."""

    def __init__(self) -> None:
        self._bytes = 0.0
        self._at_mono = 0.0

    def add(self, size: int, now_mono: float) -> None:
        self._bytes = min(self.value(now_mono) + size, MOST_BYTES)
        self._at_mono = now_mono

    def value(self, now_mono: float) -> float:
        return float(self._bytes * 0.5 ** ((now_mono - self._at_mono) / HALF_LIFE_S))

    def is_bulk(self, now_mono: float) -> bool:
        # Mostly that little came is all there is to see.
        return self._bytes >= BULK_BYTES and self.value(now_mono) >= BULK_BYTES

    def busy(self, now_mono: float) -> float:
        """To compare with others: nothing while it is not bulk."""
        value = self.value(now_mono)
        return value if value >= BULK_BYTES else 0.0
