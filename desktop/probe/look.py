"""A look at a warehouse that nobody asked for: is it there, and well?"""

from __future__ import annotations

import socket

from desktop.core.errors import CaponierError, Cause
from desktop.core.model import Connection
from desktop.core.warehouses import WireProtocol, warehouse
from desktop.probe.visit import Visit

# MySQL's own count what leaves after the greeting, and block who does it too often. Of the unknown ones, nobody knows.
_ASKED_FOR_ONLY = frozenset({WireProtocol.MYSQL, WireProtocol.UNKNOWN, WireProtocol.TLS})


def is_harmless(kind: str) -> bool:
    """Whether a warehouse of this kind may be looked at without a person's demand."""
    return warehouse(kind).protocol not in _ASKED_FOR_ONLY


def look(connection: Connection, sock: socket.socket) -> Cause | None:
    """None where it answers as it should. Blocks; the socket stays the caller's, who may shut it down meanwhile."""
    visit = Visit(connection, lambda: sock)
    try:
        visit.greet()
    except CaponierError as error:
        return error.cause
    return None
