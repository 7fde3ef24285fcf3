"""The model as the list shows it: searched, sorted by group and name."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel

from desktop.core.model import Snapshot, address_of
from desktop.gui.connections_model import ConnectionsModel, Role
from desktop.wording.targets import target_text

Index = QModelIndex | QPersistentModelIndex


class ShownConnections(QSortFilterProxyModel):
    """Groups come in the order of the alphabet, what has none before them."""

    def __init__(self, model: ConnectionsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self.setSourceModel(model)
        self.setDynamicSortFilter(True)
        self.sort(0)

    def search(self, text: str) -> None:
        """Show only connections in which every word of `text` occurs."""
        self.beginFilterChange()
        self._words = tuple(text.casefold().split())
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def starts_group(self, index: Index) -> bool:
        """True for the first row of a group, above which its heading stands."""
        group = str(index.data(Role.GROUP))
        if not group:
            return False
        return index.row() == 0 or self.index(index.row() - 1, 0).data(Role.GROUP) != group

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802 - Qt's name
        snapshot: Snapshot = self.sourceModel().index(row, 0, parent).data(Role.SNAPSHOT)
        connection = snapshot.connection
        local = "" if snapshot.local is None else str(snapshot.local)
        texts = (
            connection.name,
            connection.group,
            connection.kind,
            connection.database,
            target_text(connection.forward.target),
            "" if connection.route.is_direct else address_of(connection.route.bastion.endpoint),
            str(connection.forward.local_port),
            local,
        )
        haystack = "\n".join(texts).casefold()
        return all(word in haystack for word in self._words)

    def lessThan(self, left: Index, right: Index) -> bool:  # noqa: N802 - Qt's name
        return _place(left) < _place(right)


def _place(index: Index) -> tuple[str, str]:
    return str(index.data(Role.GROUP)).casefold(), str(index.data(Role.NAME)).casefold()
