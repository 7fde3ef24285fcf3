"""The saved connections as window and command line edit them: validated, written, then told to the engine."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from desktop.core.config_errors import (
    ConfigNotWritable,
    ConfigUnreadable,
    ConnectionInvalid,
    ConnectionNotFound,
)
from desktop.core.model import Connection
from desktop.core.names import free_name
from desktop.core.ports import ConnectionStore, Tunnels
from desktop.core.validation import Problem, problems_of
from desktop.core.warehouse_errors import NoTunnelToOpen


class Library:
    """Owned by one thread, the one that edits. An edit blocks for the reading and replacing of one file.

    Other processes edit the same file. What they saved is taken over before an edit, so that no edit is lost.
    """

    def __init__(self, store: ConnectionStore, tunnels: Tunnels) -> None:
        self._store = store
        self._tunnels = tunnels
        self._connections: dict[str, Connection] = {}

    @property
    def connections(self) -> tuple[Connection, ...]:
        """In the order they were added."""
        return tuple(self._connections.values())

    def load(self) -> None:
        """Read what was saved and hand it to the engine. Raises `ConfigUnreadable`; the library is empty then."""
        self._take_over(self._store.load())

    def refresh(self) -> None:
        """Take over what another process saved. Raises `ConfigUnreadable`; what is held here stands then."""
        try:
            saved = self._store.load()
        except ConfigUnreadable:
            # The damaged file was set aside. Without a new one, the next reading would find that all is gone.
            with suppress(ConfigNotWritable):
                self._store.save(self.connections)
            raise
        self._take_over(saved)

    def find(self, name: str) -> Connection:
        """By name, ignoring case. Raises `ConnectionNotFound`."""
        for connection in self._connections.values():
            if connection.name.casefold() == name.casefold():
                return connection
        raise ConnectionNotFound(name=name)

    def find_tunnel(self, name: str) -> Connection:
        """As `find`, of those that can be connected. Raises `NoTunnelToOpen`, too."""
        connection = self.find(name)
        if connection.route.is_direct:
            raise NoTunnelToOpen(name=connection.name, target=str(connection.forward.target))
        return connection

    def problems_of(self, connection: Connection) -> tuple[Problem, ...]:
        return problems_of(connection, self._connections.values())

    def put(self, *connections: Connection) -> None:
        """Add or replace. Raises `ConnectionInvalid`, `ConfigNotWritable`, `ConfigUnreadable`: none was saved then."""
        self.refresh()
        together = self._connections | {each.id: each for each in connections}
        problems = [problem for each in connections for problem in problems_of(each, together.values())]
        if problems:
            first = problems[0]
            raise ConnectionInvalid(
                field=first.field,
                problem=first.fault,
                detail=first.detail,
                jump_host=first.jump_host or "",
            )
        self._replace_all(together)
        for connection in connections:
            self._tunnels.put(connection)

    def remove(self, connection_id: str) -> None:
        """Raises `ConfigNotWritable`, `ConfigUnreadable`: it was not done."""
        self.refresh()
        if connection_id not in self._connections:
            return
        self._replace_all({k: v for k, v in self._connections.items() if k != connection_id})
        self._tunnels.remove(connection_id)

    def free_name(self, wish: str) -> str:
        """`wish`, or `wish 2`, `wish 3` ...: the first that no connection bears."""
        return free_name(wish, {connection.name.casefold() for connection in self._connections.values()})

    def copy_of(self, connection: Connection) -> Connection:
        """An unsaved duplicate with a free name and an automatic port. Secrets are not copied."""
        fresh = Connection(name="", route=connection.route, forward=connection.forward)
        forward = replace(connection.forward, local_port=0)
        return replace(connection, id=fresh.id, name=self.free_name(connection.name), forward=forward)

    def _take_over(self, saved: Iterable[Connection]) -> None:
        held, self._connections = self._connections, {each.id: each for each in saved}
        for connection_id in held.keys() - self._connections.keys():
            self._tunnels.remove(connection_id)
        for connection in self._connections.values():
            if held.get(connection.id) != connection:
                self._tunnels.put(connection)

    def _replace_all(self, connections: dict[str, Connection]) -> None:
        self._store.save(tuple(connections.values()))
        self._connections = connections
