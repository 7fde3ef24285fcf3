"""What relays report, brought to the engine thread at a pace that a burst of clients can't drive up."""

from __future__ import annotations

from collections.abc import Callable

from desktop.core.errors import Cause
from desktop.core.timers import Timer
from desktop.engine.worker import Task

COUNT_CLIENTS_EVERY_S = 0.1


class RelayReports:
    """Implements `core.ports.RelayReport` for all relays. `count` and `judge` are called on the engine thread."""

    def __init__(
        self,
        post: Callable[[Task], None],
        call_later: Callable[[float, Task], Timer],
        count: Callable[[str], None],
        judge: Callable[[str, Cause | None], None],
    ) -> None:
        self._post = post
        self._call_later = call_later
        self._count = count
        self._judge = judge
        self._announced: set[str] = set()

    def clients_changed(self, connection_id: str) -> None:
        if connection_id not in self._announced:
            self._announced.add(connection_id)
            self._post(lambda: self._schedule(connection_id))

    def forward_refused(self, connection_id: str, cause: Cause) -> None:
        self._post(lambda: self._judge(connection_id, cause))

    def forward_opened(self, connection_id: str) -> None:
        self._post(lambda: self._judge(connection_id, None))

    def _schedule(self, connection_id: str) -> None:
        self._call_later(COUNT_CLIENTS_EVERY_S, lambda: self._count_now(connection_id))

    def _count_now(self, connection_id: str) -> None:
        # Cleared first: a change that comes while counting is counted again.
        self._announced.discard(connection_id)
        self._count(connection_id)
