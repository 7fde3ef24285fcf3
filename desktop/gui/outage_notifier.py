"""Says once, quietly, that connections have been away for more than a moment, or that a guard asks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer

from desktop.core.model import Snapshot, State
from desktop.core.policy import is_alarmed
from desktop.gui.attention import is_looked_at
from desktop.gui.connections_model import ConnectionsModel
from desktop.wording.outages import alarm_message, outage_message
from desktop.wording.status import is_interrupted

NOTIFY_AFTER_S = 5.0
# Between two messages about the same connection. On a network that comes and goes one is enough; an outage that begins
# within this time and outlasts it is told at its end.
QUIET_S = 300.0


@dataclass
class _Absence:
    """An outage as seen from here, since a time of the notifier's own clock."""

    since: float
    told: bool = False


class OutageNotifier(QObject):
    """One message for every outage of `after_s`, and one for all connections that are away at that moment.

    None for somebody who looks at a window of ours, and none for a connection that failed: that needs the person, and
    the tray says so. `tell` gets a heading and a text. `mono` gives seconds that stand still while the computer sleeps,
    where the system has such a clock: a night's sleep in an outage must not make it old.
    """

    def __init__(
        self,
        model: ConnectionsModel,
        tell: Callable[[str, str], None],
        parent: QObject | None = None,
        *,
        after_s: float = NOTIFY_AFTER_S,
        mono: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._tell = tell
        self._after_s = after_s
        self._mono = mono
        self._absences: dict[str, _Absence] = {}
        self._told_at: dict[str, float] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_due)
        model.changed.connect(self._on_changed)
        model.forgotten.connect(self._on_forgotten)

    def _on_changed(self, before: Snapshot | None, after: Snapshot) -> None:
        connection_id = after.connection.id
        if is_alarmed(after) and not (before is not None and is_alarmed(before)):
            self._tell_alarm(after)
        if is_interrupted(after):
            self._absences.setdefault(connection_id, _Absence(self._mono()))
        elif after.state is State.FAILED:
            # What follows an answer is still the same outage, and the person has heard of it.
            self._absences.setdefault(connection_id, _Absence(self._mono())).told = True
        else:
            self._absences.pop(connection_id, None)
        self._wait_for_next()

    def _tell_alarm(self, snapshot: Snapshot) -> None:
        """At once: programs wait only for seconds."""
        if not is_looked_at():
            self._tell(*alarm_message(snapshot))

    def _on_forgotten(self, connection_id: str) -> None:
        self._absences.pop(connection_id, None)
        self._told_at.pop(connection_id, None)
        self._wait_for_next()

    def _wait_for_next(self) -> None:
        due = [self._due(each) for each in self._untold()]
        if due:
            self._timer.start(max(math.ceil((min(due) - self._mono()) * 1000), 0))
        else:
            self._timer.stop()

    def _untold(self) -> list[str]:
        return [connection_id for connection_id, absence in self._absences.items() if not absence.told]

    def _due(self, connection_id: str) -> float:
        return max(self._absences[connection_id].since + self._after_s, self._quiet_until(connection_id))

    def _is_quiet(self, connection_id: str, now: float) -> bool:
        return now < self._quiet_until(connection_id)

    def _quiet_until(self, connection_id: str) -> float:
        told_at = self._told_at.get(connection_id)
        return -math.inf if told_at is None else told_at + QUIET_S

    def _on_due(self) -> None:
        now = self._mono()
        if any(self._due(each) <= now for each in self._untold()):
            self._notify(now)
        self._wait_for_next()

    def _notify(self, now: float) -> None:
        """Take along who has not been away for so long yet: it would only be the next message."""
        away = [each for each in self._untold() if not self._is_quiet(each, now)]
        for each in away:
            self._absences[each].told = True
        if not is_looked_at():
            self._told_at.update(dict.fromkeys(away, now))
            snapshots = (self._model.snapshot(each) for each in away)
            self._tell(*outage_message([each for each in snapshots if each is not None]))
