"""From what a file says to a connection, the same way for every tool."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from desktop.core.foreign import ForeignEntry, Obstacle, Remark
from desktop.core.model import (
    SSH_PORT,
    Auth,
    AuthMethod,
    Connection,
    Endpoint,
    Forward,
    Hop,
    Proxy,
    Route,
)
from desktop.core.tls import AUTOMATIC, Tls
from desktop.core.validation import MAX_PORT
from desktop.core.warehouses import warehouse
from desktop.store.fields import Damaged
from desktop.store.foreign.kinds import at_port


class LeftOut(Exception):
    """This one entry can't become a connection."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle)
        self.obstacle = obstacle


@dataclass(frozen=True, slots=True)
class Given:
    """What a file says. A `port` is as it is written, empty for the usual one. `hops` has the nearest first."""

    name: str
    kind: str
    host: str
    port: str = ""
    database: str = ""
    user: str = ""
    group: str = ""
    tls: Tls = AUTOMATIC
    hops: Sequence[Hop] = ()
    proxy: Proxy | None = None
    remarks: Iterable[Remark] = ()


def entry_of(name: str, read: Callable[[], Given]) -> ForeignEntry:
    """What `read` gives, or why it can't be had: one odd entry does not cost the others."""
    try:
        given = read()
        return ForeignEntry(given.name, connection_of(given), tuple(dict.fromkeys(given.remarks)))
    except LeftOut as left_out:
        return ForeignEntry(name, obstacle=left_out.obstacle)
    except Damaged:
        return ForeignEntry(name, obstacle=Obstacle.NOT_UNDERSTOOD)


def connection_of(given: Given) -> Connection:
    """Raises `LeftOut`."""
    host = given.host.strip()
    if not host:
        raise LeftOut(Obstacle.NO_HOST)
    # libpq takes "@" at the beginning for an abstract socket.
    if host.startswith(("/", "@")):
        raise LeftOut(Obstacle.LOCAL_SOCKET)
    if "," in host:
        raise LeftOut(Obstacle.SEVERAL_HOSTS)
    port = port_of(given.port, warehouse(given.kind).port)
    return Connection(
        name=given.name,
        route=Route(tuple(given.hops), given.proxy),
        forward=Forward(Endpoint(host, port)),
        kind=at_port(given.kind, port),
        database=given.database,
        warehouse_user=given.user,
        group=given.group,
        tls=given.tls,
    )


def port_of(written: str, usual: int) -> int:
    """Raises `LeftOut`."""
    text = written.strip()
    # A text of thousands of digits is a mistake, and too much for int().
    port = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_PORT)) else 0
    port = port if text else usual
    if not 1 <= port <= MAX_PORT:
        raise LeftOut(Obstacle.NO_PORT)
    return port


class Bastions:
    """Makes hops of what a file says; `remarks` collects what it does not say."""

    def __init__(self, login_name: str) -> None:
        self._login_name = login_name
        self.remarks: list[Remark] = []

    def hop(self, host: str, port: str, user: str, auth: Auth) -> Hop:
        """Raises `LeftOut`: a connection without its bastion would go another way than the person's."""
        if not host.strip():
            raise LeftOut(Obstacle.TUNNEL_UNKNOWN)
        if not user:
            self.remarks.append(Remark.TUNNEL_USER_GUESSED)
        return Hop(host.strip(), user or self._login_name, port_of(port, SSH_PORT), auth)

    def key_file(self, path: str) -> Auth:
        """The key is in a file of that path; an empty one is not named."""
        if path:
            return Auth(AuthMethod.KEY_FILE, path)
        self.remarks.append(Remark.TUNNEL_KEY_UNNAMED)
        return Auth(AuthMethod.AGENT)
