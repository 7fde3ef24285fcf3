"""The known hosts as rows, and the search among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from desktop.core.host_keys import HostKeyEntry, HostKeyKind
from desktop.gui.tokens import Tone, current_tokens
from desktop.wording.host_keys import first_seen_text, host_text, kind_text

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
HEADINGS = ("Host", "Key", "First seen", "Kept by")
HOST, KEY, FIRST_SEEN, KEPT_BY = range(len(HEADINGS))
ENTRY_ROLE = Qt.ItemDataRole.UserRole

Names = Callable[[HostKeyEntry, str], bool]


class HostKeysModel(QAbstractTableModel):
    """Replaced as a whole each time the files were read."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[HostKeyEntry, ...] = ()

    def show_entries(self, entries: Sequence[HostKeyEntry]) -> None:
        self.beginResetModel()
        self._entries = tuple(entries)
        self.endResetModel()

    @property
    def entries(self) -> tuple[HostKeyEntry, ...]:
        return self._entries

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return left if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return _texts(entry)[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole:
            return _colour(entry, index.column())
        return None


class ShownHostKeys(QSortFilterProxyModel):
    """Those in which the searched text stands, and those whose hidden name it is."""

    def __init__(self, model: HostKeysModel, names: Names, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._names = names
        self._wanted = ""
        self.setSourceModel(model)

    def search(self, text: str) -> None:
        self._wanted = text.strip().lower()
        self.invalidate()

    def row_of(self, entry: HostKeyEntry) -> int:
        """Of one of the model's; -1 where the search leaves it out."""
        row = self._model.entries.index(entry)
        return self.mapFromSource(self._model.index(row, HOST)).row()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: ARG002, N802 - Qt's name
        entry = self._model.entries[row]
        if not self._wanted:
            return True
        text = " ".join(
            (entry.hosts, entry.key_type, entry.fingerprint, entry.path, kind_text(entry))
        ).lower()
        return self._wanted in text or (entry.is_hidden and self._names(entry, self._wanted))


def kept_by(entry: HostKeyEntry) -> str:
    """In a word or two; the whole path is told elsewhere."""
    return "Caponier" if entry.is_own else f"ssh · {PurePath(entry.path).name}"


def _texts(entry: HostKeyEntry) -> tuple[str, str, str, str]:
    kind = kind_text(entry)
    key = f"{kind} · {entry.key_type}" if kind else entry.key_type
    return host_text(entry), key, first_seen_text(entry.first_seen).partition(",")[0] or "–", kept_by(entry)


def _colour(entry: HostKeyEntry, column: int) -> Any:
    tokens = current_tokens()
    if column == KEY and entry.kind is HostKeyKind.REVOKED:
        return tokens.tone(Tone.BAD)
    if column == KEY and entry.kind is HostKeyKind.AUTHORITY:
        return tokens.tone(Tone.ACCENT)
    quiet = column in (FIRST_SEEN, KEPT_BY) or (column == HOST and entry.is_hidden)
    return tokens.tone(Tone.NEUTRAL) if quiet else None
