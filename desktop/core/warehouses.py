"""Finding one's way in the catalogue of warehouses."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from desktop.core.catalogue import CATALOGUE, OTHER
from desktop.core.model import AnyHost, Connection, Endpoint, Target, UnixSocket
from desktop.core.socks_texts import SOCKS_PORT
from desktop.core.warehouse_kind import Driver, Warehouse, WireProtocol

__all__ = [
    "CATALOGUE",
    "HTTPS_PORT",
    "OTHER",
    "Driver",
    "Warehouse",
    "WireProtocol",
    "kind_for",
    "likely_port",
    "warehouse",
]

_BY_KEY = {entry.key: entry for entry in CATALOGUE}
# Kinds that share a port with everything that speaks HTTPS: the port alone says nothing.
HTTPS_PORT = 443
# What the sockets of servers are called: PostgreSQL's documentation, unix_socket_directories; MySQL's and MariaDB's,
# socket; Redis' own redis.conf; MongoDB's, unixDomainSocket.
_SOCKET_NAMES = (
    (re.compile(r"\.s\.PGSQL\.\d+"), "postgresql"),
    (re.compile(r"mysqlx?d?\.sock"), "mysql"),
    (re.compile(r"mariadbd?\.sock"), "mariadb"),
    (re.compile(r"redis(-server)?\.sock"), "redis"),
    (re.compile(r"mongodb-\d+\.sock"), "mongodb"),
)
_ANY_PORT = 15432


def warehouse(key: str) -> Warehouse:
    """The catalogue's entry, or `OTHER` for a key it does not know."""
    return _BY_KEY.get(key, OTHER)


def kind_for(target: Target) -> str:
    """The warehouse that is usually there: of several with one port, the first of the catalogue."""
    if isinstance(target, Endpoint) and target.port != HTTPS_PORT:
        by_port = (entry.key for entry in CATALOGUE if target.port in (entry.port, entry.tls_port))
        return next(by_port, OTHER.key)
    if isinstance(target, UnixSocket):
        name = PurePosixPath(target.path).name
        return next((kind for pattern, kind in _SOCKET_NAMES if pattern.fullmatch(name)), OTHER.key)
    return OTHER.key


def likely_port(connection: Connection) -> int:
    """A local port for a command that can't leave it to the system."""
    match connection.forward.target:
        case Endpoint(_, port):
            return port
        case AnyHost():
            return SOCKS_PORT
        case UnixSocket():
            return warehouse(connection.kind).port or _ANY_PORT
