"""What is said of connections that come from the files of other programs."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.core.errors import Cause
from desktop.core.exchange import Arrival
from desktop.core.foreign import Obstacle, Remark, Tool
from desktop.core.model import LOOPBACKS, Connection, Endpoint
from desktop.wording.exchange import own_arrival_notes

FOREIGN_HEADING = "Import from another program"
TOOL_NAMES = {
    Tool.DBEAVER: "DBeaver",
    Tool.DATAGRIP: "DataGrip",
    Tool.PGADMIN: "pgAdmin",
    Tool.PG_SERVICE: "pg_service.conf",
}
_REMARKS = {
    Remark.LOGIN_LEFT: "The file holds a password, which was left there: type it where you are asked for it.",
    Remark.CLIENT_CERTIFICATE_LEFT: "Its client certificate is not imported: name it in the program that connects.",
    Remark.PROXY_LEFT: "Its proxy is not imported: add one in the editor if it needs one.",
    Remark.TUNNEL_USER_GUESSED: "The file does not say who logs in to its bastion: check the user in the editor.",
    Remark.TUNNEL_KEY_UNNAMED: "The file does not name the key of its bastion: the SSH agent is asked for one, unless"
    " you choose a file in the editor.",
    Remark.NAME_CHECKED_TOO: "Here the name in the warehouse's certificate is checked, too, not only who issued it.",
}
_OBSTACLES = {
    Obstacle.NOT_UNDERSTOOD: "its entry can't be understood.",
    Obstacle.NOT_A_SERVER: "it is a file on this computer, not a server.",
    Obstacle.LOCAL_SOCKET: "it leads to a socket of this computer, which needs no help.",
    Obstacle.NO_HOST: "its entry names no server.",
    Obstacle.SEVERAL_HOSTS: "its entry names several servers. Add one connection for each.",
    Obstacle.NO_PORT: "its entry names no port from 1 to 65535. Add it by hand.",
    Obstacle.TUNNEL_UNKNOWN: "its entry goes through a tunnel whose settings are not in the files that were read. Add"
    " it by hand.",
}
_DIRECT = "No bastion is named there, so it is direct: add one in the editor if it needs one."
_HERE = "It leads to this computer itself. Where that is the end of another tunnel, add the real way in the editor."
_WHERE = {
    Tool.DBEAVER: "Name its file data-sources.json, which is in the folder .dbeaver of a project.",
    Tool.DATAGRIP: "Name its file dataSources.xml, which is in the folder .idea of a project.",
    Tool.PGADMIN: "In pgAdmin, choose Tools and Import/Export Servers, export them, and name the file that it wrote.",
    Tool.PG_SERVICE: "Name the file; libpq looks for it where PGSERVICEFILE says.",
}


def import_heading(tool: Tool) -> str:
    return f"Import from {TOOL_NAMES[tool]}"


def foreign_notes(arrival: Arrival, remarks: tuple[Remark, ...]) -> str:
    """What is not as the file has it, or what the person must do; empty where all is well."""
    return " ".join(_notes(arrival, remarks))


def obstacle_note(obstacle: Obstacle | None) -> str:
    return f"Can't be imported: {_OBSTACLES[obstacle or Obstacle.NOT_UNDERSTOOD]}"


def broken_note(cause: Cause) -> str:
    """Of a file, for an `ImportUnreadable`; the others are imported all the same."""
    return f"Can't be read: {cause.fact('reason').rstrip('.')}."


def nothing_found_line(tool: Tool) -> str:
    """There is no file in the usual places."""
    return f"Nothing of {TOOL_NAMES[tool]} was found in its usual places. {_WHERE[tool]}"


def holds_nothing_line(tool: Tool) -> str:
    return f"{TOOL_NAMES[tool]} has no connection to import"


def foreign_explanation(tool: Tool, broken: int = 0) -> str:
    """`broken` is how many files can't be read, which stand before all that was found."""
    found = (
        f"These were found in the files of {TOOL_NAMES[tool]}, which stay as they are. Passwords and keys are not"
        " imported; a key file is named by its path."
    )
    if not broken:
        return found
    if broken == 1:
        return f"{found} One file can't be read; it stands first, with the reason."
    return f"{found} {broken} files can't be read; they stand first, with the reasons."


def _notes(arrival: Arrival, remarks: tuple[Remark, ...]) -> Iterator[str]:
    if own := own_arrival_notes(arrival):
        yield own
    if not arrival.is_new:
        return
    if arrival.connection.route.is_direct:
        yield _HERE if _is_here(arrival.connection) else _DIRECT
    yield from (_REMARKS[each] for each in remarks)


def _is_here(connection: Connection) -> bool:
    target = connection.forward.target
    return isinstance(target, Endpoint) and target.host.casefold() in (*LOOPBACKS, "localhost")
