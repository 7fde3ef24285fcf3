"""How long each part of a round takes: long enough for the distance, and no longer."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Pace:
    """A download runs for `warm_s` before it counts for `steady_s`, and then goes on beside clients.

    One client asks for `loaded_asks_s`, with `pause_s` between, as programs do that make one query after another; then
    others come one by one for `loaded_opens_s`, with `loaded_pause_s` between.
    """

    round_trip_ms: float
    idle_asks: int
    idle_opens: int
    warm_s: float
    steady_s: float
    loaded_asks_s: float
    loaded_opens_s: float
    pause_s: float
    connects: int

    @property
    def upload_warm_s(self) -> float:
        """No peer's window for it grows: sshd's own is 2 MiB."""
        return self.warm_s / 2

    @property
    def idle_pause_s(self) -> float:
        """Until the last client's end has been acknowledged: what is sent before that may wait for it (Nagle)."""
        return 0.05 + 2 * self.round_trip_ms / 1000

    @property
    def loaded_pause_s(self) -> float:
        """Until the last client's end has been acknowledged, too."""
        return self.pause_s + 3 * self.round_trip_ms / 1000

    @property
    def settle_s(self) -> float:
        """Until what was under way at the end of a transfer is gone."""
        return 0.5 + 2 * self.round_trip_ms / 1000


PACES = {
    "loopback": Pace(
        round_trip_ms=0.0,
        idle_asks=20,
        idle_opens=20,
        warm_s=0.5,
        steady_s=1.5,
        loaded_asks_s=2.0,
        loaded_opens_s=2.0,
        pause_s=0.003,
        connects=3,
    ),
    "50ms": Pace(
        round_trip_ms=50.0,
        idle_asks=8,
        idle_opens=8,
        warm_s=2.5,
        steady_s=2.5,
        loaded_asks_s=6.0,
        loaded_opens_s=5.0,
        pause_s=0.01,
        connects=2,
    ),
    # TCP alone takes four seconds here until it is fast.
    "200ms": Pace(
        round_trip_ms=200.0,
        idle_asks=3,
        idle_opens=3,
        warm_s=4.0,
        steady_s=2.0,
        loaded_asks_s=5.0,
        loaded_opens_s=4.0,
        pause_s=0.01,
        connects=1,
    ),
}


def quick(pace: Pace) -> Pace:
    """Enough to see whether everything works; its figures say little."""
    return replace(
        pace,
        idle_asks=min(pace.idle_asks, 10),
        idle_opens=min(pace.idle_opens, 5),
        warm_s=pace.warm_s / 3,
        steady_s=1.0,
        loaded_asks_s=1.0,
        loaded_opens_s=1.0,
        connects=1,
    )
