"""A snapshot as scripts read it: ``up --json``, ``status --json``."""

from __future__ import annotations

from datetime import UTC, datetime

from desktop.core.model import Snapshot


def as_event(snapshot: Snapshot, at: float) -> dict[str, object]:
    """What can be dumped as JSON. `at` is wall-clock seconds."""
    moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return {
        "at": moment.replace("+00:00", "Z"),
        "connection": snapshot.connection.name,
        "state": snapshot.state,
        "cause": snapshot.cause.code if snapshot.cause is not None else None,
        "local": str(snapshot.local) if snapshot.local is not None else None,
        "attempt": snapshot.attempt,
    }


def is_same_step(before: Snapshot | None, after: Snapshot) -> bool:
    """True where an event after the one of `before` would say nothing new."""
    return before is not None and _step(before) == _step(after)


def _step(snapshot: Snapshot) -> tuple[object, ...]:
    return snapshot.state, snapshot.cause, snapshot.local, snapshot.attempt
