"""The servers of a plan, connected one behind the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from desktop.core.model import Place, ProxyKind
from desktop.core.plan import Plan, PlannedHop
from desktop.ssh.command_way import CommandWay
from desktop.ssh.credentials import Credentials
from desktop.ssh.hop_connection import HopConnection
from desktop.ssh.host_check import HostCheck
from desktop.ssh.jump_hosts import Failure, JumpHosts, Passage
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.proxy_way import ProxyWay
from desktop.ssh.resolve import AddressBook
from desktop.ssh.way import DirectWay, Way


class Chain:
    """One thread makes it longer by `hops`, and calls `close` where that fails. `name` is for its threads.

    `on_end` gets the place of a hop whose lane has ended, on that lane's thread. `accepted` as in `DialRequest`.
    """

    def __init__(
        self,
        plan: Plan,
        known_hosts: KnownHosts,
        accepted: frozenset[str],
        book: AddressBook,
        credentials: Credentials,
        name: str,
        on_end: Callable[[int], None],
    ) -> None:
        self.plan = plan
        self._known_hosts = known_hosts
        self._accepted = accepted
        self._book = book
        self._credentials = credentials
        self._name = name
        self._on_end = on_end
        self._lock = threading.Lock()
        self._hung_up = False
        self._connections: list[HopConnection] = []
        self._jump_hosts = JumpHosts(f"{name} jump hosts")
        self._borrowed: JumpHosts | None = None
        # The last hop is one of the jump hosts, too: something is to be reached through it.
        self._leads_on = False

    def branch(self, credentials: Credentials, name: str, on_end: Callable[[int], None]) -> Chain:
        """For one more connection to the last hop, behind the jump hosts of this chain, which must outlive it.

        `credentials` belong to it. A jump host is not logged in to again: it may ask the person, and counts logins.
        What makes answers wait is in front of the last server's one connection, and in there; between jump hosts its
        channels take turns.
        """
        branch = Chain(self.plan, self._known_hosts, self._accepted, self._book, credentials, name, on_end)
        branch._borrowed = self._jump_hosts
        return branch

    def hops(self) -> Iterator[tuple[int, HopConnection]]:
        """Each that is to be logged in to, with its place; it must be before the next is asked for."""
        last = len(self.plan.hops) - 1
        for place in range(last if self._borrowed is not None else 0, last + 1):
            hop = self.plan.hops[place]
            if self._connections:
                self._jump_hosts.add(self._connections[-1])
            yield place, self._add(place, hop)

    @property
    def connections(self) -> list[tuple[int, HopConnection]]:
        """Those of this chain, with their places. Any thread."""
        connections = tuple(self._connections)
        return list(enumerate(connections, start=len(self.plan.hops) - len(connections)))

    @property
    def last(self) -> HopConnection:
        return self._connections[-1]

    def passage_to(self, target: Place, failure: Failure) -> Passage:
        """A way on from the last hop, once that is logged in to; `failure` names what may be in the way."""
        if not self._leads_on:
            self._leads_on = True
            self._jump_hosts.add(self.last)
        return self._jump_hosts.passage_to(target, failure)

    @property
    def is_reached(self) -> bool:
        """The first server, or what is in front of it, has accepted a connection. Any thread."""
        return bool(self._connections) and self._connections[0].is_reached

    def silent_s(self) -> float:
        """Seconds since the last byte from the furthest server that was reached. Any thread, once one was."""
        reached = [each for each in tuple(self._connections) if each.is_reached]
        return reached[-1].silent_s()

    def hang_up(self) -> None:
        """See `HopConnection.hang_up`: all of them, now and in future."""
        with self._lock:
            self._hung_up = True
            connections = tuple(self._connections)
        for connection in connections:
            connection.hang_up()

    def close(self) -> None:
        """Hang up, and wait for every thread but the one that asks."""
        self.hang_up()
        self._jump_hosts.close()
        for connection in self._connections:
            connection.close()

    def _add(self, place: int, hop: PlannedHop) -> HopConnection:
        check = HostCheck(hop.endpoint, hop.trust, self._known_hosts, self._accepted)
        name = f"{self._name} {hop.endpoint.host}" if place < len(self.plan.hops) - 1 else self._name
        connection = HopConnection(
            hop, self._way(place, hop), check, self._credentials.cancel, name, lambda: self._on_end(place)
        )
        with self._lock:
            self._connections.append(connection)
            hung_up = self._hung_up
        if hung_up:
            connection.hang_up()
        return connection

    def _way(self, place: int, hop: PlannedHop) -> Way:
        if place > 0:
            return (self._borrowed or self._jump_hosts).way_to(hop)
        proxy = self.plan.proxy
        if proxy is None:
            return DirectWay(hop, self._book)
        if proxy.kind is ProxyKind.COMMAND:
            return CommandWay(proxy.command, self._name)
        return ProxyWay(proxy, hop, self._book, self._credentials)
