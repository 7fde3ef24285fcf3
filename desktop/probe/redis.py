"""Redis: PING, answered by PONG or by the wish for a login (Redis' documentation, "PING" and "RESP simple errors")."""

from __future__ import annotations

from desktop.core.model import Connection
from desktop.core.warehouses import warehouse
from desktop.probe.speech import Greeting, Speech

_ANSWERS = (b"+PONG", b"-NOAUTH", b"-NOPERM", b"-WRONGPASS", b"-ERR operation not permitted")


def _is_whole(heard: bytes) -> bool:
    return b"\r\n" in heard or heard[:1] not in (b"", b"+", b"-")


def _read(connection: Connection, heard: bytes) -> Greeting | None:
    return Greeting(warehouse(connection.kind).title) if heard.startswith(_ANSWERS) else None


SPEECH = Speech(lambda _: b"PING\r\n", _is_whole, _read, may_begin_with_tls=True)
