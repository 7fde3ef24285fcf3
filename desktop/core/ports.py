"""What the pure core and the engine ask of the outside world. Each Protocol has one implementation per library.

Tests stand in for these, and for nothing below them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from desktop.core.agents import AgentHolding
from desktop.core.challenge import Challenge
from desktop.core.errors import Cause
from desktop.core.host_keys import HostKeyEntry
from desktop.core.model import (
    Client,
    Connection,
    Endpoint,
    Forward,
    PathFigures,
    Route,
    SecretKind,
    Snapshot,
    Traffic,
    WayPicture,
)
from desktop.core.plan import Plan
from desktop.core.preferences import Preferences


class SecretSource(Protocol):
    """The secrets of one link, fetched only when a login turns out to need them."""

    def get(self, kind: SecretKind, login: str = "") -> Future[str | None]:
        """`login` as in `PlannedHop`. None where there is none. Fails with a `SecretStoreError`. Never blocks."""


@dataclass(frozen=True, slots=True)
class DialRequest:
    """One login attempt. `accepted_keys` are public host keys (``type base64``) the person said yes to.

    `beside` says that an older session may still answer: where the network turns out to have been away for a moment
    only, the attempt gives it that long again before it logs in.
    """

    generation: int
    route: Route
    secrets: SecretSource
    accepted_keys: frozenset[str] = frozenset()
    beside: bool = False


class SessionReport(Protocol):
    """What a session tells its owner, from any of its threads. No call blocks."""

    def reached(self, generation: int) -> None:
        """The bastion's host has accepted a TCP connection; the login begins."""

    def walked(self, generation: int, way: WayPicture) -> None:
        """How far it has come: once the way is known, at each server, and when its figures change."""

    def asked(self, generation: int, challenge: Challenge) -> None:
        """The server asks the person: `Session.answer` it, unless it wants no typing. It replaces one before it."""

    def up(self, generation: int, round_trip_ms: float | None) -> None:
        """The login succeeded; forwards can be opened. The round trip may be unknown before the first ping."""

    def ended(self, generation: int, cause: Cause | None) -> None:
        """The session is over, once a generation. `cause` is what `abort` was given where it asked for it."""

    def pinged(self, generation: int, round_trip_ms: float) -> None:
        """A ping was answered."""


class Session(Protocol):
    """One authenticated way to a bastion, or the attempt to get one."""

    def abort(self, cause: Cause | None = None) -> None:
        """End it and report `cause`. Idempotent, does not block, from any thread; its blocking calls then return."""

    def answer(self, number: int, answers: Sequence[str] | None) -> None:
        """To the challenge of that number; None where nobody can be asked. To any other it is ignored. Any thread."""

    def ping(self) -> None:
        """Ask the server for an answer, reported by `SessionReport.pinged`. Does not block."""

    def nudge(self) -> None:
        """Try afresh now if the bastion's host has not accepted a connection yet. Does not block, from any thread."""

    @property
    def addresses(self) -> tuple[str, str] | None:
        """The IP addresses of this computer's and of the bastion's end, None before `SessionReport.reached`."""

    def silent_s(self) -> float:
        """Seconds since the last byte from the server. Any thread."""


class Planner(Protocol):
    """Looks up the aliases of a route."""

    def __call__(self, route: Route, check: Callable[[], None] = ..., /) -> Plan:
        """Blocks for files, and for the commands of ``Match exec``. Any thread.

        Raises `SshConfigError`, `CommandNotUnderstood` for what can't be a host, and `ProxyCommandUnusable`. `check`
        is called again and again while a command runs; what it raises ends command and planning.
        """


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

    def warehouse_judged(self, connection_id: str, cause: Cause | None) -> None:
        """What the first bytes from there say, or that there were none; None where it does what it should."""

    def guard_judged(self, connection_id: str, cause: Cause | None) -> None:
        """What keeps the guard from letting clients in; None where nothing does any more."""

    def destination_refused(self, connection_id: str, cause: Cause) -> None:
        """The bastion did not open the way to one of the many hosts that a SOCKS port leads to."""

    def client_waits(self, connection_id: str) -> None:
        """A client has come and is parked, or waits for the bastion to open the way."""

    def clients_lost(self, connection_id: str, lost: tuple[Client, ...]) -> None:
        """These clients had a way to the warehouse and were reset with the session that carried them."""


class Relay(Protocol):
    """The local ports of one link, and their clients. Outlives the link's sessions."""

    def open_port(self, connection: Connection, avoided: frozenset[int] = frozenset()) -> Endpoint:
        """Bind and listen; an automatic port is none of `avoided`. Does not block.

        Raises `PortInUse`, `PortNotAllowed`.
        """

    def free_port(self, forward: Forward, avoided: frozenset[int]) -> int:
        """One near its port that could be opened now and is none of `avoided`; 0 where there is none near."""

    def close_port(self, connection_id: str) -> None:
        """Stop listening and reset the port's clients. The port is free on return. Unknown ids are ignored."""

    def look(self, connection: Connection) -> bool:
        """Begin to find out whether its warehouse works, which is reported as clients' findings are.

        False where no session is up, a look would do harm, or one is under way. Does not block.
        """

    def reguard(self, connection: Connection) -> None:
        """Its open port has another guard, or none, on return or within a moment. Clients that have passed stay."""

    def attach(self, session: Session) -> None:
        """Carry new clients over this session, and now those that are parked or that no other session has let in.

        What another session carries stays with it.
        """

    def park(self) -> None:
        """Let new clients wait, at most the parking time. Clients that a session carries stay with it."""

    def refuse(self) -> None:
        """Reset new and parked clients until `park` or `attach`."""

    def detach(self, session: Session) -> None:
        """This session is gone: reset the clients it carried. Those it had not let in yet are parked, like new ones."""

    def carried_by(self, session: Session) -> int:
        """How many clients have their way to the warehouse through it. Any thread."""

    def is_awaited(self) -> bool:
        """True where a client waits for data, or for its way to be opened. Any thread."""

    def clients(self, connection_id: str) -> tuple[Client, ...]:
        """Any thread."""

    def traffic(self, connection_id: str) -> Traffic:
        """Any thread."""

    def path_figures(self) -> PathFigures:
        """Of the session that carries new clients, nothing known without one. Any thread."""

    def client_counts(self, connection_id: str) -> tuple[int, int]:
        """Open and parked clients. Any thread."""

    def close(self) -> None:
        """Close every port and end the relay's thread. Idempotent, does not block."""

    def join(self, timeout_s: float) -> bool:
        """Wait for the relay's thread; True when it has ended."""


class RelayFactory(Protocol):
    def __call__(self, route: Route, report: RelayReport) -> Relay: ...

    def limit_lanes(self, most: int) -> None:
        """See `Tunnels.limit_lanes`; for relays that were made before, too."""


class SecretStore(Protocol):
    """The OS keyring behind one worker thread. Every call returns at once; futures may wait for an unlock dialog.

    `login` says whose secret of a connection it is, as in `PlannedHop`. Futures fail with `SecretStoreLocked` or
    `SecretStoreMissing`.
    """

    def get(self, connection_id: str, kind: SecretKind, login: str = "") -> Future[str | None]:
        """None where nothing is stored."""

    def set(self, connection_id: str, kind: SecretKind, value: str, login: str = "") -> Future[None]: ...

    def delete(self, connection_id: str, kind: SecretKind, login: str = "") -> Future[None]:
        """Deleting what is not there is no error."""

    def close(self) -> None:
        """End the worker: what was asked gets a moment to be done, an open unlock dialog is not waited for."""


class PortMemory(Protocol):
    """The automatic ports that connections used last, by their ids. Blocks for one small file, and never raises."""

    def load(self) -> Mapping[str, int]:
        """Empty where nothing was saved, or nothing that can be understood."""

    def save(self, ports: Mapping[str, int]) -> None:
        """Replace everything, atomically. What can't be written is logged."""


class ConnectionStore(Protocol):
    """The saved connections. Blocking file access, called from the thread that edits them."""

    def load(self) -> Sequence[Connection]:
        """Empty where nothing was ever saved. Raises `ConfigUnreadable` after setting a damaged file aside."""

    def save(self, connections: Sequence[Connection]) -> None:
        """Replace everything, atomically. Raises `ConfigNotWritable`."""


class ExchangeFiles(Protocol):
    """Files of connections for another person or computer. Blocks for one file."""

    def write(self, path: str, connections: Sequence[Connection]) -> None:
        """Replace the file, without ids and secrets. Raises `ExportNotWritable`; the file is as it was then."""

    def read(self, path: str) -> Sequence[Connection]:
        """With fresh ids. Anybody may have written it: see `desktop.core.exchange`. Raises `ImportUnreadable`."""


class HostKeys(Protocol):
    """The known hosts: ours, which can be changed, and those of ssh(1)."""

    def entries(self) -> Sequence[HostKeyEntry]:
        """Blocks for files, some of which may be large. Any thread. What can't be read is left out."""

    def read(self, text: str, host: str = "") -> Sequence[HostKeyEntry]:
        """What a pasted text would add; `host` is for keys that come without one. Raises `HostKeyTextInvalid`.

        The text holds lines of known_hosts files, the output of ssh-keyscan(1), or public keys.
        """

    def add(self, entries: Sequence[HostKeyEntry]) -> int:
        """How many were new. Blocks for one small file. Raises `ConfigNotWritable`."""

    def is_about(self, entry: HostKeyEntry, host: str) -> bool:
        """Whether an entry, though its name may be hidden, is about a host. Does not block."""

    def forget(self, entry: HostKeyEntry) -> None:
        """One of our own. Blocks for one small file. Raises `ConfigNotWritable`."""


class PreferenceStore(Protocol):
    """Blocks for one small file; called from the thread that shows the preferences."""

    def load(self) -> Preferences:
        """The defaults where nothing was saved, or nothing that can be understood."""

    def save(self, preferences: Preferences) -> None:
        """Raises `ConfigNotWritable`."""


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

    def connect(self, connection_id: str, *, on_demand: bool = False) -> None:
        """Want it up; while it waits between attempts, try now. `on_demand`, it logs in for its first client.

        A direct connection stays as it is.
        """

    def disconnect(self, connection_id: str) -> None: ...

    def provide_secret(
        self, connection_id: str, kind: SecretKind, value: str, *, remember: bool, login: str = ""
    ) -> None:
        """Use `value` from now on, and store it in the keyring if `remember`; a `Notice` tells if that failed.

        `login` is the fact of that name of what asked for it. A connection that waits for the person dials again.
        """

    def accept_host_key(self, connection_id: str, key: str) -> None:
        """Trust `key` (the fact of that name in `host_key_unknown`) from now on; one that waits dials again."""

    def answer_challenge(
        self, connection_id: str, number: int, answers: Sequence[str] | None, *, remember: bool = False
    ) -> None:
        """Answer what its login asks, for all connections that share the login; see `Session.answer`.

        A password that lets us in is used from then on, and stored in the keyring if `remember`, as by
        `provide_secret`.
        """

    def decline_challenge(self, connection_id: str, number: int) -> None:
        """Switch this connection off instead. The others that share the login wait, and ask again when needed."""

    def network_changed(self) -> None:
        """The network may have changed: look at every session."""

    def going_to_sleep(self) -> None:
        """The computer is about to sleep."""

    def woke_up(self, slept_s: float | None) -> None:
        """The computer slept, for so long if that is known: look at every session."""

    def behind_portal(self, behind: bool) -> None:
        """Whether the network wants the person to sign in first."""

    def limit_lanes(self, most: int) -> None:
        """How many SSH connections one login may have from now on; `Preferences` tells the bounds.

        Those that are too many take no new clients, and end when their last client has left.
        """

    def clients(self, connection_id: str) -> tuple[Client, ...]: ...

    def traffic(self, connection_id: str) -> Traffic: ...

    def path_figures(self, connection_id: str) -> PathFigures:
        """Of the way to its bastion; nothing is known while its link is not up."""

    def shutdown(self, timeout_s: float = 5.0) -> bool:
        """End everything in order. Blocks at most `timeout_s`; False where a thread was late (it is logged)."""


class AgentLook(Protocol):
    """A look at the SSH agents of this computer that goes on by itself."""

    def stop(self) -> None:
        """End it; nothing is told after that. Idempotent, and does not wait for any agent."""


# Gets an agent's name as in `Auth.agent`, and what to tell, once, from another thread.
AgentLooker = Callable[[str, Callable[[AgentHolding], None]], AgentLook]
