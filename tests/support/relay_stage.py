"""A relay and its sessions without an engine: a test decides which session carries whom."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from desktop.core.challenge import Challenge
from desktop.core.errors import Cause
from desktop.core.model import Client, Connection, Endpoint, Hop, Route, Target, WayPicture
from desktop.core.ports import DialRequest
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.relay import PARK_TIMEOUT_S, SshRelay, SshRelayFactory
from desktop.ssh.session import SshDialer, SshSession
from tests.support.stage import Secrets, StandInSource, connection_to, route_of
from tests.support.waiting import wait_until

TIMEOUT_S = 10.0


class RelayNotes:
    """Implements `RelayReport`: what a relay told, in order."""

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self.opened: list[str] = []
        self.refused: list[Cause] = []
        self.judged: list[Cause | None] = []
        self.destinations: list[Cause] = []
        self.guarded: list[Cause | None] = []
        self.lost: list[tuple[str, tuple[Client, ...]]] = []

    def clients_changed(self, connection_id: str) -> None:
        """A test asks the relay itself."""

    def forward_refused(self, connection_id: str, cause: Cause) -> None:
        self.refused.append(cause)

    def forward_opened(self, connection_id: str) -> None:
        self.opened.append(connection_id)

    def warehouse_judged(self, connection_id: str, cause: Cause | None) -> None:
        self.judged.append(cause)

    def guard_judged(self, connection_id: str, cause: Cause | None) -> None:
        self.guarded.append(cause)

    def destination_refused(self, connection_id: str, cause: Cause) -> None:
        self.destinations.append(cause)

    def client_waits(self, connection_id: str) -> None:
        self.waiting.append(connection_id)

    def clients_lost(self, connection_id: str, lost: tuple[Client, ...]) -> None:
        self.lost.append((connection_id, lost))


class SessionNotes:
    """Implements `SessionReport`."""

    def __init__(self) -> None:
        self.is_up = threading.Event()
        self.has_ended = threading.Event()
        self.pongs = 0
        self.way = WayPicture()

    def reached(self, generation: int) -> None:
        """Of no interest here."""

    def walked(self, generation: int, way: WayPicture) -> None:
        self.way = way

    def asked(self, generation: int, challenge: Challenge) -> None:
        """Of no interest here."""

    def up(self, generation: int, round_trip_ms: float | None) -> None:
        self.is_up.set()

    def ended(self, generation: int, cause: Cause | None) -> None:
        self.has_ended.set()

    def pinged(self, generation: int, round_trip_ms: float) -> None:
        self.pongs += 1


class RelayStage:
    """Use it by `relay_stage`."""

    def __init__(self, way: Hop | Route, known_hosts: Path, park_timeout_s: float, secrets: Secrets) -> None:
        self.notes = RelayNotes()
        self.relays = SshRelayFactory(lambda _port: "", park_timeout_s)
        self.relay: SshRelay = self.relays(route_of(way), self.notes)
        self.way = way
        self._secrets = secrets
        self._dialer = SshDialer(KnownHosts(known_hosts))
        self._sessions: dict[SshSession, SessionNotes] = {}

    def log_in(self, hop: Hop | None = None) -> SshSession:
        """A session that is up, and that the relay does not know yet; by another way to the bastion if given."""
        notes = SessionNotes()
        request = DialRequest(
            len(self._sessions) + 1, route_of(hop or self.way), StandInSource(self._secrets)
        )
        session = self._dialer.dial(request, notes)
        assert isinstance(session, SshSession)
        self._sessions[session] = notes
        assert notes.is_up.wait(TIMEOUT_S)
        return session

    def attached(self, hop: Hop | None = None) -> SshSession:
        """A new session, which the relay carries new clients over."""
        session = self.log_in(hop)
        self.relay.attach(session)
        return session

    def open_port(self, target: Target, name: str = "warehouse") -> tuple[Connection, Endpoint]:
        connection = connection_to(target, self.way, name)
        return connection, self.relay.open_port(connection)

    def settle(self) -> None:
        """Block until the relay has done what it was told before: a client that comes next finds it done."""
        done = threading.Event()
        self.relay._loop.post(done.set)
        assert done.wait(TIMEOUT_S)

    def wait_for_counts(self, connection: Connection, *, is_open: int = 0, parked: int = 0) -> None:
        wait_until(lambda: self.relay.client_counts(connection.id) == (is_open, parked))

    def ping(self, session: SshSession) -> Callable[[], bool]:
        """Ask `session` for an answer; the function says whether it has come."""
        notes = self._sessions[session]
        before = notes.pongs
        session.ping()
        return lambda: notes.pongs > before

    def close(self) -> None:
        for session in self._sessions:
            session.abort()
        self.relay.close()
        assert self.relay.join(TIMEOUT_S), "the relay's thread is late"
        for notes in self._sessions.values():
            assert notes.has_ended.wait(TIMEOUT_S), "a session did not end"


@contextlib.contextmanager
def relay_stage(
    way: Hop | Route,
    known_hosts: Path,
    park_timeout_s: float = PARK_TIMEOUT_S,
    secrets: Secrets | None = None,
) -> Iterator[RelayStage]:
    """A relay without a session: its clients wait."""
    running = RelayStage(way, known_hosts, park_timeout_s, secrets or {})
    try:
        yield running
    finally:
        running.close()
