"""What is said of connections that come from, or go to, a file."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.core.exchange import Arrival
from desktop.core.model import AuthMethod, Connection
from desktop.core.warehouses import warehouse
from desktop.wording.problems import problem_text
from desktop.wording.quantities import counted


def way_line(connection: Connection) -> str:
    """Where a connection leads, and which way."""
    bastion, forward = connection.route.bastion, connection.forward
    port = forward.local_port or "automatic"
    return (
        f"{warehouse(connection.kind).title} at {forward.target} through {bastion.user}@{bastion.endpoint}, "
        f"local port {port}"
    )


def arrival_notes(arrival: Arrival) -> str:
    """What is not as the file has it, or what the person must do; empty where all is well."""
    return " ".join(_notes(arrival))


def imported_line(count: int) -> str:
    return f"{counted(count, 'connection')} imported"


def exported_line(count: int, file_name: str) -> str:
    return f"{counted(count, 'connection')} exported to {file_name}"


def _notes(arrival: Arrival) -> Iterator[str]:
    if arrival.problem is not None:
        yield f"Can't be imported: {problem_text(arrival.problem)}"
        return
    if arrival.known_as:
        yield f"Already here as “{arrival.known_as}”."
        return
    given, connection = arrival.given, arrival.connection
    if connection.name != given.name:
        yield f"“{given.name}” is taken; this one will be “{connection.name}”."
    if arrival.lost_its_port:
        yield f"Local port {given.forward.local_port} is taken; it gets an automatic one."
    auth = connection.route.bastion.auth
    if auth.method is AuthMethod.PASTED_KEY:
        yield "Paste its key in the editor before you connect."
    if arrival.lacks_identity_file:
        yield f"The key {auth.identity_file} is not on this computer; choose another in the editor."
