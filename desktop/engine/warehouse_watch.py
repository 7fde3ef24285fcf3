"""Notices that a warehouse is back which programs found in trouble."""

from __future__ import annotations

from collections.abc import Callable

from desktop.core.errors import WarehouseNameNotFound, WarehouseRefused, WarehouseTimeout
from desktop.core.ports import Relay
from desktop.core.timers import Timer
from desktop.core.warehouse_errors import WarehouseHungUp, WarehouseSilent, WarehouseUnavailable
from desktop.engine.pulse import CallLater
from desktop.engine.tunnel import Tunnel

FIRST_LOOK_S = 5.0
LAST_LOOK_S = 60.0
# About an hour. Whoever comes then finds out.
MOST_LOOKS = 64
# That it still starts, or is full, a warehouse says only to somebody who begins to log in; what a bastion forbids stays
# so until a person changes it.
_SEEN_WITHOUT_LOGIN = frozenset(
    error.code
    for error in (
        WarehouseNameNotFound,
        WarehouseRefused,
        WarehouseTimeout,
        WarehouseHungUp,
        WarehouseSilent,
        WarehouseUnavailable,
    )
)


class WarehouseWatch:
    """Looks at a warehouse by itself only while it is known to be in trouble, less and less often. Engine thread.

    Nobody looks at one that works: the next program's first bytes say how it is, and a look would keep a warehouse
    awake that sleeps while nobody needs it, which costs its owner money. The relay refuses where a look does harm.
    """

    def __init__(self, call_later: CallLater, relay_of: Callable[[str], Relay | None]) -> None:
        self._call_later = call_later
        self._relay_of = relay_of
        # None once there were enough.
        self._timers: dict[str, Timer | None] = {}

    def note(self, tunnel: Tunnel) -> None:
        """What is known of its warehouse may have changed, or its port was closed."""
        connection_id, is_watched = tunnel.connection.id, _may_come_back(tunnel)
        if is_watched and connection_id not in self._timers:
            self._wait(tunnel, 0, FIRST_LOOK_S)
        elif not is_watched:
            timer = self._timers.pop(connection_id, None)
            if timer is not None:
                timer.cancel()

    def _wait(self, tunnel: Tunnel, looks: int, delay_s: float) -> None:
        later = self._call_later(delay_s, lambda: self._look(tunnel, looks, delay_s))
        self._timers[tunnel.connection.id] = later

    def _look(self, tunnel: Tunnel, looks: int, delay_s: float) -> None:
        connection = tunnel.connection
        relay = self._relay_of(connection.id)
        if relay is not None and relay.look(connection):
            looks += 1
        if looks < MOST_LOOKS:
            self._wait(tunnel, looks, min(2 * delay_s, LAST_LOOK_S))
        else:
            self._timers[connection.id] = None


def _may_come_back(tunnel: Tunnel) -> bool:
    cause = tunnel.warehouse_cause
    return cause is not None and cause.code in _SEEN_WITHOUT_LOGIN
