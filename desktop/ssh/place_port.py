"""A local port whose clients are all led to one place, which is judged by what they hear from there."""

from __future__ import annotations

import socket
import time

from desktop.core.errors import Cause
from desktop.core.guarded import greets_each
from desktop.core.model import Connection, Endpoint, Place
from desktop.ssh.client import LocalClient
from desktop.ssh.greeted_client import GreetedClient
from desktop.ssh.identification import Identifications
from desktop.ssh.local_port import LocalPort, PortParts
from desktop.ssh.phase import Phase
from desktop.ssh.port_guard import PortGuard
from desktop.ssh.witness import Witness

# Before the first byte: an answer to a query may take hours, a greeting does not.
SILENT_AFTER_S = 30.0
# One timer for all clients of the port.
LOOK_FOR_SILENT_EVERY_S = 10.0


class PlacePort(LocalPort):
    """All its clients are led to `place`."""

    def __init__(self, place: Place, parts: PortParts, identifications: Identifications) -> None:
        super().__init__(parts)
        self._place = place
        self._identifications = identifications
        self._guard = self._guard_of(parts.connection)
        self._is_looking = False
        # For the next program that comes.
        self._next: LocalClient | None = None

    def close(self) -> None:
        if self._guard is not None:
            self._guard.give_up()
        super().close()

    def gate_moved(self) -> None:
        """A session carries new clients from now on, or none does, or they are refused."""
        if self._guard is not None:
            self._guard.gate_moved(self._parked())

    def movable(self) -> tuple[LocalClient, ...]:
        # Who was looked at over one session may find another warehouse over the next.
        return self.present() if self._guard is None or greets_each(self._connection) else ()

    def reguard(self, connection: Connection) -> None:
        """Those that wait are looked at anew, also for their way to be opened; those that are through stay."""
        if self._guard is not None:
            self._guard.give_up()
        self._connection = connection
        self._guard = self._guard_of(connection)
        self._report.guard_judged(connection.id, None)
        for client in self.present():
            if client.phase is Phase.PARKED or client.withdraw():
                self._gate.forget(client)
                self._take(client)

    def client_gone(self, client: LocalClient) -> None:
        if self._guard is not None:
            self._guard.forget(client)
        super().client_gone(client)

    def client_opened(self) -> None:
        super().client_opened()
        self._prepare_next()
        self._look_for_silent_soon()

    def _welcome(self, sock: socket.socket, peer: Endpoint) -> None:
        self._let_in(self._client(sock, peer))

    def _client(self, sock: socket.socket, peer: Endpoint) -> LocalClient:
        if self._guard is None or not greets_each(self._connection):
            client, self._next = self._next or self._new_client(), None
            client.welcome(sock, peer)
            return client
        greeted = GreetedClient(
            sock, peer, self._place, self._loop, self, self._park_timeout_s, self._meet_stranger
        )
        greeted.witness = self._new_witness()
        return greeted

    def _new_client(self) -> LocalClient:
        client = LocalClient(self._place, self._loop, self, self._park_timeout_s)
        client.witness = self._new_witness()
        return client

    def _new_witness(self) -> Witness:
        return Witness(self._connection.kind, self._place, self._tell_answer)

    def _prepare_next(self) -> None:
        self._next = self._next or self._new_client()

    def _let_in(self, client: LocalClient) -> None:
        if self._guard is None:
            super()._let_in(client)
            return
        self._clients[client] = None
        self._guard.take(client)
        self._note_change()

    def _readmit(self, clients: list[LocalClient]) -> None:
        for client in clients:
            self._take(client)

    def _take(self, client: LocalClient) -> None:
        if self._guard is not None:
            self._guard.take(client)
            return
        if isinstance(client, GreetedClient):
            client.expected = None
        self._gate.admit(client)

    def _meet_stranger(self, client: GreetedClient, version: str) -> None:
        """The guard may be another by now than the one that looked."""
        if client.phase is Phase.GONE:
            return
        guard, known = self._guard, self._connection.guard.identity
        if guard is not None and version != known.greeting:
            guard.take_stranger(client, version)
        else:
            client.park(expires=True)
            self._take(client)

    def _parked(self) -> tuple[LocalClient, ...]:
        return tuple(client for client in self.present() if client.phase is Phase.PARKED)

    def _guard_of(self, connection: Connection) -> PortGuard | None:
        if not connection.guard.is_on:
            return None
        return PortGuard(
            connection,
            self._place,
            self._identifications,
            self._gate,
            self._loop,
            self._report,
            self._note_change,
        )

    def _tell_refusal(self, cause: Cause) -> None:
        self._report.forward_refused(self._connection.id, cause)

    def _tell_answer(self, cause: Cause | None) -> None:
        """Any thread."""
        self._report.warehouse_judged(self._connection.id, cause)

    def _look_for_silent_soon(self) -> None:
        if not self._is_looking:
            self._is_looking = True
            self._loop.call_later(LOOK_FOR_SILENT_EVERY_S, self._look_for_silent)

    def _look_for_silent(self) -> None:
        self._is_looking = False
        now = time.monotonic()
        for client in self.present():
            witness = client.witness
            if witness is None or witness.is_done:
                continue
            self._look_for_silent_soon()
            if not client.is_open or not witness.awaits_first:
                continue
            if witness.due_mono is None:
                witness.due_mono = now
            elif now - witness.due_mono >= SILENT_AFTER_S:
                self._tell_answer(witness.silent(SILENT_AFTER_S))
