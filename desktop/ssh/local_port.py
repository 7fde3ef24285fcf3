"""One local port: its listener, its clients, and what they moved."""

from __future__ import annotations

import errno
import logging
import selectors
import socket
import threading
from collections.abc import Callable

from desktop.core.model import Client, Connection, Route, Traffic
from desktop.core.ports import RelayReport
from desktop.ssh.client import LocalClient, Phase
from desktop.ssh.loop import Loop
from desktop.ssh.session import SshSession
from desktop.ssh.translate import forward_error

log = logging.getLogger(__name__)

MAX_PARKED = 1024
OPEN_TIMEOUT_S = 30.0
_ACCEPT_PAUSE_S = 0.5
_NO_ROOM = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class LocalPort:
    """Implements `ClientOwner`. Relay thread, except where a method says otherwise.

    `session` gives the session to carry clients, or None while there is none and they are parked.
    """

    def __init__(
        self,
        connection: Connection,
        route: Route,
        listener: socket.socket,
        loop: Loop,
        report: RelayReport,
        session: Callable[[], SshSession | None],
        park_timeout_s: float,
    ) -> None:
        self._connection = connection
        self._route = route
        self._listener = listener
        self._loop = loop
        self._report = report
        self._session = session
        self._park_timeout_s = park_timeout_s
        # A dict keeps the order in which they came; values mean nothing.
        self._clients: dict[LocalClient, None] = {}
        self._past = Traffic()
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
        for client in tuple(self._clients):
            client.drop()

    def wait_until_free(self, timeout_s: float) -> None:
        """Block until `close` has let go of the port. Any other thread."""
        self._freed.wait(timeout_s)

    def release_parked(self) -> None:
        """A session is there: let those through that wait for one, in the order they came."""
        for client in tuple(self._clients):
            if client.phase is Phase.PARKED:
                self._carry(client)

    def lose_session(self) -> None:
        """Reset clients whose data may be half-way; one of whom nothing was read may as well wait on."""
        for client in tuple(self._clients):
            if client.phase is Phase.OPENING:
                client.park(self._park_timeout_s)
            elif client.phase is Phase.OPEN:
                client.drop()

    def clients(self) -> tuple[Client, ...]:
        """Any thread."""
        return tuple(client.describe() for client in tuple(self._clients))

    def client_counts(self) -> tuple[int, int]:
        """Open and parked ones. Any thread."""
        phases = [client.phase for client in tuple(self._clients)]
        is_open = phases.count(Phase.OPEN)
        return is_open, len(phases) - is_open

    def traffic(self) -> Traffic:
        """Any thread."""
        clients = tuple(self._clients)
        return Traffic(
            self._past.sent + sum(client.sent for client in clients),
            self._past.received + sum(client.received for client in clients),
        )

    def client_opened(self, client: LocalClient) -> None:  # noqa: ARG002 - part of `ClientOwner`
        self._report.forward_opened(self._connection.id)
        self._report.clients_changed(self._connection.id)

    def client_refused(self, client: LocalClient, reason: int, text: str) -> None:  # noqa: ARG002
        error = forward_error(reason, text, self._route, self._connection.forward.target)
        self._report.forward_refused(self._connection.id, error.cause)

    def client_gone(self, client: LocalClient) -> None:
        if self._clients.pop(client, False) is None:
            past = self._past
            self._past = Traffic(past.sent + client.sent, past.received + client.received)
            self._report.clients_changed(self._connection.id)

    def _accept(self, _ready: int) -> None:
        try:
            sock, _ = self._listener.accept()
        except OSError as error:
            if error.errno in _NO_ROOM:
                self._pause_accepting()
            return
        try:
            client = LocalClient(sock, self._loop, self)
        except OSError:
            # It left before it was served; macOS says so at the first setsockopt.
            sock.close()
            return
        self._clients[client] = None
        self._carry(client)
        self._report.clients_changed(self._connection.id)

    def _carry(self, client: LocalClient) -> None:
        session = self._session()
        if session is not None:
            client.open(session, self._connection.forward.target, OPEN_TIMEOUT_S)
        elif self._parked() < MAX_PARKED:
            client.park(self._park_timeout_s)
        else:
            client.drop()

    def _parked(self) -> int:
        return sum(1 for client in self._clients if client.phase is Phase.PARKED)

    def _pause_accepting(self) -> None:
        """Out of file descriptors: a listener that stays readable would spin the loop."""
        log.warning("no room for another client; accepting again in %s s", _ACCEPT_PAUSE_S)
        self._loop.watch(self._listener, 0, self._accept)
        self._loop.call_later(_ACCEPT_PAUSE_S, self._resume_accepting)

    def _resume_accepting(self) -> None:
        if not self._closed:
            self.start()
