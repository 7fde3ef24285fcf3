"""ClickHouse's native protocol: asked over HTTP, to which it says that this port is for its own client.

ClickHouse's source has that where the server receives a Hello (TCPHandler.cpp), for a first byte of G or P. A Hello of
its own would have to name a user, and be a login that fails.
"""

from __future__ import annotations

from desktop.core.model import Connection
from desktop.core.warehouses import warehouse
from desktop.probe.speech import Greeting, Speech

SAYS_NATIVE = b"is for clickhouse-client program"


def _is_whole(heard: bytes) -> bool:
    return SAYS_NATIVE in heard


def _read(connection: Connection, heard: bytes) -> Greeting | None:
    return Greeting(warehouse(connection.kind).title) if SAYS_NATIVE in heard else None


SPEECH = Speech(lambda _: b"GET / HTTP/1.0\r\n\r\n", _is_whole, _read, may_begin_with_tls=True)
