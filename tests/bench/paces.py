"""How long each part of a round takes: long enough for the distance, and no longer."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Pace:
    """A transfer runs for `warm_s` before it counts for `steady_s`; the download then goes on for `loaded_s`.

    Meanwhile `askers` and `openers` clients at once make their requests, with `pause_s` after each.
    """

    round_trip_ms: float
    idle_asks: int
    idle_opens: int
    warm_s: float
    steady_s: float
    loaded_s: float
    askers: int
    openers: int
    pause_s: float
    connects: int

    @property
    def idle_pause_s(self) -> float:
        """Until the last client's end has been acknowledged: what is sent before that may wait for it (Nagle)."""
        return 0.05 + 2 * self.round_trip_ms / 1000

    @property
    def settle_s(self) -> float:
        """Until what was under way at the end of a transfer is gone."""
        return 0.5 + 2 * self.round_trip_ms / 1000


PACES = {
    "loopback": Pace(0.0, 40, 30, 0.5, 2.0, 3.0, 1, 1, 0.003, 3),
    "50ms": Pace(50.0, 10, 10, 3.0, 3.0, 4.0, 4, 2, 0.01, 2),
    "200ms": Pace(200.0, 4, 4, 5.0, 3.0, 5.0, 8, 4, 0.01, 1),
}


def quick(pace: Pace) -> Pace:
    """Enough to see whether everything works; its figures say little."""
    return replace(
        pace,
        idle_asks=min(pace.idle_asks, 10),
        idle_opens=min(pace.idle_opens, 5),
        warm_s=pace.warm_s / 3,
        steady_s=1.0,
        loaded_s=1.5,
        connects=1,
    )
