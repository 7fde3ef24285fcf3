"""``import --ssh-config``: the aliases that forward a port, as connections."""

from __future__ import annotations

import sys

from desktop.compose.backstage import Backstage
from desktop.core.errors import Cause
from desktop.engine.alias_arrivals import AliasArrival, alias_arrivals
from desktop.ssh_config.view import AliasViews
from desktop.wording.aliases import no_forwards_line, unforwarding_line
from desktop.wording.exchange import alias_arrival_notes, way_line
from desktop.wording.messages import advice, title


def import_aliases(backstage: Backstage, *, dry_run: bool) -> bool:
    """False where something can't be read or saved; the rest is saved all the same. Raises `ConfigNotWritable`."""
    found = AliasViews().forwarding()
    if found.cause is not None:
        _complain(found.cause)
        return False
    arrivals = alias_arrivals(found, backstage.library.connections)
    coming = [each.arrival for each in arrivals if each.arrival is not None and each.arrival.is_new]
    if coming and not dry_run:
        backstage.library.put(*(arrival.connection for arrival in coming))
    for each in arrivals:
        _tell(each, dry_run=dry_run)
    rest = unforwarding_line(found.without) if arrivals else no_forwards_line(found.without)
    if rest:
        print(rest)
    return all(each.view.cause is None and _can_be_saved(each) for each in arrivals)


def _can_be_saved(each: AliasArrival) -> bool:
    return each.arrival is None or each.arrival.can_be_saved


def _tell(each: AliasArrival, *, dry_run: bool) -> None:
    notes, arrival = (
        alias_arrival_notes(each.arrival, each.left_out, is_narrowed=each.is_narrowed),
        each.arrival,
    )
    if each.view.cause is not None:
        print(f"{each.view.alias}: not imported", file=sys.stderr)
        _complain(each.view.cause)
    elif arrival is None:
        print(f"{each.view.alias}: {notes}", file=sys.stderr)
    elif arrival.is_new:
        print(
            f"{'Would save' if dry_run else 'Saved'} {arrival.connection.name}: {way_line(arrival.connection)}"
        )
        if notes:
            print(f"  {notes}")
    else:
        print(f"{arrival.given.name}: {notes}", file=sys.stdout if arrival.can_be_saved else sys.stderr)


def _complain(cause: Cause) -> None:
    print(f"caponier: {title(cause)}\n{advice(cause)}", file=sys.stderr)
