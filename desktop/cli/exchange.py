"""``export`` and ``import``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from desktop.compose import Backstage
from desktop.core.exchange import Arrival
from desktop.engine.arrivals import arrivals_of
from desktop.wording.exchange import arrival_notes, exported_line, way_line

_STANDARD_OUTPUT = "-"


def export(backstage: Backstage, file: str, names: Sequence[str]) -> None:
    """Raises `ConnectionNotFound`, `ExportNotWritable`."""
    library = backstage.library
    connections = [library.find(name) for name in names] or library.connections
    if file == _STANDARD_OUTPUT:
        sys.stdout.write(backstage.exchange.encode(connections).decode("ascii"))
    else:
        backstage.exchange.write(file, connections)
        print(exported_line(len(connections), file))


def import_file(backstage: Backstage, file: str, *, dry_run: bool) -> bool:
    """False where a connection can't be saved as it is. Raises `ImportUnreadable`, `ConfigNotWritable`."""
    arrivals = arrivals_of(backstage.exchange.read(file), backstage.library.connections)
    coming = [arrival for arrival in arrivals if arrival.is_new]
    if coming and not dry_run:
        backstage.library.put(*(arrival.connection for arrival in coming))
    for arrival in arrivals:
        _tell(arrival, dry_run=dry_run)
    return all(arrival.can_be_saved for arrival in arrivals)


def _tell(arrival: Arrival, *, dry_run: bool) -> None:
    notes = arrival_notes(arrival)
    if arrival.is_new:
        connection = arrival.connection
        print(f"{'Would save' if dry_run else 'Saved'} {connection.name}: {way_line(connection)}")
        if notes:
            print(f"  {notes}")
    else:
        name = arrival.given.name or "A connection without a name"
        print(f"{name}: {notes}", file=sys.stdout if arrival.can_be_saved else sys.stderr)
