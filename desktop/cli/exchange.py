"""``export`` and ``import``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from desktop.compose.backstage import Backstage
from desktop.core.exchange import Arrival
from desktop.engine.arrivals import arrivals_of
from desktop.wording.exchange import COMMAND_ADVICE, arrival_notes, exported_line, leaving_notes, way_line

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
    for connection in connections:
        if notes := leaving_notes(connection):
            print(f"{connection.name}: {notes}", file=sys.stderr)


def import_file(backstage: Backstage, file: str, *, dry_run: bool, with_commands: bool) -> bool:
    """False where a connection can't be saved as it is. Raises `ImportUnreadable`, `ConfigNotWritable`.

    `with_commands` says that the person has read the commands that the file would have run here.
    """
    arrivals = arrivals_of(backstage.exchange.read(file), backstage.library.connections)
    coming = [each for each in arrivals if each.is_harmless or (each.is_new and with_commands)]
    if coming and not dry_run:
        backstage.library.put(*(arrival.connection for arrival in coming))
    for arrival in arrivals:
        _tell(arrival, is_coming=arrival in coming, dry_run=dry_run)
    return all(arrival.can_be_saved and (arrival in coming or not arrival.is_new) for arrival in arrivals)


def _tell(arrival: Arrival, *, is_coming: bool, dry_run: bool) -> None:
    notes = arrival_notes(arrival)
    if arrival.is_new and not is_coming:
        print(f"{arrival.given.name}: not saved. {notes}", file=sys.stderr)
        print(f"  {COMMAND_ADVICE}", file=sys.stderr)
    elif is_coming:
        connection = arrival.connection
        print(f"{'Would save' if dry_run else 'Saved'} {connection.name}: {way_line(connection)}")
        if notes:
            print(f"  {notes}")
    else:
        name = arrival.given.name or "A connection without a name"
        print(f"{name}: {notes}", file=sys.stdout if arrival.can_be_saved else sys.stderr)
