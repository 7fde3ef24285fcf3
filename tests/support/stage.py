"""The engine and its SSH layer inside the test's own process, on real sockets and servers."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from desktop.core.challenge import Challenge
from desktop.core.errors import Cause
from desktop.core.model import (
    Auth,
    AuthMethod,
    Connection,
    Endpoint,
    Forward,
    Hop,
    Route,
    SecretKind,
    Snapshot,
    Target,
    WayPicture,
)
from desktop.core.ports import DialRequest, Update
from desktop.engine.engine import Engine
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.relay import PARK_TIMEOUT_S, SshRelayFactory
from desktop.ssh.session import SshDialer, SshSession
from desktop.ssh.warehouse_look import Looker
from desktop.system.clock import SystemClock
from desktop.system.network.view import KernelView

T = TypeVar("T")

TIMEOUT_S = 10.0
# A jump host's are named by its login too.
Secrets = (
    Mapping[SecretKind, str]
    | Mapping[tuple[SecretKind, str], str]
    | Mapping[SecretKind | tuple[SecretKind, str], str]
)


class StandInSource:
    """Implements `SecretSource`: the secrets of one login, kept in memory."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets: dict[SecretKind | tuple[SecretKind, str], str] = dict(secrets.items())

    def get(self, kind: SecretKind, login: str = "") -> Future[str | None]:
        return _answered(self._secrets.get((kind, login) if login else kind))


class StandInKeyring:
    """Implements `SecretStore`: the same secrets for every connection, kept in memory."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets: dict[SecretKind | tuple[SecretKind, str], str] = dict(secrets.items())

    def get(self, connection_id: str, kind: SecretKind, login: str = "") -> Future[str | None]:
        return _answered(self._secrets.get((kind, login) if login else kind))

    def set(self, connection_id: str, kind: SecretKind, value: str, login: str = "") -> Future[None]:
        self._secrets[(kind, login) if login else kind] = value
        return _answered(None)

    def delete(self, connection_id: str, kind: SecretKind, login: str = "") -> Future[None]:
        self._secrets.pop((kind, login) if login else kind, None)
        return _answered(None)

    def close(self) -> None:
        """Nothing runs."""


class Outcome:
    """Implements `SessionReport`: what became of one login attempt."""

    def __init__(self) -> None:
        self._is_up: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._reached = threading.Event()
        self._ponged = threading.Event()
        self._asked: queue.SimpleQueue[Challenge] = queue.SimpleQueue()
        self.challenges: list[Challenge] = []
        self.cause: Cause | None = None
        self.ways: list[WayPicture] = []

    def reached(self, generation: int) -> None:
        self._reached.set()

    def walked(self, generation: int, way: WayPicture) -> None:
        self.ways.append(way)

    def asked(self, generation: int, challenge: Challenge) -> None:
        self.challenges.append(challenge)
        self._asked.put(challenge)

    def up(self, generation: int, round_trip_ms: float | None) -> None:
        self._is_up.put(True)

    def ended(self, generation: int, cause: Cause | None) -> None:
        self.cause = cause
        self._ended.set()
        self._is_up.put(False)

    def pinged(self, generation: int, round_trip_ms: float) -> None:
        self._ponged.set()

    def wait_until_reached(self) -> None:
        assert self._reached.wait(TIMEOUT_S), "the bastion was not reached"

    def wait_for_question(self) -> Challenge:
        """The next round of questions."""
        return self._asked.get(timeout=TIMEOUT_S)

    def wait_for_a_pong(self) -> None:
        assert self._ponged.wait(TIMEOUT_S), "no ping was answered"

    def logged_in(self) -> bool:
        """Blocks until the login worked or failed; then `cause` says why."""
        return self._is_up.get(timeout=TIMEOUT_S)

    def wait_for_end(self) -> None:
        assert self._ended.wait(TIMEOUT_S), "the session did not end"


@contextlib.contextmanager
def attempt(hop: Hop, known_hosts: Path, secrets: Secrets | None = None) -> Iterator[Outcome]:
    """One login attempt without an engine; whatever came of it is over in the end."""
    outcome = Outcome()
    request = DialRequest(1, Route((hop,)), StandInSource(secrets or {}))
    session = SshDialer(KnownHosts(known_hosts)).dial(request, outcome)
    assert isinstance(session, SshSession)
    try:
        yield outcome
    finally:
        session.abort()
        outcome.wait_for_end()


class Stage:
    """An engine with a listener that remembers. Use it by `stage`."""

    def __init__(
        self, known_hosts: Path, secrets: Secrets, park_timeout_s: float, looker: Looker | None = None
    ) -> None:
        relays = SshRelayFactory(lambda _port: "", park_timeout_s, looker)
        dialer = SshDialer(KnownHosts(known_hosts))
        self.keyring = StandInKeyring(secrets)
        self.engine = Engine(dialer, relays, self.keyring, SystemClock(), KernelView())
        self._changed = threading.Condition()
        self._snapshots: dict[str, Snapshot] = {}
        self.engine.start()
        self.engine.subscribe(self._take)

    def wait_for(
        self, connection: Connection, condition: Callable[[Snapshot], bool], timeout_s: float = TIMEOUT_S
    ) -> Snapshot:
        """Block until the latest snapshot of `connection` fulfils `condition`."""

        def holds() -> bool:
            snapshot = self._snapshots.get(connection.id)
            return snapshot is not None and condition(snapshot)

        with self._changed:
            assert self._changed.wait_for(holds, timeout_s), f"still {self._snapshots}"
            return self._snapshots[connection.id]

    def bring_up(self, connection: Connection) -> Endpoint:
        """Put and connect it; its local port once it is up."""
        self.engine.put(connection)
        self.engine.connect(connection.id)
        snapshot = self.wait_for(connection, lambda now: now.state == "up")
        assert snapshot.local is not None
        return snapshot.local

    def _take(self, update: Update) -> None:
        with self._changed:
            self._snapshots.update((each.connection.id, each) for each in update.changed)
            self._changed.notify_all()


@contextlib.contextmanager
def stage(
    known_hosts: Path,
    secrets: Secrets | None = None,
    park_timeout_s: float = PARK_TIMEOUT_S,
    looker: Looker | None = None,
) -> Iterator[Stage]:
    """A running engine that ends in time."""
    running = Stage(known_hosts, secrets or {}, park_timeout_s, looker)
    try:
        yield running
    finally:
        assert running.engine.shutdown(), "a thread was late"


def with_key(server: Endpoint, user: str, path: Path) -> Hop:
    """Log in with an identity file."""
    return Hop(server.host, user, server.port, Auth(AuthMethod.KEY_FILE, str(path)))


def with_password(server: Endpoint, user: str) -> Hop:
    return Hop(server.host, user, server.port)


def connection_to(target: Target, way: Hop | Route, name: str = "warehouse") -> Connection:
    """On an automatic port."""
    return Connection(name, route_of(way), Forward(target))


def route_of(way: Hop | Route) -> Route:
    return way if isinstance(way, Route) else Route((way,))


def fingerprint_of(host_key: str) -> str:
    """Of ``type base64``, as ``ssh-keygen -l`` prints it."""
    digest = hashlib.sha256(base64.b64decode(host_key.split()[1])).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def _answered(result: T) -> Future[T]:
    future: Future[T] = Future()
    future.set_result(result)
    return future
