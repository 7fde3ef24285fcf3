"""What relays report, brought to the engine thread at a pace that a burst of clients can't drive up."""

from __future__ import annotations

from typing import Protocol

from desktop.core.errors import Cause
from desktop.core.model import Client
from desktop.core.timers import Timer
from desktop.engine.worker import Task

COUNT_CLIENTS_EVERY_S = 0.1


class Reader(Protocol):
    """The engine, as relays see it. The first two from any thread, the others on the engine thread."""

    def post(self, task: Task) -> None: ...

    def call_later(self, delay_s: float, task: Task) -> Timer: ...

    def count_clients(self, connection_id: str) -> None: ...

    def judge_forward(self, connection_id: str, cause: Cause | None) -> None:
        """`cause` is None where the way was opened."""

    def judge_answer(self, connection_id: str, cause: Cause | None) -> None:
        """What the warehouse's first bytes say; `cause` is None where it does what it should."""

    def judge_guard(self, connection_id: str, cause: Cause | None) -> None:
        """What keeps the guard of its port from letting clients in."""

    def note_refusal(self, connection_id: str, cause: Cause) -> None:
        """Of one destination among many."""

    def client_waits(self, connection_id: str) -> None: ...

    def clients_lost(self, connection_id: str, lost: tuple[Client, ...]) -> None: ...


class RelayReports:
    """Implements `core.ports.RelayReport` for all relays."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._announced: set[str] = set()
        self._waiting: set[str] = set()
        self._refused: set[str] = set()
        self._in_doubt: set[str] = set()

    def clients_changed(self, connection_id: str) -> None:
        if connection_id not in self._announced:
            self._announced.add(connection_id)
            self._reader.post(lambda: self._schedule(connection_id))

    def forward_refused(self, connection_id: str, cause: Cause) -> None:
        self._refused.add(connection_id)
        self._reader.post(lambda: self._reader.judge_forward(connection_id, cause))

    def forward_opened(self, connection_id: str) -> None:
        # Most are, one after the other: each would wake the engine while a client waits for its first byte.
        if connection_id in self._refused:
            self._refused.discard(connection_id)
            self._reader.post(lambda: self._reader.judge_forward(connection_id, None))

    def warehouse_judged(self, connection_id: str, cause: Cause | None) -> None:
        # As above.
        if cause is not None or connection_id in self._in_doubt:
            (self._in_doubt.discard if cause is None else self._in_doubt.add)(connection_id)
            self._reader.post(lambda: self._reader.judge_answer(connection_id, cause))

    def guard_judged(self, connection_id: str, cause: Cause | None) -> None:
        self._reader.post(lambda: self._reader.judge_guard(connection_id, cause))

    def destination_refused(self, connection_id: str, cause: Cause) -> None:
        self._reader.post(lambda: self._reader.note_refusal(connection_id, cause))

    def client_waits(self, connection_id: str) -> None:
        if connection_id not in self._waiting:
            self._waiting.add(connection_id)
            self._reader.post(lambda: self._tell_waiting(connection_id))

    def clients_lost(self, connection_id: str, lost: tuple[Client, ...]) -> None:
        self._reader.post(lambda: self._reader.clients_lost(connection_id, lost))

    def _schedule(self, connection_id: str) -> None:
        self._reader.call_later(COUNT_CLIENTS_EVERY_S, lambda: self._count_now(connection_id))

    def _count_now(self, connection_id: str) -> None:
        # Cleared first: a change that comes while counting is counted again.
        self._announced.discard(connection_id)
        self._reader.count_clients(connection_id)

    def _tell_waiting(self, connection_id: str) -> None:
        self._waiting.discard(connection_id)
        self._reader.client_waits(connection_id)
