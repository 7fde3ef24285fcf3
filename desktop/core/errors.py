"""The tree of everything that can go wrong. A leaf carries a code and facts, never a sentence for a person.

Sentences live in `desktop.wording.messages`, one title and one advice for each code; a test walks `error_tree` to
prove that none is missing. Codes are an interface: the window, the command line and scripts rely on them.

::

    CaponierError
    ├── RouteError        getting to the bastion      NameNotFound  BastionRefused  BastionTimeout  NotSsh
    │                                                 NoCommonAlgorithm  PeerLost  Offline  CaptivePortal
    │                                                 ServerShedding; and in `desktop.core.route_errors`
    ├── HostKeyError      whom we reached             HostKeyUnknown  HostKeyChanged  HostKeyRevoked
    │                                                 and in `desktop.core.host_key_errors`
    ├── LoginError        who we are                  AuthRejected  AuthMethodMissing  PasswordNeeded
    ├── ChallengeError    what a login asks           in `desktop.core.challenge_errors`
    ├── KeyError_         the identity                KeyUnreadable  KeyUnsupported  PassphraseNeeded  PassphraseWrong
    ├── KeyOfferError     what a server was shown     in `desktop.core.key_offer_errors`
    ├── AgentError        the SSH agent               AgentUnavailable  AgentKeyMissing  AgentRefused  AgentKeysTooMany
    ├── SecretStoreError  the keyring                 SecretStoreLocked  SecretStoreMissing
    ├── ForwardError      one forward of a link       ForwardProhibited  WarehouseNameNotFound  WarehouseRefused
    │                                                 WarehouseTimeout
    ├── WarehouseError    behind a forward            in `desktop.core.warehouse_errors`
    ├── PortError         the local port              PortInUse  PortReserved  PortNotAllowed
    ├── ConfigError       saved data                  in `desktop.core.config_errors`
    ├── SshConfigError    the person's ssh_config     in `desktop.core.ssh_config_errors`
    ├── WindowError       the one window              WindowUnreachable  WindowSilent
    ├── TerminalError     a client in a terminal      in `desktop.core.terminal_errors`
    ├── DemoUnavailable   the demo's parts
    └── Unexpected        a fault of ours
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Cause:
    """A `CaponierError` as a value: what threads pass on and snapshots hold. `facts` never hold a secret."""

    code: str
    retryable: bool
    facts: tuple[tuple[str, str], ...] = ()

    def fact(self, name: str) -> str:
        """The fact of that name, or an empty string."""
        return dict(self.facts).get(name, "")


def with_fact(cause: Cause, name: str, value: str) -> Cause:
    """The same cause, with one fact more."""
    return Cause(cause.code, cause.retryable, (*cause.facts, (name, value)))


class CaponierError(Exception):
    """Root of the tree.

    `code` is the stable name, `retryable` says whether trying again by itself can help and harms nobody, and
    `fact_names` lists the facts that a raiser must give.
    """

    code: ClassVar[str]
    retryable: ClassVar[bool] = False
    fact_names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **facts: str | int) -> None:
        missing = set(self.fact_names) - facts.keys()
        if missing:
            raise TypeError(f"{type(self).__name__} lacks {sorted(missing)}")
        self.facts: Mapping[str, str] = {name: str(value) for name, value in facts.items()}
        super().__init__(self.code)

    @property
    def cause(self) -> Cause:
        return Cause(self.code, self.retryable, tuple(self.facts.items()))

    def __str__(self) -> str:
        listed = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({listed})" if listed else self.code


class RouteError(CaponierError):
    """The bastion was not reached, or got lost."""


class NameNotFound(RouteError):
    code = "name_not_found"
    retryable = True
    fact_names = ("host",)


class BastionRefused(RouteError):
    """A further fact is `source`, this computer's address that it was tried from, where the kernel tells."""

    code = "bastion_refused"
    retryable = True
    fact_names = ("host", "port")


class BastionTimeout(RouteError):
    """`stage` is ``connect``, ``banner``, ``handshake`` or ``login``: what was never answered. `source` as above."""

    code = "bastion_timeout"
    retryable = True
    fact_names = ("host", "port", "stage", "timeout_s")


class NotSsh(RouteError):
    """`answer` is the printable start of what the port said instead of an SSH banner."""

    code = "not_ssh"
    fact_names = ("host", "port", "answer")


class NoCommonAlgorithm(RouteError):
    code = "no_common_algorithm"
    fact_names = ("host", "port", "detail")


class PeerLost(RouteError):
    code = "peer_lost"
    retryable = True
    fact_names = ("host",)


class Offline(RouteError):
    code = "offline"
    retryable = True


class CaptivePortal(RouteError):
    code = "captive_portal"
    retryable = True


class ServerShedding(RouteError):
    """The server closed the connection before its banner: MaxStartups or PerSourcePenalties, sshd_config(5)."""

    code = "server_shedding"
    retryable = True
    fact_names = ("host", "port")


class HostKeyError(CaponierError):
    """The server is not, or not yet, the one we know."""


class HostKeyUnknown(HostKeyError):
    """`key` is the public key as in known_hosts (``type base64``), so that an answer can name what it accepts."""

    code = "host_key_unknown"
    fact_names = ("host", "port", "key_type", "fingerprint", "key")


class HostKeyChanged(HostKeyError):
    """`known_in` is ``file:line`` of the entry that differs, and `known_name` what it calls the host.

    `first_seen` is when we wrote it, empty where it is not ours. `key` is what an answer accepts; empty where none is.
    """

    code = "host_key_changed"
    fact_names = (
        *("host", "port", "key_type", "fingerprint", "key"),
        *("known_type", "known_fingerprint", "known_in", "known_name", "first_seen"),
    )


class HostKeyRevoked(HostKeyError):
    code = "host_key_revoked"
    fact_names = ("host", "port", "key_type", "fingerprint", "known_in")


class LoginError(CaponierError):
    """The bastion does not let us in."""


class AuthRejected(LoginError):
    """`method` is an `AuthMethod` value. Further facts: `offered` where the server said it, `login` for a jump host."""

    code = "auth_rejected"
    fact_names = ("user", "host", "method")


class AuthMethodMissing(LoginError):
    """`offered` lists what the server would take, in its own words."""

    code = "auth_method_missing"
    fact_names = ("user", "host", "method", "offered")


class PasswordNeeded(LoginError):
    """`store` is the code of the keyring's trouble, or empty where the keyring simply holds no password.

    `login` (`PlannedHop.login`) is a further fact where the server is a jump host; so it is with passphrases.
    """

    code = "password_needed"
    fact_names = ("user", "host", "store")


class KeyError_(CaponierError):
    """The private key can't be used as it is. (The underscore keeps Python's own `KeyError` visible.)"""


class KeyUnreadable(KeyError_):
    """`path` is empty for a pasted key."""

    code = "key_unreadable"
    fact_names = ("path", "reason")


class KeyUnsupported(KeyError_):
    code = "key_unsupported"
    fact_names = ("path", "key_type")


class PassphraseNeeded(KeyError_):
    """`store` as in `PasswordNeeded`."""

    code = "passphrase_needed"
    fact_names = ("path", "store")


class PassphraseWrong(KeyError_):
    code = "passphrase_wrong"
    fact_names = ("path",)


class AgentError(CaponierError):
    """The SSH agent does not help. `agent` is its name as it was saved, empty where it is found by itself."""


class AgentUnavailable(AgentError):
    """`trouble` is an `AgentTrouble` of `desktop.core.agents`. A locked OpenSSH agent seems to be empty."""

    code = "agent_unavailable"
    fact_names = ("agent", "trouble")


class AgentKeyMissing(AgentError):
    code = "agent_key_missing"
    fact_names = ("agent", "fingerprint")


class AgentRefused(AgentError):
    """It holds the key and does not sign with it. `key` is the key's comment or, where it has none, its fingerprint."""

    code = "agent_refused"
    fact_names = ("agent", "key")


class AgentKeysTooMany(AgentError):
    """The server hung up before the key that it would take was offered (MaxAuthTries, sshd_config(5))."""

    code = "agent_keys_too_many"
    fact_names = ("user", "host", "held")


class SecretStoreError(CaponierError):
    """The keyring did not answer."""


class SecretStoreLocked(SecretStoreError):
    code = "secret_store_locked"


class SecretStoreMissing(SecretStoreError):
    code = "secret_store_missing"


class ForwardError(CaponierError):
    """Trouble of one forward; the link and its other forwards are fine."""

    retryable = True


class ForwardProhibited(ForwardError):
    code = "forward_prohibited"
    fact_names = ("bastion", "target")


class WarehouseNameNotFound(ForwardError):
    code = "warehouse_name_not_found"
    fact_names = ("bastion", "target")


class WarehouseRefused(ForwardError):
    code = "warehouse_refused"
    fact_names = ("bastion", "target")


class WarehouseTimeout(ForwardError):
    code = "warehouse_timeout"
    fact_names = ("bastion", "target")


class PortError(CaponierError):
    """The local port can't be opened. A cause's further fact `free` is a port near it that can, empty without one."""


class PortInUse(PortError):
    """`holder` is ``name (process 123)`` where the system tells, else empty."""

    code = "port_in_use"
    fact_names = ("port", "holder")


class PortReserved(PortError):
    """Another saved connection, called `name`, has the same local port."""

    code = "port_reserved"
    fact_names = ("port", "name")


class PortNotAllowed(PortError):
    code = "port_not_allowed"
    fact_names = ("port", "reason")


class WindowError(CaponierError):
    """Each person has one window, which others can talk to."""


class WindowUnreachable(WindowError):
    """This window runs, but its lock or its socket at `path` can't be made."""

    code = "window_unreachable"
    fact_names = ("path", "reason")


class WindowSilent(WindowError):
    """Another window runs, as `process` (empty where that is unknown), and does not answer."""

    code = "window_silent"
    fact_names = ("process",)


class DemoUnavailable(CaponierError):
    code = "demo_unavailable"
    fact_names = ("reason",)


class Unexpected(CaponierError):
    """A fault of ours, or of a library. Retried like a lost peer; the traceback is in the log."""

    code = "unexpected"
    retryable = True
    fact_names = ("detail",)
