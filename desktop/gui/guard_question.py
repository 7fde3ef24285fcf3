"""What to ask when another warehouse stands behind a guarded port. No widgets here."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.identity import WarehouseIdentity, can_be_guarded
from desktop.core.model import Snapshot


@dataclass(frozen=True, slots=True)
class GuardQuestion:
    """`identity` is what would be remembered; None where what stands there shows nothing to remember it by."""

    heading: str
    explanation: str
    known: WarehouseIdentity
    found: WarehouseIdentity
    identity: WarehouseIdentity | None


def guard_question(snapshot: Snapshot) -> GuardQuestion:
    """Of one whose cause is `WarehouseChanged`."""
    connection, cause = snapshot.connection, snapshot.cause
    if cause is None:
        raise ValueError("nothing has changed")
    found = WarehouseIdentity(
        cause.fact("certificate"), cause.fact("greeting"), cluster_mark=cause.fact("cluster_mark")
    )
    return GuardQuestion(
        heading="Another warehouse stands behind this port",
        explanation=f"“{connection.name}” leads to {cause.fact('target')}, where you chose to remember a warehouse. "
        "Another one answers there now. Programs wait, and have had nothing of it.",
        known=connection.guard.identity,
        found=found,
        identity=found if can_be_guarded(found) else None,
    )
