"""How late an event loop was, moment by moment."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Lateness:
    """`late_ms` has what came for each moment at which something was due; `painted_mono` when the curve was drawn.

    Moments that a busy loop skips count as well, each with its own wait: one long pause is many late events.
    """

    due_mono: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    painted_mono: list[float] = field(default_factory=list)

    def late_between(self, start_mono: float, end_mono: float) -> list[float]:
        pairs = zip(self.due_mono, self.late_ms, strict=True)
        return [late_ms for due_mono, late_ms in pairs if start_mono <= due_mono < end_mono]

    def count_painted(self, start_mono: float, end_mono: float) -> int:
        return sum(start_mono <= at_mono < end_mono for at_mono in self.painted_mono)
