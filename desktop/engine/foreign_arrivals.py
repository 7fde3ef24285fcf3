"""What saving the connections of another program would mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop.core.exchange import Arrival
from desktop.core.foreign import ForeignEntry, ForeignFinds
from desktop.core.model import Connection
from desktop.engine.arrivals import arrivals_of


@dataclass(frozen=True, slots=True)
class ForeignArrival:
    """An entry that can't become a connection has no `arrival`."""

    entry: ForeignEntry
    arrival: Arrival | None = None


def foreign_arrivals(finds: ForeignFinds, saved: Iterable[Connection]) -> tuple[ForeignArrival, ...]:
    """In the order of the files; names and ports are as `arrivals_of` has them. Nothing is saved."""
    given = [entry.connection for entry in finds.entries if entry.connection is not None]
    arrivals = iter(arrivals_of(given, saved))
    return tuple(
        ForeignArrival(entry, next(arrivals) if entry.connection is not None else None)
        for entry in finds.entries
    )
