"""Every connection as the engine last told it: one model for the window's list and the tray's menu."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop.core.model import Snapshot
from desktop.core.ports import Update
from desktop.gui.bridge import Bridge
from desktop.gui.kind_badge import short_title
from desktop.wording.status import row_line, state_line

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class Role(IntEnum):
    """What a row answers beside Qt's own display, tooltip and accessible-text roles."""

    ID = Qt.ItemDataRole.UserRole + 1
    NAME = Qt.ItemDataRole.UserRole + 2
    KIND = Qt.ItemDataRole.UserRole + 3
    STATE = Qt.ItemDataRole.UserRole + 4
    STATE_LINE = Qt.ItemDataRole.UserRole + 5
    LOCAL = Qt.ItemDataRole.UserRole + 6
    CAUSE = Qt.ItemDataRole.UserRole + 7
    GROUP = Qt.ItemDataRole.UserRole + 8
    SNAPSHOT = Qt.ItemDataRole.UserRole + 9


# What a role answers from a snapshot alone; the others need the time as well.
SAYS: dict[int, Callable[[Snapshot], object]] = {
    Qt.ItemDataRole.DisplayRole: lambda snapshot: snapshot.connection.name,
    Role.ID: lambda snapshot: snapshot.connection.id,
    Role.NAME: lambda snapshot: snapshot.connection.name,
    Role.KIND: lambda snapshot: snapshot.connection.kind,
    Role.STATE: lambda snapshot: snapshot.state,
    Role.LOCAL: lambda snapshot: snapshot.local,
    Role.CAUSE: lambda snapshot: snapshot.cause,
    Role.GROUP: lambda snapshot: snapshot.connection.group,
    Role.SNAPSHOT: lambda snapshot: snapshot,
}


class ConnectionsModel(QAbstractListModel):
    """Rows in the order the connections were added.

    `changed` carries the snapshot before (None for a new connection) and after a change; `forgotten` the id of
    a removed connection; `noticed` each `desktop.core.ports.Notice`. `now` gives wall-clock seconds.
    """

    changed = Signal(object, object)
    forgotten = Signal(str)
    noticed = Signal(object)

    def __init__(
        self, bridge: Bridge, parent: QObject | None = None, *, now: Callable[[], float] = time.time
    ) -> None:
        super().__init__(parent)
        self._rows: list[Snapshot] = []
        self._now = now
        # When a row was last said to have changed: list and header, painted at different moments, say the same.
        self._said_at: dict[str, float] = {}
        bridge.updated.connect(self._on_updated)

    def snapshot(self, connection_id: str) -> Snapshot | None:
        row = self._row_of(connection_id)
        return None if row is None else self._rows[row]

    def snapshots(self) -> tuple[Snapshot, ...]:
        return tuple(self._rows)

    def state_line(self, snapshot: Snapshot) -> str:
        """The line of words for a snapshot, as of its last change or `refresh_countdowns`."""
        return state_line(snapshot, self._words_as_of(snapshot))

    def counts_down(self) -> bool:
        """True while a row's words change with time alone."""
        return any(snapshot.retry_at is not None for snapshot in self._rows)

    def refresh_countdowns(self) -> None:
        """Tell the views that rows with a countdown read differently now."""
        for row, snapshot in enumerate(self._rows):
            if snapshot.retry_at is not None:
                self._say_changed(row)

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        return self._answer(self._rows[index.row()], role)

    def _answer(self, snapshot: Snapshot, role: int) -> Any:
        if role in SAYS:
            return SAYS[role](snapshot)
        name, words = snapshot.connection.name, self.state_line(snapshot)
        match role:
            case Role.STATE_LINE:
                return row_line(snapshot, self._words_as_of(snapshot))
            case Qt.ItemDataRole.ToolTipRole:
                return f"{name}\n{words}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{name}, {short_title(snapshot.connection.kind)}, {words}"
        return None

    def _words_as_of(self, snapshot: Snapshot) -> float:
        return self._said_at.get(snapshot.connection.id, self._now())

    def _on_updated(self, update: Update) -> None:
        for connection_id in update.removed:
            self._forget(connection_id)
        for snapshot in update.changed:
            self._note(snapshot)
        for notice in update.notices:
            self.noticed.emit(notice)

    def _note(self, after: Snapshot) -> None:
        row = self._row_of(after.connection.id)
        if row is None:
            self._append(after)
            return
        before = self._rows[row]
        self._rows[row] = after
        self._say_changed(row)
        self.changed.emit(before, after)

    def _append(self, snapshot: Snapshot) -> None:
        self.beginInsertRows(NOWHERE, len(self._rows), len(self._rows))
        self._rows.append(snapshot)
        self.endInsertRows()
        self.changed.emit(None, snapshot)

    def _forget(self, connection_id: str) -> None:
        row = self._row_of(connection_id)
        if row is None:
            return
        self.beginRemoveRows(NOWHERE, row, row)
        del self._rows[row]
        self._said_at.pop(connection_id, None)
        self.endRemoveRows()
        self.forgotten.emit(connection_id)

    def _say_changed(self, row: int) -> None:
        self._said_at[self._rows[row].connection.id] = self._now()
        index = self.index(row, 0)
        self.dataChanged.emit(index, index)

    def _row_of(self, connection_id: str) -> int | None:
        matches = (row for row, known in enumerate(self._rows) if known.connection.id == connection_id)
        return next(matches, None)
