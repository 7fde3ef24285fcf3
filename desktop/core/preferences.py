"""What the person chose for the program as a whole."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preferences:
    """Saved by the program. Whether it starts at login is not here: the system's own entry is the truth about that."""

    connect_again: bool = True
