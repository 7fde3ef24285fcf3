"""How a connection's state is drawn: one outline and one tone for each, the same in list, header and log."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.model import Snapshot, State
from desktop.core.policy import is_on_demand, needs_answer
from desktop.gui.tokens import Tone
from desktop.wording.status import is_probing


@dataclass(frozen=True, slots=True)
class Look:
    """`drawing` names a file of ``resources/icons``."""

    drawing: str
    tone: Tone


LOOKS = {
    State.OFF: Look("state-off", Tone.NEUTRAL),
    State.CONNECTING: Look("state-connecting", Tone.ACCENT),
    State.UP: Look("state-up", Tone.GOOD),
    State.CLOSING: Look("state-closing", Tone.NEUTRAL),
    State.WAITING: Look("state-waiting", Tone.WARN),
    State.FAILED: Look("state-failed", Tone.BAD),
}
ASKS = Look("state-question", Tone.WARN)
TROUBLED = Look("state-trouble", Tone.WARN)
ON_DEMAND = Look("state-waiting", Tone.NEUTRAL)
PROBING = Look("state-probing", Tone.ACCENT)


DIRECT = Look("state-direct", Tone.NEUTRAL)


def look_of(snapshot: Snapshot) -> Look:
    if snapshot.connection.route.is_direct:
        return DIRECT
    if needs_answer(snapshot):
        return ASKS
    if is_probing(snapshot):
        return PROBING
    if snapshot.state is State.UP and snapshot.cause is not None:
        return TROUBLED
    if snapshot.state is State.WAITING and is_on_demand(snapshot.cause):
        return ON_DEMAND
    return LOOKS[snapshot.state]
