"""How relays look at warehouses.

The probes are imported by the first look: with the check's they are a tenth of a start of the program.
"""

from __future__ import annotations

import socket

from desktop.core.errors import Cause
from desktop.core.identity import WarehouseIdentity
from desktop.core.model import Connection
from desktop.ssh.warehouse_look import Looker


def looker() -> Looker:
    return Looker(_is_harmless, _look, _identify)


def _is_harmless(kind: str) -> bool:
    from desktop.probe.look import is_harmless

    return is_harmless(kind)


def _look(connection: Connection, sock: socket.socket) -> Cause | None:
    from desktop.probe.look import look

    return look(connection, sock)


def _identify(connection: Connection, sock: socket.socket) -> WarehouseIdentity:
    from desktop.probe.identify import identify

    return identify(connection, sock)
