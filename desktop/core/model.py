"""What is saved (`Connection` and its parts) and what is shown (`Snapshot`).

Everything here is frozen, so a value can cross from one thread to another without a copy or a lock.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from enum import StrEnum

from desktop.core.challenge import Challenge
from desktop.core.errors import Cause
from desktop.core.identity import NO_GUARD, Guard
from desktop.core.tls import AUTOMATIC, Tls

LOOPBACK = "127.0.0.1"
LOOPBACKS = (LOOPBACK, "::1")
AUTOMATIC_PORT = 0


class AuthMethod(StrEnum):
    """How a person proves who they are to a bastion. The values are written to the connections file."""

    PASSWORD = "password"
    KEY_FILE = "key-file"
    PASTED_KEY = "pasted-key"
    AGENT = "agent"
    # Nothing is known before the server asks: one-time codes, a push to a phone (RFC 4256).
    INTERACTIVE = "keyboard-interactive"
    # Whatever ssh_config(5) says about the host, which is an alias there.
    SSH_CONFIG = "ssh-config"


class SecretKind(StrEnum):
    """What a keyring entry holds. The values are part of the entry's name in the keyring."""

    SSH_PASSWORD = "ssh-password"
    KEY_PASSPHRASE = "key-passphrase"
    PRIVATE_KEY = "private-key"
    WAREHOUSE_PASSWORD = "warehouse-password"
    PROXY_PASSWORD = "proxy-password"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host name or address and a TCP port. `str()` gives ``host:port``, with brackets around an IPv6 address."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class UnixSocket:
    """A Unix socket on the bastion, by its absolute path there. `str()` gives the path."""

    path: str

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class AnyHost:
    """Wherever each client of the local port asks to be taken, by SOCKS."""

    def __str__(self) -> str:
        return "any host"


# Where a bastion can be asked to lead one client.
Place = Endpoint | UnixSocket
# Where the clients of a local port are led.
Target = Place | AnyHost


@dataclass(frozen=True, slots=True)
class Auth:
    """The way to log in, without any secret.

    `key_fingerprint` names a pasted key (``SHA256:...`` of its public half), so that two connections share a
    login only where they hold the same key. Of an SSH agent it is the one key to offer; without it, any key of the
    agent will do. `agent` is the agent's socket, its pipe, or ``pageant``; empty means that it is found by itself.
    `identity_file` is then the chosen key's public half, if the person named that. `certificate_file` is the user
    certificate to show with the key; without it ``<identity file>-cert.pub`` is one, where there is such a file.
    """

    method: AuthMethod = AuthMethod.PASSWORD
    identity_file: str = ""
    key_fingerprint: str = ""
    agent: str = ""
    certificate_file: str = ""


# A hop whose port and user are for ssh_config(5) to say.
CONFIGURED_PORT = 0
SSH_PORT = 22


def address_of(endpoint: Endpoint) -> str:
    """``host:port``; of an alias without a port of its own, its name."""
    return endpoint.host if endpoint.port == CONFIGURED_PORT else str(endpoint)


@dataclass(frozen=True, slots=True)
class Hop:
    """One SSH server on the way, under the name its host key is checked for.

    With `AuthMethod.SSH_CONFIG`, `host` is an alias of ssh_config(5), which may stand for several servers in a row;
    an empty `user` and `CONFIGURED_PORT` are then left to it.
    """

    host: str
    user: str
    port: int = SSH_PORT
    auth: Auth = Auth()

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.host, self.port)

    @property
    def is_alias(self) -> bool:
        return self.auth.method is AuthMethod.SSH_CONFIG


class ProxyKind(StrEnum):
    """How the first hop is reached where this computer can't connect to it. Written to the connections file."""

    SOCKS5 = "socks5"
    HTTP = "http"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Proxy:
    """What stands in front of the first hop. `user` is empty where the proxy wants no login.

    Of a `COMMAND` there is only `command`, for the person's shell: its standard input and output lead to the hop, and
    ``%h``, ``%p`` and ``%r`` are the hop's host, port and user (ssh_config(5), ProxyCommand).
    """

    kind: ProxyKind
    host: str = ""
    port: int = 0
    user: str = ""
    command: str = ""

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.host, self.port)


@dataclass(frozen=True, slots=True)
class Route:
    """The SSH servers between this computer and the warehouse, nearest first, and what is in front of them.

    Two connections with equal routes share one link: one login, one session. Without hops there is no tunnel: clients
    connect to the warehouse themselves.
    """

    hops: tuple[Hop, ...]
    proxy: Proxy | None = None

    @property
    def is_direct(self) -> bool:
        return not self.hops

    @property
    def bastion(self) -> Hop:
        """The last hop, from which the warehouse is reached. A direct route has none."""
        return self.hops[-1]


DIRECT = Route(())


@dataclass(frozen=True, slots=True)
class Forward:
    """A local forward: clients of `local_host:local_port` reach `target` from the bastion's side.

    `local_port` 0 lets the system choose a free one.
    """

    target: Target
    local_port: int = AUTOMATIC_PORT
    local_host: str = LOOPBACK


@dataclass(frozen=True, slots=True)
class Connection:
    """One saved warehouse connection. Holds no secret; those live in the keyring under `id`."""

    name: str
    route: Route
    forward: Forward
    kind: str = "postgresql"
    database: str = ""
    warehouse_user: str = ""
    group: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    tls: Tls = AUTOMATIC
    guard: Guard = NO_GUARD


class State(StrEnum):
    """Where a link stands; see the table in `desktop.core.machine`. The values are printed by ``up --json``."""

    OFF = "off"
    CONNECTING = "connecting"
    UP = "up"
    CLOSING = "closing"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Client:
    """One program connected to a local port. `opened_at` is wall-clock seconds.

    `destination` is where it asked to be taken, None where the port leads to one place only.
    """

    peer: Endpoint
    opened_at: float
    parked: bool
    sent: int
    received: int
    destination: Endpoint | None = None


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a connection that had been up had no session. Wall-clock seconds.

    `woke` says that it was noticed when the computer woke from sleep. `ended_at` is None while it lasts. `lost` are the
    client connections that were reset because of it; that may be some seconds after its end, when an old session has
    had its chance to answer.
    """

    began_at: float
    cause: Cause | None
    ended_at: float | None = None
    lost: tuple[Client, ...] = ()
    woke: bool = False


class Standing(StrEnum):
    """How far the last attempt came with one server."""

    AHEAD = "ahead"
    TRIED = "tried"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class HopPicture:
    """One server on the way. `round_trip_ms` is to it and back from this computer, None while that is unknown."""

    endpoint: Endpoint
    standing: Standing = Standing.AHEAD
    round_trip_ms: float | None = None


@dataclass(frozen=True, slots=True)
class WayPicture:
    """The way to a bastion as it was last dialled, nearest first: what an alias stands for is known only then.

    Without hops before the first attempt. `proxy` is in front of them.
    """

    hops: tuple[HopPicture, ...] = ()
    proxy: Proxy | None = None

    def with_hop(self, place: int, standing: Standing, round_trip_ms: float | None = None) -> WayPicture:
        changed = replace(self.hops[place], standing=standing, round_trip_ms=round_trip_ms)
        return replace(self, hops=(*self.hops[:place], changed, *self.hops[place + 1 :]))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The truth about one connection at one moment, as shown in the window and printed by the command line.

    `local` is the bound local address, None while the port is closed. `since` is wall-clock seconds of the last
    change of `state`; `retry_at` is wall-clock seconds of the next attempt, None when none is timed.
    `round_trip_ms` is the last answered ping to the bastion. `cause` says why the connection is not simply up: in
    `UP` it is trouble of this connection alone (forwarding refused, warehouse unreachable). `probing` says that the
    session may be dead and is being asked. `outage` is the present one or, in `UP`, the last. `way` is what is known of
    the servers on the way. `challenge` is what the login asks in `CONNECTING`; all connections that share it show the
    same.
    """

    connection: Connection
    state: State = State.OFF
    cause: Cause | None = None
    local: Endpoint | None = None
    attempt: int = 0
    since: float = 0.0
    retry_at: float | None = None
    round_trip_ms: float | None = None
    clients: int = 0
    parked: int = 0
    probing: bool = False
    outage: Outage | None = None
    way: WayPicture = WayPicture()
    challenge: Challenge | None = None

    @property
    def served_at(self) -> Endpoint | None:
        """Where programs connect now: the open local port or, of a direct connection, the warehouse itself."""
        if self.connection.route.is_direct and isinstance(self.connection.forward.target, Endpoint):
            return self.connection.forward.target
        return self.local

    @property
    def wanted(self) -> bool:
        """True while the person wants this connection up, however it fares."""
        return self.state not in (State.OFF, State.CLOSING)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Byte counters of one connection since it was switched on: `sent` towards the warehouse, `received` from it."""

    sent: int = 0
    received: int = 0


@dataclass(frozen=True, slots=True)
class PathFigures:
    """What was measured on the way to a bastion since its session came up, by all connections that share it.

    `round_trip_ms` is the shortest answered ping, None while it is unknown. The rates are the highest that lasted at
    least a second, 0 while none did. `lanes` is the number of SSH connections that are open now.
    """

    round_trip_ms: float | None = None
    best_down_bytes_s: float = 0.0
    best_up_bytes_s: float = 0.0
    lanes: int = 0
