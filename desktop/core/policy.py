"""Decisions that need no state of their own: how long to wait, and what a person may do now."""

from __future__ import annotations

from enum import StrEnum

from desktop.core.challenge_errors import AuthCancelled, AwaitsClient, ChallengeExpired, ChallengeRejected
from desktop.core.errors import (
    AuthRejected,
    Cause,
    HostKeyChanged,
    HostKeyRevoked,
    PortInUse,
    PortNotAllowed,
    PortReserved,
    ServerShedding,
)
from desktop.core.host_key_errors import HostCertificateUnknownAuthority, HostKeyStrict
from desktop.core.model import AuthMethod, Snapshot, State
from desktop.core.route_errors import ProxyLoginRejected
from desktop.core.warehouse_errors import WarehouseChanged

FIRST_RETRY_S = 0.5
LAST_RETRY_S = 30.0
# While clients wait. A refused TCP connection costs a server nothing, and 20 s of parking are soon over.
EAGER_RETRY_S = 0.75
# A minute and a half. A program that tries all night long must not knock at a dead bastion that often; firewalls
# count, too.
EAGER_ATTEMPTS = 120
LATER_EAGER_RETRY_S = 5.0
# A server that turns connections away (MaxStartups, PerSourcePenalties; sshd_config(5)) is given time: OpenSSH's
# penalties begin at 15 s.
SHEDDING_RETRIES_S = (1.0, 5.0, 15.0, 30.0, 60.0)
JITTER = 0.25
STEADY_AFTER_S = 30.0


class Command(StrEnum):
    CONNECT = "connect"
    DISCONNECT = "disconnect"
    RETRY_NOW = "retry-now"
    ANSWER = "answer"
    EDIT = "edit"
    DELETE = "delete"
    COPY = "copy"
    USE_FREE_PORT = "use-free-port"
    CHECK = "check"
    SHOW_HOST_KEYS = "show-host-keys"


# Causes that end as soon as the person answers a question, and the only ones that open a prompt.
ANSWERABLE = frozenset(
    {
        "password_needed",
        "proxy_password_needed",
        "proxy_login_rejected",
        "passphrase_needed",
        "passphrase_wrong",
        "host_key_unknown",
        "host_key_changed",
        "auth_rejected",
    }
)


_OF_PORT = (PortInUse.code, PortReserved.code, PortNotAllowed.code)


def retry_delay_s(attempt: int, luck: float, cause: Cause | None = None, *, eager: bool = False) -> float:
    """Seconds before the try that follows failure number `attempt` (from 1): doubling, capped, spread by `luck`.

    Where a server turns us away, `attempt` is how often it has done so in a row.
    """
    if is_shedding(cause):
        delay_s = SHEDDING_RETRIES_S[min(attempt, len(SHEDDING_RETRIES_S)) - 1]
    else:
        # 2**16 half-seconds is far beyond the cap; the bound keeps a link that fails for weeks from overflowing.
        delay_s = min(FIRST_RETRY_S * float(1 << min(attempt - 1, 16)), LAST_RETRY_S)
        delay_s = min(delay_s, eager_retry_s(attempt)) if eager else delay_s
    return delay_s * (1 + JITTER * (2 * luck - 1))


def eager_retry_s(attempt: int) -> float:
    """Seconds between attempts while clients wait."""
    return EAGER_RETRY_S if attempt <= EAGER_ATTEMPTS else LATER_EAGER_RETRY_S


def may_hasten(cause: Cause | None) -> bool:
    """True where a waiting client is a reason to try again early."""
    return not is_shedding(cause)


def is_shedding(cause: Cause | None) -> bool:
    """True where a server turned us away to have less to do, or as a penalty."""
    return cause is not None and cause.code == ServerShedding.code


def clients_may_wait(cause: Cause) -> bool:
    """True where a failure is a question that was not asked before, so that the answer may come in a moment."""
    return cause.code in (
        "password_needed",
        "passphrase_needed",
        "proxy_password_needed",
        "host_key_unknown",
    )


def is_on_demand(cause: Cause | None) -> bool:
    """True where the next attempt waits for a program that connects, or for the person's word."""
    return cause is not None and cause.code in (AwaitsClient.code, AuthCancelled.code)


def is_asked_anew(snapshot: Snapshot) -> bool:
    """True where an answer was wrong or late, so that all it takes is to connect again, and to be asked again."""
    cause = snapshot.cause
    asked = (ChallengeRejected.code, ChallengeExpired.code)
    return snapshot.state is State.FAILED and cause is not None and cause.code in asked


def allowed_commands(snapshot: Snapshot) -> frozenset[Command]:
    """What buttons and menus offer for a connection in this state."""
    commands = {Command.EDIT, Command.DELETE, Command.CHECK}
    if snapshot.connection.route.is_direct:
        return frozenset({*commands, Command.COPY})
    if snapshot.state in (State.OFF, State.CLOSING, State.FAILED):
        commands.add(Command.CONNECT)
    if snapshot.state not in (State.OFF, State.CLOSING):
        commands.add(Command.DISCONNECT)
    if snapshot.state is State.WAITING:
        commands.add(Command.CONNECT if is_on_demand(snapshot.cause) else Command.RETRY_NOW)
    if needs_answer(snapshot):
        commands.add(Command.ANSWER)
    if _is_for_the_host_keys(snapshot):
        commands.add(Command.SHOW_HOST_KEYS)
    if free_port(snapshot):
        commands.add(Command.USE_FREE_PORT)
    if snapshot.local is not None:
        commands.add(Command.COPY)
    return frozenset(commands)


def free_port(snapshot: Snapshot) -> int:
    """The port that a connection could have instead of the one that can't be opened, or 0."""
    cause = snapshot.cause
    is_of_port = snapshot.state is State.FAILED and cause is not None and cause.code in _OF_PORT
    return int(cause.fact("free") or 0) if is_of_port and cause is not None else 0


def _is_for_the_host_keys(snapshot: Snapshot) -> bool:
    """True where no answer helps, and what is known of a host has to be looked at, or changed."""
    cause = snapshot.cause
    if snapshot.state is not State.FAILED or cause is None:
        return False
    without_answer = (HostKeyRevoked.code, HostKeyStrict.code, HostCertificateUnknownAuthority.code)
    return cause.code in without_answer or (cause.code == HostKeyChanged.code and not _takes_answer(cause))


def needs_answer(snapshot: Snapshot) -> bool:
    """True where a prompt, answered, would let the connection go on."""
    if snapshot.state is State.CONNECTING:
        return snapshot.challenge is not None and snapshot.challenge.wants_typing
    cause = snapshot.cause
    if snapshot.state is State.UP:
        return is_alarmed(snapshot)
    if snapshot.state is not State.FAILED or cause is None or cause.code not in ANSWERABLE:
        return False
    return _takes_answer(cause)


def is_alarmed(snapshot: Snapshot) -> bool:
    """True where clients wait until a person says whether another warehouse may stand behind the port."""
    cause = snapshot.cause
    return snapshot.state is State.UP and cause is not None and cause.code == WarehouseChanged.code


def _takes_answer(cause: Cause) -> bool:
    """Of the causes that are `ANSWERABLE`: False where it takes an edit, and no answer helps."""
    match cause.code:
        case HostKeyChanged.code:
            # Where ssh_config forbids to ask, there is no key to accept.
            return bool(cause.fact("key"))
        case AuthRejected.code:
            return cause.fact("method") == AuthMethod.PASSWORD
        case ProxyLoginRejected.code:
            return bool(cause.fact("user"))
    return True
