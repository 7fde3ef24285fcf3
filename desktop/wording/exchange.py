"""What is said of connections that come from, or go to, a file."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.core.exchange import Arrival
from desktop.core.model import AuthMethod, Connection
from desktop.wording.problems import problem_text
from desktop.wording.quantities import counted
from desktop.wording.targets import where_line
from desktop.wording.way import through

COMMAND_ADVICE = "If you know what that program does, import the file again with --with-commands."


FOREIGN_COMMAND = (
    "What you are importing reaches its bastion by a program. Each time you connect, it runs here as if you had typed"
    " it yourself. Go on only if you know what it does:"
)


def way_line(connection: Connection) -> str:
    """Where a connection leads, and which way."""
    forward = connection.forward
    port = forward.local_port or "automatic"
    return f"{where_line(connection)} through {through(connection.route)}, local port {port}"


def arrival_notes(arrival: Arrival) -> str:
    """What is not as the file has it, or what the person must do; empty where all is well."""
    return " ".join(_notes(arrival))


def foreign_command_question(count: int) -> str:
    return f"Let {counted(count, 'command')} of somebody else run on this computer?"


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
    if any(hop.auth.method is AuthMethod.PASTED_KEY for hop in connection.route.hops):
        yield "Paste its key in the editor before you connect."
    for name in arrival.missing_files:
        yield f"The file {name} is not on this computer; choose another in the editor."
    if arrival.command:
        yield f"Runs this program on your computer each time it connects: {arrival.command}"
