"""Switches connections on or off for the command line, and tells it how that goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from enum import Enum, auto

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.core.config_errors import ConnectionNotFound
from desktop.core.errors import Cause, HostKeyChanged, HostKeyUnknown
from desktop.core.host_keys import HostKeyConsent
from desktop.core.model import Connection, Snapshot, State
from desktop.core.policy import needs_answer
from desktop.core.ports import Tunnels, Update
from desktop.core.report import as_event, is_same_step
from desktop.core.warehouse_errors import WarehouseChanged
from desktop.system.control import Message
from desktop.system.control_server import Visitor
from desktop.wording.challenges import challenge_lines
from desktop.wording.messages import advice, command_line_advice, title
from desktop.wording.status import state_line


class Goal(Enum):
    UP = auto()
    DOWN = auto()


# Where it ends, with success or without. None of them can be from before the command: the first update comes after it.
_GOALS = {Goal.UP: {State.UP}, Goal.DOWN: {State.OFF}}
_ENDS = {
    Goal.UP: {State.UP, State.FAILED, State.OFF},
    Goal.DOWN: {State.OFF, State.CONNECTING, State.UP, State.WAITING, State.FAILED},
}


class Updates(QObject):
    """GUI thread. Hands the engine's updates to listeners that come and go.

    Lives as long as the engine: what it emits to must not go while an update is under way from the engine thread.
    """

    _arrived = Signal(object, object)

    def __init__(self, tunnels: Tunnels, parent: QObject) -> None:
        super().__init__(parent)
        self._tunnels = tunnels
        self._listeners: dict[object, Callable[[Update], None]] = {}
        self._arrived.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def subscribe(self, listener: Callable[[Update], None]) -> Callable[[], None]:
        """As `Tunnels.subscribe`, in the GUI thread. The way out may be taken twice."""
        key = object()
        self._listeners[key] = listener
        unsubscribe = self._tunnels.subscribe(lambda update: self._arrived.emit(key, update))

        def leave() -> None:
            if self._listeners.pop(key, None) is not None:
                unsubscribe()

        return leave

    @Slot(object, object)
    def _pass_on(self, key: object, update: Update) -> None:
        listener = self._listeners.get(key)
        if listener is not None:
            listener(update)


class Watch:
    """GUI thread. Lives until all has been told or the visitor has gone."""

    def __init__(
        self,
        visitor: Visitor,
        tunnels: Tunnels,
        updates: Updates,
        connections: Iterable[Connection],
        goal: Goal,
        consent: HostKeyConsent,
    ) -> None:
        self._visitor = visitor
        self._tunnels = tunnels
        self._goal = goal
        self._consent = consent
        self._pending = {connection.id: connection.name for connection in connections}
        self._shown: dict[str, Snapshot] = {}
        self._explained: dict[str, Cause] = {}
        self._status = 0
        self._asked = 0
        for connection_id in self._pending:
            (tunnels.connect if goal is Goal.UP else tunnels.disconnect)(connection_id)
        # The engine does one thing after the other: what it tells first is how things stand after these commands.
        self._leave = updates.subscribe(self._on_updated)
        visitor.gone.connect(self._leave)

    def _on_updated(self, update: Update) -> None:
        for connection_id in update.removed:
            self._note_removed(connection_id)
        for snapshot in update.changed:
            if snapshot.connection.id in self._pending and not self._accepts(snapshot):
                self._note(snapshot)
        if not self._pending:
            self._leave()
            self._visitor.finish(self._status)

    def _note(self, snapshot: Snapshot) -> None:
        before = self._shown.get(snapshot.connection.id)
        if not is_same_step(before, snapshot):
            self._shown[snapshot.connection.id] = snapshot
            self._visitor.tell(self._told(snapshot))
        self._tell_question(snapshot)
        if snapshot.state in _ENDS[self._goal]:
            del self._pending[snapshot.connection.id]
            if snapshot.state not in _GOALS[self._goal]:
                self._status = 1

    def _tell_question(self, snapshot: Snapshot) -> None:
        """Once for each: what a login asks is answered in the window, or on a phone."""
        challenge = snapshot.challenge
        if self._goal is Goal.UP and challenge is not None and challenge.number > self._asked:
            self._asked = challenge.number
            said = "\n".join(challenge_lines(challenge, snapshot.connection.name))
            hint = "\nCaponier's window asks for your answer." if challenge.wants_typing else ""
            self._visitor.tell({"trouble": f"{said}{hint}"})

    def _note_removed(self, connection_id: str) -> None:
        name = self._pending.pop(connection_id, None)
        if name is not None and self._goal is Goal.UP:
            gone = ConnectionNotFound(name=name).cause
            self._visitor.tell({"trouble": f"{title(gone)}\n{advice(gone)}"})
            self._status = 1

    def _accepts(self, snapshot: Snapshot) -> bool:
        """True where the person answered on the command line already."""
        cause = snapshot.cause
        if self._goal is not Goal.UP or snapshot.state is not State.FAILED or cause is None:
            return False
        key = self._consent.key_for(cause)
        if key:
            self._tunnels.accept_host_key(snapshot.connection.id, key)
        return bool(key)

    def _told(self, snapshot: Snapshot) -> Message:
        now = time.time()
        told: Message = {"event": as_event(snapshot, now), "words": _words(snapshot, now)}
        cause = snapshot.cause
        if cause is None or snapshot.state in (State.OFF, State.CLOSING):
            return told
        # Every further attempt has its line of state; the advice is read once.
        if self._explained.get(snapshot.connection.id) != cause:
            self._explained[snapshot.connection.id] = cause
            told["trouble"] = f"{snapshot.connection.name}: {title(cause)}\n{_advice(snapshot, cause)}"
        return told


def _words(snapshot: Snapshot, now: float) -> str:
    words = state_line(snapshot, now)
    return f"{words} · {snapshot.local}" if snapshot.state is State.UP and snapshot.local else words


def _advice(snapshot: Snapshot, cause: Cause) -> str:
    if not needs_answer(snapshot):
        return command_line_advice(cause, snapshot.connection.name)
    # A secret is typed in the window; a key, or another warehouse, can be accepted by a command too.
    by_command = cause.code in (HostKeyUnknown.code, HostKeyChanged.code, WarehouseChanged.code)
    words = command_line_advice(cause, snapshot.connection.name) if by_command else advice(cause)
    return f"{words}\nCaponier's window asks for your answer."
