"""The message about connections that were interrupted."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.core.errors import CaptivePortal
from desktop.core.model import Snapshot
from desktop.wording.messages import advice, title
from desktop.wording.status import standing_cause

_COMES_BACK = "Caponier reconnects by itself as soon as it can."


def alarm_message(snapshot: Snapshot) -> tuple[str, str]:
    """As below, about a port behind which another warehouse stands."""
    cause = snapshot.cause
    heading = f"{snapshot.connection.name} asks you"
    return heading, f"{title(cause)}. Programs wait for your answer." if cause is not None else ""


def outage_message(interrupted: Sequence[Snapshot]) -> tuple[str, str]:
    """A heading that names whom it concerns, and what happens about it. For one connection or several."""
    heading = f"{interrupted[0].connection.name} is interrupted"
    if len(interrupted) > 1:
        heading = f"{len(interrupted)} connections are interrupted"
    causes = {standing_cause(snapshot) for snapshot in interrupted}
    cause = causes.pop() if len(causes) == 1 else None
    if cause is None:
        return heading, _COMES_BACK
    if cause.code == CaptivePortal.code:
        return heading, f"{title(cause)}. {advice(cause)}"
    return heading, f"{title(cause)}. {_COMES_BACK}"
