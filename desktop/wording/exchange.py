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
    if connection.route.is_direct:
        return f"{where_line(connection)}, directly"
    return f"{where_line(connection)} through {through(connection.route)}, {_local_port(connection)}"


def forward_line(connection: Connection) -> str:
    """As `way_line`, where the way is told already."""
    return f"{where_line(connection)}, {_local_port(connection)}"


def arrival_notes(arrival: Arrival) -> str:
    """What is not as the file has it, or what the person must do; empty where all is well."""
    return " ".join((*_notes(arrival), *_notes_of_a_foreign_file(arrival)))


def own_arrival_notes(arrival: Arrival) -> str:
    """As `arrival_notes`, of what the person's own programs know: nothing there is a stranger's."""
    return " ".join(_notes(arrival))


def foreign_command_question(count: int) -> str:
    return f"Let {counted(count, 'command')} of somebody else run on this computer?"


def alias_arrival_notes(arrival: Arrival | None, left_out: str, *, is_narrowed: bool) -> str:
    """Those of a forward in the person's own ssh_config, which has no arrival where it is `left_out`."""
    if arrival is None:
        return f"{left_out} is left out: a connection listens on a port, not on a Unix socket."
    notes = list(_notes(arrival))
    if is_narrowed and arrival.is_new:
        notes.append("For ssh, other computers may use the local port; here it is for this one alone.")
    return " ".join(notes)


def leaving_notes(connection: Connection) -> str:
    """What others need for a connection that is exported; mostly empty."""
    aliases = _aliases(connection)
    return (
        f"{aliases} of your ssh configuration: whoever imports it needs one of that name." if aliases else ""
    )


def imported_line(count: int) -> str:
    return f"{counted(count, 'connection')} imported"


def exported_line(count: int, file_name: str) -> str:
    return f"{counted(count, 'connection')} exported to {file_name}"


def _aliases(connection: Connection) -> str:
    names = [hop.host for hop in connection.route.hops if hop.is_alias]
    if len(names) > 1:
        return f"{', '.join(names)} are aliases"
    return f"{names[0]} is an alias" if names else ""


def _local_port(connection: Connection) -> str:
    return f"local port {connection.forward.local_port or 'automatic'}"


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


def _notes_of_a_foreign_file(arrival: Arrival) -> Iterator[str]:
    """What others have on their computer, and this one may lack."""
    if arrival.is_new and (aliases := _aliases(arrival.connection)):
        yield f"{aliases} of the ssh configuration: your own ~/.ssh/config must name it, too."
