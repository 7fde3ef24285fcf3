"""How far a client of a local port has come."""

from __future__ import annotations

from enum import Enum, auto


class Phase(Enum):
    PARKED = auto()
    OPENING = auto()
    OPEN = auto()
    GONE = auto()
