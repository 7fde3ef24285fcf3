"""One local port: its listener, its clients, and what they moved."""

from __future__ import annotations

import errno
import logging
import selectors
import socket
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass

from desktop.core.errors import Cause
from desktop.core.model import LOOPBACK, Client, Connection, Endpoint, Route, Traffic
from desktop.core.ports import RelayReport
from desktop.ssh.carrier import Carrier
from desktop.ssh.client import LocalClient
from desktop.ssh.gate import Gate
from desktop.ssh.loop import Loop
from desktop.ssh.phase import Phase
from desktop.ssh.translate import forward_error

log = logging.getLogger(__name__)

_ACCEPT_PAUSE_S = 0.5
# The engine looks closer at a session that has clients. Each client told to it would cost that client some time.
_TELL_COMING_EVERY_S = 1.0
# Not while a client's way is being opened: the engine's thread would take its turn in the middle of that.
_TELL_AFTER_S = 0.02
_NO_ROOM = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


@dataclass(frozen=True, slots=True)
class PortParts:
    """What a local port is made of. It closes the listener."""

    connection: Connection
    route: Route
    listener: socket.socket
    loop: Loop
    report: RelayReport
    gate: Gate
    park_timeout_s: float


class LocalPort(ABC):
    """Implements `ClientOwner`. Relay thread, except where a method says otherwise."""

    def __init__(self, parts: PortParts) -> None:
        self._connection = parts.connection
        self._route = parts.route
        self._listener = parts.listener
        self._loop = parts.loop
        self._report = parts.report
        self._gate = parts.gate
        self._park_timeout_s = parts.park_timeout_s
        # A dict keeps the order in which they came; values mean nothing.
        self._clients: dict[LocalClient, None] = {}
        self._past = Traffic()
        self._told_coming_mono = 0.0
        self._is_telling = False
        self._closed = False
        self._freed = threading.Event()

    def start(self) -> None:
        self._loop.watch(self._listener, selectors.EVENT_READ, self._accept)

    def close(self) -> None:
        """Stop listening and reset the clients."""
        self._closed = True
        self._loop.watch(self._listener, 0, self._accept)
        self._listener.close()
        self._freed.set()
        for client in self.present():
            client.drop()

    def wait_until_free(self, timeout_s: float) -> None:
        """Block until `close` has let go of the port. Any other thread."""
        self._freed.wait(timeout_s)

    def lose(self, carrier: Carrier) -> None:
        """Reset clients whose data may be half-way; one that was not let in yet may as well wait on."""
        outside: list[LocalClient] = []
        lost: list[Client] = []
        for client in self.present():
            if client.carrier is not carrier:
                continue
            if client.withdraw():
                outside.append(client)
                continue
            if client.is_open:
                lost.append(client.describe())
            client.drop()
        self._readmit(outside)
        if lost:
            self._report.clients_lost(self._connection.id, tuple(lost))

    def movable(self) -> tuple[LocalClient, ...]:
        """Those that may go over to another session while none has let them in."""
        return self.present()

    def reguard(self, connection: Connection) -> None:
        """The person wants another guard of this port, or none."""
        self._connection = connection

    def present(self) -> tuple[LocalClient, ...]:
        """In the order they came. Any thread."""
        return tuple(self._clients)

    def clients(self) -> tuple[Client, ...]:
        """Any thread."""
        return tuple(client.describe() for client in self.present())

    def client_counts(self) -> tuple[int, int]:
        """Open and parked ones. Any thread."""
        phases = [client.phase for client in self.present()]
        is_open = phases.count(Phase.OPEN)
        return is_open, len(phases) - is_open

    def is_awaited(self) -> bool:
        """Any thread."""
        return any(client.is_awaited for client in self.present())

    def traffic(self) -> Traffic:
        """Any thread."""
        clients = self.present()
        return Traffic(
            self._past.sent + sum(client.sent for client in clients),
            self._past.received + sum(client.received for client in clients),
        )

    def client_comes(self) -> None:
        now = time.monotonic()
        if now - self._told_coming_mono >= _TELL_COMING_EVERY_S:
            self._told_coming_mono = now
            self._loop.call_later(_TELL_AFTER_S, self.client_waits)

    def client_waits(self) -> None:
        self._report.client_waits(self._connection.id)

    def client_opened(self) -> None:
        self._report.forward_opened(self._connection.id)
        self._note_change()
        # Where the way was open before anybody could say that it is asked for.
        self.client_comes()

    def client_refused(self, client: LocalClient, reason: int, text: str) -> None:
        self._tell_refusal(forward_error(reason, text, self._route, client.target).cause)

    def client_gone(self, client: LocalClient) -> None:
        self._gate.forget(client)
        if self._clients.pop(client, False) is None:
            past = self._past
            self._past = Traffic(past.sent + client.sent, past.received + client.received)
            self._note_change()

    def _accept(self, _ready: int) -> None:
        try:
            sock, address = self._listener.accept()
        except OSError as error:
            if error.errno in _NO_ROOM:
                self._pause_accepting()
            return
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._welcome(sock, _peer(address))
        except OSError:
            # It left before it was served; macOS says so at the first setsockopt.
            sock.close()

    @abstractmethod
    def _welcome(self, sock: socket.socket, peer: Endpoint) -> None:
        """A program has come. Raises `OSError` where it is gone already; then the caller closes `sock`."""

    @abstractmethod
    def _tell_refusal(self, cause: Cause) -> None:
        """The bastion did not open the way for a client."""

    def _let_in(self, client: LocalClient) -> None:
        self._clients[client] = None
        self._gate.let_in(client)
        self._loop.post_when_quiet(self._note_change)

    def _readmit(self, clients: list[LocalClient]) -> None:
        """Their session went away before it let them in."""
        self._gate.admit(*clients)

    def _note_change(self) -> None:
        if not self._is_telling:
            self._is_telling = True
            self._loop.call_later(_TELL_AFTER_S, self._tell_change)

    def _tell_change(self) -> None:
        self._is_telling = False
        self._report.clients_changed(self._connection.id)

    def _pause_accepting(self) -> None:
        """Out of file descriptors: a listener that stays readable would spin the loop."""
        log.warning("no room for another client; accepting again in %s s", _ACCEPT_PAUSE_S)
        self._loop.watch(self._listener, 0, self._accept)
        self._loop.call_later(_ACCEPT_PAUSE_S, self._resume_accepting)

    def _resume_accepting(self) -> None:
        if not self._closed:
            self.start()


def _peer(address: tuple[str, int] | None) -> Endpoint:
    """macOS gives no address of a client that has already left."""
    return Endpoint(*address[:2]) if address else Endpoint(LOOPBACK, 0)
