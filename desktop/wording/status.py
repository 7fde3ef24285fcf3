"""How connections stand, in one line of words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from desktop.core.errors import CaptivePortal, Cause, Offline, ServerShedding
from desktop.core.model import Snapshot, State
from desktop.core.policy import is_on_demand, needs_answer
from desktop.wording.challenges import challenge_state
from desktop.wording.messages import title
from desktop.wording.quantities import counted

# What is waited for here is not the next attempt.
NETWORK_CAUSES = {
    Offline.code: "Waiting for network",
    CaptivePortal.code: "Waiting for network sign-in",
}
_ON_DEMAND = "Waits for a program"
_SEPARATOR = " · "
_SHORT = {
    "password_needed": "Needs password",
    "passphrase_needed": "Needs key passphrase",
    "passphrase_wrong": "Wrong key passphrase",
    "host_key_unknown": "Unknown host key",
    "host_key_changed": "Host key changed",
    "host_key_revoked": "Host key revoked",
    "host_key_strict": "Unknown host key",
    "host_certificate_unknown_authority": "Unknown authority",
    "host_certificate_expired": "Host certificate out of date",
    "host_certificate_wrong_name": "Certificate of another host",
    "host_certificate_invalid": "Invalid host certificate",
    "auth_rejected": "Login refused",
    "auth_method_missing": "Login method not accepted",
    "challenge_rejected": "Answer not accepted",
    "challenge_expired": "Not answered in time",
    "challenge_unattended": "Nobody to ask",
    "challenge_unreadable": "Unreadable question",
    "key_unreadable": "Key can't be read",
    "key_unsupported": "Key type not supported",
    "certificate_unreadable": "Certificate can't be used",
    "certificate_mismatch": "Certificate of another key",
    "certificate_expired": "Certificate expired",
    "certificate_not_yet_valid": "Certificate not valid yet",
    "certificate_for_others": "Certificate for other users",
    "keys_missing": "No key to log in with",
    "keys_too_many": "Too many keys offered",
    "agent_unavailable": "SSH agent not available",
    "agent_key_missing": "Key not in the SSH agent",
    "agent_refused": "SSH agent did not sign",
    "agent_keys_too_many": "Too many keys offered",
    "not_ssh": "Not an SSH server",
    "no_common_algorithm": "No common encryption",
    "jump_refused": "Jump host refused",
    "proxy_refused": "Proxy refused",
    "not_a_proxy": "Not a proxy",
    "proxy_password_needed": "Needs proxy password",
    "proxy_login_rejected": "Proxy login refused",
    "proxy_command_unusable": "Proxy command can't start",
    "proxy_command_garbage": "Not an SSH server",
    "forward_prohibited": "Forwarding not allowed",
    "warehouse_name_not_found": "Warehouse name not found",
    "warehouse_refused": "Warehouse refused the connection",
    "warehouse_timeout": "Warehouse did not answer",
    "wrong_protocol": "Another kind of server",
    "warehouse_hung_up": "Warehouse hangs up",
    "warehouse_silent": "Warehouse says nothing",
    "warehouse_changed": "Another warehouse",
    "warehouse_unidentified": "Warehouse not identified",
    "tls_required": "Warehouse wants TLS",
    "warehouse_too_many_connections": "Warehouse is full",
    "warehouse_host_blocked": "Warehouse blocks the bastion",
    "warehouse_client_not_allowed": "Bastion not allowed",
    "warehouse_unavailable": "Warehouse not available",
    "warehouse_starting": "Warehouse is starting",
    "no_tunnel_to_open": "Direct",
    "unexpected": "Something went wrong",
}


def state_line(snapshot: Snapshot, now: float) -> str:
    """One short line, such as "Connected · 23 ms · 3 clients". `now` is wall-clock seconds."""
    line = _state(snapshot, now)
    if snapshot.parked and snapshot.wanted:
        return f"{line}{_SEPARATOR}{counted(snapshot.parked, 'client')} waiting"
    return line


def row_line(snapshot: Snapshot, now: float) -> str:
    """The same where there is little room: of a warehouse in trouble, the trouble alone."""
    in_trouble = snapshot.state is State.UP and snapshot.cause is not None and not is_probing(snapshot)
    return short(snapshot.cause) if in_trouble and snapshot.cause is not None else state_line(snapshot, now)


def overall_line(snapshots: Iterable[Snapshot]) -> str:
    """All in one line, such as "3 connected · 1 reconnecting"; connections that are off are not counted.

    Who needs attention comes first: the end of a long line may be cut off.
    """
    snapshots = tuple(snapshots)
    if not snapshots:
        return "No connections yet"
    counts = Counter(_group(snapshot) for snapshot in snapshots)
    parts = [f"{counts[group]} {group}" for group in _GROUPS if counts[group]]
    if counts[_ATTENTION]:
        verb = "needs" if counts[_ATTENTION] == 1 else "need"
        parts.insert(0, f"{counts[_ATTENTION]} {verb} attention")
    return _SEPARATOR.join(parts) or "Not connected"


def is_probing(snapshot: Snapshot) -> bool:
    """True while nobody knows yet whether the session lives, and it is being asked."""
    return snapshot.probing and snapshot.state in (State.UP, State.CONNECTING)


def is_interrupted(snapshot: Snapshot) -> bool:
    """True while a connection that had been up is coming back, without anybody's help."""
    outage = snapshot.outage
    lasts = outage is not None and outage.ended_at is None
    if snapshot.state is State.CONNECTING:
        return lasts and snapshot.challenge is None
    return lasts and snapshot.state is State.WAITING and not is_on_demand(snapshot.cause)


def standing_cause(snapshot: Snapshot) -> Cause | None:
    """The cause as far as it still holds: not while the session may live after all, nor once the network is back."""
    cause = snapshot.cause
    if cause is None or snapshot.state is not State.CONNECTING:
        return cause
    return None if snapshot.probing or cause.code == Offline.code else cause


def short(cause: Cause) -> str:
    """A cause in two to five words where there are such, else its title."""
    return _SHORT.get(cause.code) or title(cause)


def _state(snapshot: Snapshot, now: float) -> str:
    if is_probing(snapshot):
        return "Checking the connection…"
    match snapshot.state:
        case State.OFF:
            return "Direct, no tunnel" if snapshot.connection.route.is_direct else "Off"
        case State.CONNECTING:
            return _connecting(snapshot)
        case State.UP:
            return _connected(snapshot)
        case State.CLOSING:
            return "Disconnecting…"
        case State.WAITING:
            return _waiting(snapshot, now)
        case State.FAILED:
            return short(snapshot.cause) if snapshot.cause else "Failed"


def _connecting(snapshot: Snapshot) -> str:
    if snapshot.challenge is not None:
        return challenge_state(snapshot.challenge)
    if snapshot.attempt:
        return f"Reconnecting… (attempt {snapshot.attempt})"
    return "Reconnecting…" if is_interrupted(snapshot) else "Connecting…"


def _connected(snapshot: Snapshot) -> str:
    parts = ["Connected"]
    if snapshot.round_trip_ms is not None:
        parts.append(f"{snapshot.round_trip_ms:.0f} ms" if snapshot.round_trip_ms >= 1 else "<1 ms")
    if snapshot.cause is not None:
        # The bastion is fine, and the warehouse is not.
        parts.append(short(snapshot.cause))
    elif snapshot.clients:
        parts.append(counted(snapshot.clients, "client"))
    return _SEPARATOR.join(parts)


def _waiting(snapshot: Snapshot, now: float) -> str:
    code = snapshot.cause.code if snapshot.cause is not None else ""
    if is_on_demand(snapshot.cause):
        return _ON_DEMAND
    if code in NETWORK_CAUSES:
        return NETWORK_CAUSES[code]
    if snapshot.retry_at is None:
        return "Waiting to reconnect"
    left_s = math.ceil(snapshot.retry_at - now)
    when = f" in {left_s} s" if left_s > 0 else "…"
    if code == ServerShedding.code:
        return f"Turned away; trying again{when}"
    return f"Reconnecting{when} (attempt {snapshot.attempt})"


_ATTENTION = "attention"
_CHECKING = "checking"
_RECONNECTING = "reconnecting"
_HELD = {Offline.code: "waiting for network", CaptivePortal.code: "waiting for network sign-in"}
_PATIENT = "waiting for a program"
_GROUPS = ("connected", _CHECKING, "connecting", _RECONNECTING, *_HELD.values(), _PATIENT, "disconnecting")


def _group(snapshot: Snapshot) -> str:
    if is_probing(snapshot):
        return _CHECKING
    match snapshot.state:
        case State.UP:
            return _ATTENTION if snapshot.cause else "connected"
        case State.CONNECTING if needs_answer(snapshot):
            return _ATTENTION
        case State.CONNECTING:
            return _RECONNECTING if snapshot.attempt or is_interrupted(snapshot) else "connecting"
        case State.WAITING if is_on_demand(snapshot.cause):
            return _PATIENT
        case State.WAITING:
            return _HELD.get(snapshot.cause.code if snapshot.cause else "", _RECONNECTING)
        case State.CLOSING:
            return "disconnecting"
        case State.FAILED:
            return _ATTENTION
        case State.OFF:
            return "off"
