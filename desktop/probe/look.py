"""A look at a warehouse that nobody asked for: is it there again? It begins no login, and leaves at once."""

from __future__ import annotations

import socket

from desktop.core.errors import CaponierError, Cause
from desktop.core.model import Connection
from desktop.core.tls import TlsMode
from desktop.core.warehouse_errors import TlsRequired, WarehouseHungUp, WarehouseUnidentified, WrongProtocol
from desktop.core.warehouses import WireProtocol, warehouse
from desktop.probe.visit import Visit

LOOK_TIMEOUT_S = 10.0
# Whose first word is documented, leaves no line in a log, and is counted by nobody.
_HARMLESS = frozenset({WireProtocol.POSTGRESQL, WireProtocol.HTTP, WireProtocol.REDIS})


def is_harmless(kind: str) -> bool:
    """Whether anybody may look unasked. Never MySQL and MariaDB: they block who leaves after their greeting."""
    return warehouse(kind).protocol in _HARMLESS


def look(connection: Connection, sock: socket.socket) -> Cause | None:
    """None where it answers as it should. Blocks for at most `LOOK_TIMEOUT_S`; `sock` is the caller's to close.

    Raises `WarehouseUnidentified` where nothing was found out.
    """
    if not is_harmless(connection.kind):
        raise ValueError(f"no look at {connection.kind}")
    try:
        Visit(connection, lambda: sock, timeout_s=LOOK_TIMEOUT_S).greet()
    except TlsRequired as error:
        # It is there. Whether programs use TLS is up to them, unless the connection says no.
        return error.cause if connection.tls.mode is TlsMode.OFF else None
    except WrongProtocol as error:
        return _judged(error)
    except CaponierError as error:
        return error.cause
    return None


def _judged(error: WrongProtocol) -> Cause:
    """One that hangs up on the right word without an answer is the right one in trouble, more likely than another.

    But a server that speaks HTTP inside TLS only does so in good health.
    """
    if error.facts["found"] or error.facts["answer"]:
        return error.cause
    about = {"target": error.facts["target"], "kind": error.facts["kind"]}
    if warehouse(about["kind"]).protocol is WireProtocol.HTTP:
        raise WarehouseUnidentified(**about, reason=error.code)
    return WarehouseHungUp(**about).cause
