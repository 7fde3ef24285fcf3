"""``import --from``: the connections of another program."""

from __future__ import annotations

import sys

from desktop.compose.backstage import Backstage
from desktop.core.foreign import Tool
from desktop.core.names import tidied
from desktop.engine.foreign_arrivals import ForeignArrival, foreign_arrivals
from desktop.wording.exchange import way_line
from desktop.wording.foreign import (
    broken_note,
    foreign_notes,
    holds_nothing_line,
    nothing_found_line,
    obstacle_note,
)
from desktop.wording.messages import advice, title


def import_foreign(backstage: Backstage, tool: Tool, file: str, *, dry_run: bool) -> bool:
    """False where something can't be read or saved, or nothing was found; what can be saved is, all the same.

    Raises `ConfigNotWritable`.
    """
    finds = backstage.foreign.read(tool, file)
    if finds.refusal is not None:
        print(f"caponier: {title(finds.refusal)}\n{advice(finds.refusal)}", file=sys.stderr)
        return False
    if not finds.files:
        print(f"caponier: {nothing_found_line(tool)}", file=sys.stderr)
        return False
    arrivals = foreign_arrivals(finds, backstage.library.connections)
    coming = [each.arrival for each in arrivals if each.arrival is not None and each.arrival.is_new]
    if coming and not dry_run:
        backstage.library.put(*(arrival.connection for arrival in coming))
    for cause in finds.broken:
        print(f"{cause.fact('path')}: {broken_note(cause)}", file=sys.stderr)
    for each in arrivals:
        _tell(each, dry_run=dry_run)
    if not arrivals and not finds.broken:
        print(holds_nothing_line(tool))
    return not finds.broken and all(
        each.arrival is not None and each.arrival.can_be_saved for each in arrivals
    )


def _tell(each: ForeignArrival, *, dry_run: bool) -> None:
    arrival, name = each.arrival, tidied(each.entry.name) or "A connection without a name"
    if arrival is None:
        print(f"{name}: {obstacle_note(each.entry.obstacle)}", file=sys.stderr)
        return
    notes = foreign_notes(arrival, each.entry.remarks)
    if not arrival.is_new:
        print(f"{name}: {notes}", file=sys.stdout if arrival.can_be_saved else sys.stderr)
        return
    print(f"{'Would save' if dry_run else 'Saved'} {arrival.connection.name}: {way_line(arrival.connection)}")
    if notes:
        print(f"  {notes}")
