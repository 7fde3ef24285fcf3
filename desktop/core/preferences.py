"""What the person chose for the program as a whole."""

from __future__ import annotations

from dataclasses import dataclass

FEWEST_LANES, DEFAULT_LANES, MOST_LANES = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Preferences:
    """Saved by the program. Whether it starts at login is not here: the system's own entry is the truth about that.

    `max_lanes` is how many SSH connections one login may have to its bastion, from `FEWEST_LANES` to `MOST_LANES`.
    With `on_demand`, what is connected again at the start logs in for the first program that needs it.
    """

    connect_again: bool = True
    max_lanes: int = DEFAULT_LANES
    on_demand: bool = False
