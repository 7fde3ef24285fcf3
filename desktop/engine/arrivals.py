"""What saving the connections of somebody else's file would mean here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from desktop.core.exchange import Arrival
from desktop.core.model import AUTOMATIC_PORT, AuthMethod, Connection, Endpoint
from desktop.core.names import free_name, tidied
from desktop.core.validation import problems_of, reserved_port


def arrivals_of(given: Iterable[Connection], saved: Iterable[Connection]) -> tuple[Arrival, ...]:
    """In the file's order, each under a name and a port that neither `saved` nor an earlier one has.

    Blocks for a look at each identity file. Nothing is saved.
    """
    planner = _Planner(saved)
    return tuple(planner.arrival_of(each) for each in given)


class _Planner:
    def __init__(self, saved: Iterable[Connection]) -> None:
        saved = tuple(saved)
        self._names = {each.name.strip().casefold() for each in saved}
        self._ports = {reserved_port(each) for each in saved} - {AUTOMATIC_PORT}
        self._known = {_destination(each): each.name for each in reversed(saved)}

    def arrival_of(self, given: Connection) -> Arrival:
        given = _tidy(given)
        known_as = self._known.get(_destination(given), "")
        connection = self._made_to_fit(given)
        problem = next(iter(problems_of(connection, ())), None)
        return Arrival(given, connection, known_as, problem, _missing_files(connection))

    def _made_to_fit(self, given: Connection) -> Connection:
        # A blank name stays one: that is said, not numbered.
        name = free_name(given.name, self._names) if given.name else ""
        taken = reserved_port(given) in self._ports
        forward = replace(given.forward, local_port=AUTOMATIC_PORT) if taken else given.forward
        connection = Connection(name=name, route=given.route, forward=forward)
        self._names.add(name.casefold())
        self._ports |= {reserved_port(connection)} - {AUTOMATIC_PORT}
        return replace(given, id=connection.id, name=name, forward=forward)


def _tidy(given: Connection) -> Connection:
    return replace(
        given,
        name=tidied(given.name),
        group=tidied(given.group),
        database=tidied(given.database),
        warehouse_user=tidied(given.warehouse_user),
        tls=replace(given.tls, server_name=tidied(given.tls.server_name)),
    )


def _destination(connection: Connection) -> tuple[object, ...]:
    """Equal for two connections that lead the same person to the same place, whatever they are called."""
    hops = tuple((hop.host.casefold(), hop.port, hop.user, hop.is_alias) for hop in connection.route.hops)
    way = hops, connection.route.proxy
    target = connection.forward.target
    if isinstance(target, Endpoint):
        target = replace(target, host=target.host.casefold())
    return way, target, connection.database, connection.warehouse_user


def _missing_files(connection: Connection) -> tuple[str, ...]:
    named: list[str] = []
    for hop in connection.route.hops:
        named += [hop.auth.identity_file] if hop.auth.method is AuthMethod.KEY_FILE else []
        named += [hop.auth.certificate_file] if hop.auth.certificate_file else []
    named += [connection.tls.ca_file] if connection.tls.ca_file else []
    return tuple(name for name in dict.fromkeys(named) if _is_missing(name))


def _is_missing(name: str) -> bool:
    path = Path(name)
    # Longer than "C:" is the name of a server: Windows would log in there with the person's own account.
    if len(path.drive) > len("C:"):
        return True
    try:
        return not path.expanduser().is_file()
    except (OSError, RuntimeError, ValueError):
        return True
