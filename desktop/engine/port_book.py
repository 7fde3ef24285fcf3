"""Whose local port is whose: so that a program set up for one warehouse never reaches another by an old port number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from desktop.core.errors import PortReserved
from desktop.core.model import AUTOMATIC_PORT, Connection
from desktop.core.ports import PortMemory
from desktop.core.validation import reserved_port

# Far more than anybody has. Those that were used last are kept.
MOST_REMEMBERED = 1000


class PortBook:
    """Engine thread. A fixed port belongs to the connection that was added first, even while that is off.

    An automatic one stays with the connection that used it last, from one start of the program to the next.
    """

    def __init__(self, memory: PortMemory) -> None:
        """Blocks for what is remembered."""
        self._memory = memory
        self._used = dict(memory.load())

    def last_port(self, connection: Connection) -> int:
        """The automatic port that it had, or `AUTOMATIC_PORT`."""
        return self._used.get(connection.id, AUTOMATIC_PORT)

    def note(self, connection: Connection, port: int) -> None:
        """It has an automatic port now. Blocks for a small file where that is another one than the last time."""
        if self._used.pop(connection.id, None) != port:
            kept = list(self._used.items())[1 - MOST_REMEMBERED :]
            self._used = {**dict(kept), connection.id: port}
            self._memory.save(self._used)
        else:
            self._used[connection.id] = port

    def forget(self, connection: Connection) -> None:
        """It is deleted, and its port is anybody's."""
        if self._used.pop(connection.id, None) is not None:
            self._memory.save(self._used)

    def check(self, connection: Connection, everyone: Iterable[Connection]) -> None:
        """`everyone` in the order they were added. Raises `PortReserved` where an earlier one has the same port."""
        port = reserved_port(connection)
        for other in everyone:
            if other.id == connection.id:
                return
            if port and reserved_port(other) == port:
                raise PortReserved(port=port, name=other.name)

    def others_ports(self, connection: Connection, everyone: Iterable[Connection]) -> frozenset[int]:
        """Those that a port of this connection's must not be."""
        others = {other.id: other for other in everyone if other.id != connection.id}
        fixed = {reserved_port(other) for other in others.values()}
        automatic = {self._used.get(key, AUTOMATIC_PORT) for key in others}
        return frozenset(fixed | automatic) - {AUTOMATIC_PORT}


class NoPortMemory:
    """Implements `core.ports.PortMemory`: nothing outlives the engine."""

    def load(self) -> Mapping[str, int]:
        return {}

    def save(self, ports: Mapping[str, int]) -> None: ...
