"""What the pure core and the engine ask of the outside world. Each Protocol has one implementation per library.

Tests stand in for these, and for nothing below them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from desktop.core.errors import Cause
from desktop.core.model import Client, Connection, Endpoint, Route, SecretKind, Snapshot, Traffic


class SecretSource(Protocol):
    """The secrets of one link, fetched only when a login turns out to need them."""

    def get(self, kind: SecretKind) -> Future[str | None]:
        """None where there is none. Fails with `SecretStoreLocked`, `SecretStoreMissing`. Never blocks."""


@dataclass(frozen=True, slots=True)
class DialRequest:
    """One login attempt. `accepted_keys` are public host keys (``type base64``) the person said yes to."""

    generation: int
    route: Route
    secrets: SecretSource
    accepted_keys: frozenset[str] = frozenset()


class SessionReport(Protocol):
    """What a session tells its owner, from any of its threads. No call blocks."""

    def up(self, generation: int, round_trip_ms: float) -> None:
        """The login succeeded; forwards can be opened."""

    def ended(self, generation: int, cause: Cause | None) -> None:
        """The session is over, once a generation. `cause` is what `abort` was given where it asked for it."""

    def pinged(self, generation: int, round_trip_ms: float) -> None:
        """A ping was answered."""


class Session(Protocol):
    """One authenticated way to a bastion, or the attempt to get one."""

    def abort(self, cause: Cause | None = None) -> None:
        """End it and report `cause`. Idempotent, does not block, from any thread; its blocking calls then return."""

    def ping(self) -> None:
        """Ask the server for an answer, reported by `SessionReport.pinged`. Does not block."""


class Dialer(Protocol):
    def dial(self, request: DialRequest, report: SessionReport) -> Session:
        """Start an attempt in a thread of its own and return at once."""


class RelayReport(Protocol):
    """What a relay tells its owner, from any of its threads. No call blocks."""

    def clients_changed(self, connection_id: str) -> None:
        """Clients came, went, or were parked; ask `Relay.clients` for the new picture."""

    def forward_refused(self, connection_id: str, cause: Cause) -> None:
        """The bastion did not open the way to the warehouse for a client."""

    def forward_opened(self, connection_id: str) -> None:
        """The bastion opened the way to the warehouse for a client."""


class Relay(Protocol):
    """The local ports of one link, and their clients. Outlives the link's sessions."""

    def open_port(self, connection: Connection) -> Endpoint:
        """Bind and listen. Does not block. Raises `PortInUse`, `PortNotAllowed`."""

    def close_port(self, connection_id: str) -> None:
        """Stop listening and reset the port's clients. The port is free on return. Unknown ids are ignored."""

    def attach(self, session: Session) -> None:
        """Carry clients, parked ones first, over a session that is up."""

    def detach(self) -> None:
        """The session is gone: reset the clients it carried and park new ones."""

    def clients(self, connection_id: str) -> tuple[Client, ...]:
        """Any thread."""

    def traffic(self, connection_id: str) -> Traffic:
        """Any thread."""

    def client_counts(self, connection_id: str) -> tuple[int, int]:
        """Open and parked clients. Any thread."""

    def close(self) -> None:
        """Close every port and end the relay's thread. Idempotent, does not block."""

    def join(self, timeout_s: float) -> bool:
        """Wait for the relay's thread; True when it has ended."""


class RelayFactory(Protocol):
    def __call__(self, route: Route, report: RelayReport) -> Relay: ...


class SecretStore(Protocol):
    """The OS keyring behind one worker thread. Every call returns at once; futures may wait for an unlock dialog.

    Futures fail with `SecretStoreLocked` or `SecretStoreMissing`.
    """

    def get(self, connection_id: str, kind: SecretKind) -> Future[str | None]:
        """None where nothing is stored."""

    def set(self, connection_id: str, kind: SecretKind, value: str) -> Future[None]: ...

    def delete(self, connection_id: str, kind: SecretKind) -> Future[None]:
        """Deleting what is not there is no error."""

    def close(self) -> None:
        """End the worker: what was asked gets a moment to be done, an open unlock dialog is not waited for."""


class ConnectionStore(Protocol):
    """The saved connections. Blocking file access, called from the thread that edits them."""

    def load(self) -> Sequence[Connection]:
        """Empty where nothing was ever saved. Raises `ConfigUnreadable` after setting a damaged file aside."""

    def save(self, connections: Sequence[Connection]) -> None:
        """Replace everything, atomically. Raises `ConfigNotWritable`."""


class Clock(Protocol):
    def mono(self) -> float:
        """Seconds that never jump back, for deadlines."""

    def wall(self) -> float:
        """Seconds since the epoch, for people."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should read once, about one connection; no state follows from it."""

    connection_id: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Update:
    """What changed, in one piece. The first update a listener gets holds every connection."""

    changed: tuple[Snapshot, ...] = ()
    removed: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()


class Tunnels(Protocol):
    """The engine as window and command line see it. Every call is safe from any thread and returns at once."""

    def subscribe(self, listener: Callable[[Update], None]) -> Callable[[], None]:
        """Call `listener` on the engine thread, first with everything, then with changes. Returns the way out."""

    def put(self, connection: Connection) -> None:
        """Add a connection, or replace the one with its id; one that is up moves to its new route or port."""

    def remove(self, connection_id: str) -> None:
        """Switch it off, forget it, and delete its secrets from the keyring."""

    def connect(self, connection_id: str) -> None:
        """Want it up; while it waits between attempts, try now."""

    def disconnect(self, connection_id: str) -> None: ...

    def provide_secret(self, connection_id: str, kind: SecretKind, value: str, *, remember: bool) -> None:
        """Use `value` from now on, and store it in the keyring if `remember`; a `Notice` tells if that failed.

        A connection that waits for the person dials again.
        """

    def accept_host_key(self, connection_id: str, key: str) -> None:
        """Trust `key` (the fact of that name in `host_key_unknown`) from now on; one that waits dials again."""

    def clients(self, connection_id: str) -> tuple[Client, ...]: ...

    def traffic(self, connection_id: str) -> Traffic: ...

    def shutdown(self, timeout_s: float = 5.0) -> bool:
        """End everything in order. Blocks at most `timeout_s`; False where a thread was late (it is logged)."""
