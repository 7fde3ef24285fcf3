"""The programs that are connected to the local port now."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop.core.model import Client
from desktop.gui.parts import Card, label
from desktop.wording.quantities import age_text, bytes_text

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
HEADINGS = ("Program at", "Connected", "Received", "Sent")
# In place of the first, where clients go to different places.
DESTINATION = "Destination"
ROWS_IN_SIGHT = 6


class ClientsModel(QAbstractTableModel):
    """Replaced as a whole once a second; `now_wall` is the moment the ages count from."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clients: tuple[Client, ...] = ()
        self._now_wall = 0.0

    def show_clients(self, clients: tuple[Client, ...], now_wall: float) -> None:
        same_size = len(clients) == len(self._clients)
        if not same_size:
            self.beginResetModel()
        self._clients, self._now_wall = clients, now_wall
        if not same_size:
            self.endResetModel()
        elif clients:
            self.dataChanged.emit(self.index(0, 0), self.index(len(clients) - 1, len(HEADINGS) - 1))

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._clients)

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return DESTINATION if section == 0 and self.has_destinations else HEADINGS[section]
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(self._clients[index.row()])[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
            return _tool_tip(self._clients[index.row()])
        return None

    @property
    def has_destinations(self) -> bool:
        return any(client.destination is not None for client in self._clients)

    def _texts(self, client: Client) -> tuple[str, str, str, str]:
        age = age_text(self._now_wall - client.opened_at)
        since = f"waiting for {age}" if client.parked else age
        return (
            str(client.destination or client.peer),
            since,
            bytes_text(client.received),
            bytes_text(client.sent),
        )


class ClientsCard(Card):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Clients", parent)
        self._model = ClientsModel(self)
        self._count = label("", "small")
        self._nobody = label("No program is connected to the local port.", "muted", wraps=True)
        self._table = QTableView()
        self._table.setObjectName("clientsTable")
        self._table.setAccessibleName("Clients")
        self._table.setModel(self._model)
        self._prepare_table()
        self.head.addWidget(self._count)
        self.body.addWidget(self._nobody)
        self.body.addWidget(self._table)
        self.show_clients((), 0.0)

    def show_clients(self, clients: tuple[Client, ...], now_wall: float) -> None:
        self._model.show_clients(clients, now_wall)
        self._count.setText(str(len(clients)) if clients else "")
        self._nobody.setVisible(not clients)
        self._table.setVisible(bool(clients))
        self._share_width(first_takes_most=self._model.has_destinations)
        self._table.setFixedHeight(self._fitting_height(len(clients)))

    def _fitting_height(self, rows: int) -> int:
        row_height = self._table.verticalHeader().defaultSectionSize()
        return self._table.horizontalHeader().sizeHint().height() + row_height * min(rows, ROWS_IN_SIGHT) + 2

    def _prepare_table(self) -> None:
        table = self._table
        table.setShowGrid(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setWordWrap(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 10)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)

    def _share_width(self, *, first_takes_most: bool) -> None:
        """A name may be elided in its middle; an address that lacks its last digits names nobody."""
        stretch, fit = QHeaderView.ResizeMode.Stretch, QHeaderView.ResizeMode.ResizeToContents
        header = self._table.horizontalHeader()
        for column in range(len(HEADINGS)):
            stretches = (column == 0) is first_takes_most
            header.setSectionResizeMode(column, stretch if stretches else fit)


def _tool_tip(client: Client) -> str:
    return f"{client.peer} to {client.destination}" if client.destination is not None else ""


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
