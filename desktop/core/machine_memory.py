"""What the state machine of a link keeps in mind from one event to the next."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.errors import Cause
from desktop.core.model import State


@dataclass(frozen=True, slots=True)
class Machine:
    """The whole memory of a link.

    `wanted` is what the person asked for, `state` how it stands. `generation` numbers the current session, `fallback`
    the older one beside it, and `latest` is the highest number ever given to a session. `attempt` counts failures in a
    row, and `turned_away` the last of them that were a server's shedding. In UP, `cause` is what a login beside the
    session was refused for: the session lives on, but its end will not be followed by another login. `up_at` and
    `retry_at` are monotonic seconds. `asked` is the last generation whose login asked the person, and `asks` says that
    the next is expected to. `on_demand` holds the next attempt back until somebody is known to want it.
    """

    state: State = State.OFF
    wanted: bool = False
    online: bool = True
    generation: int = 0
    fallback: int | None = None
    latest: int = 0
    attempt: int = 0
    turned_away: int = 0
    cause: Cause | None = None
    up_at: float = 0.0
    retry_at: float | None = None
    asked: int = 0
    asks: bool = False
    on_demand: bool = False
