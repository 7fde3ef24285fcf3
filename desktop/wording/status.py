"""How connections stand, in one line of words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from desktop.core.errors import Cause
from desktop.core.model import Snapshot, State
from desktop.wording.messages import title

_SEPARATOR = " · "
_NETWORK_CAUSES = {"offline": "Waiting for network", "captive_portal": "Waiting for network sign-in"}
_SHORT = {
    "password_needed": "Needs password",
    "passphrase_needed": "Needs key passphrase",
    "passphrase_wrong": "Wrong key passphrase",
    "host_key_unknown": "Unknown host key",
    "host_key_changed": "Host key changed",
    "host_key_revoked": "Host key revoked",
    "auth_rejected": "Login refused",
    "auth_method_missing": "Login method not accepted",
    "key_unreadable": "Key can't be read",
    "key_unsupported": "Key type not supported",
    "not_ssh": "Not an SSH server",
    "no_common_algorithm": "No common encryption",
    "forward_prohibited": "Forwarding not allowed",
    "warehouse_name_not_found": "Warehouse name not found",
    "warehouse_refused": "Warehouse refused the connection",
    "warehouse_timeout": "Warehouse did not answer",
    "unexpected": "Something went wrong",
}


def state_line(snapshot: Snapshot, now: float) -> str:
    """One short line, such as "Connected · 23 ms · 3 clients". `now` is wall-clock seconds."""
    line = _state(snapshot, now)
    if snapshot.parked and snapshot.wanted:
        return f"{line}{_SEPARATOR}{_counted(snapshot.parked, 'client')} waiting"
    return line


def overall_line(snapshots: Iterable[Snapshot]) -> str:
    """All in one line, such as "3 connected · 1 reconnecting"; connections that are off are not counted."""
    snapshots = tuple(snapshots)
    if not snapshots:
        return "No connections yet"
    counts = Counter(_group(snapshot) for snapshot in snapshots)
    parts = [f"{counts[group]} {group}" for group in _GROUPS if counts[group]]
    if counts[_ATTENTION]:
        verb = "needs" if counts[_ATTENTION] == 1 else "need"
        parts.append(f"{counts[_ATTENTION]} {verb} attention")
    return _SEPARATOR.join(parts) or "Not connected"


def change_line(before: Snapshot | None, after: Snapshot) -> str | None:
    """A line for the event log, or None if nothing worth telling changed. `before` is None at first sight."""
    if before is None:
        return None if after.state is State.OFF else _event(after)
    if before.state is not after.state:
        return _event(after)
    if before.cause != after.cause:
        return _event(after) if after.cause else _cleared(after)
    if before.attempt != after.attempt and after.state in (State.CONNECTING, State.WAITING):
        return _event(after)
    return None


def _state(snapshot: Snapshot, now: float) -> str:
    match snapshot.state:
        case State.OFF:
            return "Off"
        case State.CONNECTING:
            return _connecting(snapshot)
        case State.UP:
            return short(snapshot.cause) if snapshot.cause else _connected(snapshot)
        case State.CLOSING:
            return "Disconnecting…"
        case State.WAITING:
            return _waiting(snapshot, now)
        case State.FAILED:
            return short(snapshot.cause) if snapshot.cause else "Failed"


def short(cause: Cause) -> str:
    """A cause in two to five words where there are such, else its title."""
    return _SHORT.get(cause.code) or title(cause)


def _connecting(snapshot: Snapshot) -> str:
    return f"Reconnecting… (attempt {snapshot.attempt})" if snapshot.attempt else "Connecting…"


def _connected(snapshot: Snapshot) -> str:
    parts = ["Connected"]
    if snapshot.round_trip_ms is not None:
        parts.append(f"{snapshot.round_trip_ms:.0f} ms" if snapshot.round_trip_ms >= 1 else "<1 ms")
    if snapshot.clients:
        parts.append(_counted(snapshot.clients, "client"))
    return _SEPARATOR.join(parts)


def _waiting(snapshot: Snapshot, now: float) -> str:
    if snapshot.cause is not None and snapshot.cause.code in _NETWORK_CAUSES:
        return _NETWORK_CAUSES[snapshot.cause.code]
    if snapshot.retry_at is None:
        return "Waiting to reconnect"
    left_s = math.ceil(snapshot.retry_at - now)
    when = f" in {left_s} s" if left_s > 0 else "…"
    return f"Reconnecting{when} (attempt {snapshot.attempt})"


_ATTENTION = "attention"
_RECONNECTING = "reconnecting"
_WAITING = "waiting for network"
_GROUPS = ("connected", "connecting", _RECONNECTING, _WAITING, "disconnecting")


def _group(snapshot: Snapshot) -> str:
    match snapshot.state:
        case State.UP:
            return _ATTENTION if snapshot.cause else "connected"
        case State.CONNECTING:
            return _RECONNECTING if snapshot.attempt else "connecting"
        case State.WAITING:
            held = snapshot.cause is not None and snapshot.cause.code in _NETWORK_CAUSES
            return _WAITING if held else _RECONNECTING
        case State.CLOSING:
            return "disconnecting"
        case State.FAILED:
            return _ATTENTION
        case State.OFF:
            return "off"


def _event(snapshot: Snapshot) -> str:
    match snapshot.state:
        case State.OFF:
            return "Disconnected"
        case State.CLOSING:
            return "Disconnecting"
        case State.CONNECTING:
            return _connecting_event(snapshot)
        case State.UP:
            return title(snapshot.cause) if snapshot.cause else _connected_event(snapshot)
        case State.WAITING:
            return _waiting_event(snapshot)
        case State.FAILED:
            return title(snapshot.cause) if snapshot.cause else "Failed"


def _connecting_event(snapshot: Snapshot) -> str:
    bastion = snapshot.connection.route.bastion.endpoint
    if snapshot.attempt:
        return f"Reconnecting to {bastion} (attempt {snapshot.attempt})"
    return f"Connecting to {bastion}"


def _connected_event(snapshot: Snapshot) -> str:
    return f"Connected; listening on {snapshot.local}" if snapshot.local else "Connected"


def _waiting_event(snapshot: Snapshot) -> str:
    reason = title(snapshot.cause) if snapshot.cause else "The connection ended"
    return f"{reason}; {'waiting' if snapshot.retry_at is None else 'trying again soon'}"


def _cleared(snapshot: Snapshot) -> str | None:
    return "The warehouse can be reached again" if snapshot.state is State.UP else None


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
