"""What a login will try, as far as it can be told before it, and what a server says it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from desktop.core.agents import AgentIdentity
from desktop.core.errors import Cause
from desktop.core.model import AuthMethod, Connection, Endpoint, SecretKind

# A kind, and whose of that kind: `PlannedHop.login`.
TypedSecrets = frozenset[tuple[SecretKind, str]]


class Keeping(StrEnum):
    """Where the secret of a way to log in is."""

    NOT_NEEDED = "not-needed"
    TYPED = "typed"
    IN_KEYRING = "in-keyring"
    NOWHERE = "nowhere"
    # The keyring is locked or missing.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Offer:
    """One way that will be tried. `cause` is why it can't work as things stand.

    `path` is a key file's, `identity` the public half where it can be read without a passphrase, `certificate` the file
    that will be shown with the key. `secret` is that of a password, of an encrypted key's passphrase, or a pasted key.
    """

    method: AuthMethod
    path: str = ""
    identity: AgentIdentity | None = None
    certificate: str = ""
    secret: Keeping = Keeping.NOT_NEEDED
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class HopOffers:
    """What one server will be offered, in order.

    `skipped` are keys of agents that no login here can use, `passed_over` says the same of files.
    """

    user: str
    endpoint: Endpoint
    offers: tuple[Offer, ...]
    skipped: tuple[AgentIdentity, ...] = ()
    passed_over: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class LoginPreview:
    """The servers in the order of the way. `cause` says why the way can't be told, and there are none then."""

    hops: tuple[HopOffers, ...] = ()
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class ServerMethods:
    """What the first server on the way takes, in the names of RFC 4252, without anybody being logged in.

    `lets_in` says that it wants no proof at all. `is_bastion` is False where further servers stand behind it, which
    can be asked only by whoever is logged in to this one. `cause` is why it could not be asked.
    """

    endpoint: Endpoint
    user: str
    methods: tuple[str, ...] = ()
    lets_in: bool = False
    is_bastion: bool = True
    cause: Cause | None = None


class LoginLook(Protocol):
    """A look that goes on by itself, on a thread of its own."""

    def stop(self) -> None:
        """End it; nothing is told after that. Idempotent, and does not wait for the network or a keyring."""


class Logins(Protocol):
    """Told once each, from another thread."""

    def look(
        self, connection: Connection, typed: TypedSecrets, tell: Callable[[LoginPreview], None]
    ) -> LoginLook:
        """What its login will try. Reads files, agents and the keyring; `typed` is what need not be in there."""

    def ask(self, connection: Connection, tell: Callable[[ServerMethods], None]) -> LoginLook:
        """Connect to the first server and ask what it takes. It counts that like any connection without a login."""
