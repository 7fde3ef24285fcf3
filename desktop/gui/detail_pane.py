"""Everything about the connection chosen in the list."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.core.policy import Command
from desktop.core.ports import Tunnels
from desktop.gui.clients_card import ClientsCard
from desktop.gui.connections_model import ConnectionsModel
from desktop.gui.copy_card import CopyCard
from desktop.gui.detail_header import DetailHeader
from desktop.gui.event_log import EventHistory, EventLog
from desktop.gui.route_strip import RouteStrip
from desktop.gui.traffic_card import TrafficCard
from desktop.gui.trouble_banner import TroubleBanner

SAMPLE_MS = 1000
PAGE_MARGIN = 28
MOST_WIDTH = 1120
TWO_COLUMNS_FROM = 860


class DetailPane(QScrollArea):
    """Emits the id of the connection with what the person asked for. Samples traffic only while it can be seen."""

    requested = Signal(str, object)
    menu_wanted = Signal(str, QPoint)

    def __init__(
        self,
        model: ConnectionsModel,
        tunnels: Tunnels,
        history: EventHistory,
        find_program: Callable[[str], str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._tunnels = tunnels
        self._connection_id = ""
        self._two_columns: bool | None = None
        self.header = DetailHeader()
        self.banner = TroubleBanner()
        self.route = RouteStrip()
        self.traffic = TrafficCard()
        self.copy = CopyCard(find_program)
        self.clients = ClientsCard()
        self.events = EventLog(history)
        self._sampler = QTimer(self)
        self._sampler.setInterval(SAMPLE_MS)
        self._sampler.timeout.connect(self.sample)
        self._lay_out()
        self._connect_signals()

    @property
    def connection_id(self) -> str:
        """Of the connection shown, or empty."""
        return self._connection_id

    def show_connection(self, connection_id: str) -> None:
        if connection_id != self._connection_id:
            self._connection_id = connection_id
            self.traffic.restart()
            self.verticalScrollBar().setValue(0)
        self.events.show_connection(connection_id)
        self._refresh()
        self.sample()

    def sample(self) -> None:
        """Read what was counted and measured of the connection shown, and its clients."""
        snapshot = self._model.snapshot(self._connection_id)
        if snapshot is None or self.window().isMinimized():
            return
        self.traffic.sample(time.monotonic(), self._tunnels.traffic(self._connection_id))
        self.traffic.show_path(self._tunnels.path_figures(self._connection_id))
        self.clients.show_clients(self._tunnels.clients(self._connection_id), time.time())

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._sampler.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self._sampler.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._arrange(two_columns=event.size().width() >= TWO_COLUMNS_FROM)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.route.updateGeometry()

    def _refresh(self) -> None:
        snapshot = self._model.snapshot(self._connection_id)
        if snapshot is None:
            return
        self.header.show_snapshot(snapshot, self._model.state_line(snapshot))
        self.banner.show_snapshot(snapshot)
        self.route.show_route(snapshot)
        self.copy.show_snapshot(snapshot)
        for card in (self.traffic, self.clients):
            card.setVisible(snapshot.local is not None)

    def _connect_signals(self) -> None:
        self._model.dataChanged.connect(self._refresh)
        self.header.requested.connect(self._pass_on)
        self.banner.requested.connect(self._pass_on)
        # Left alone, Qt gives the focus to the next part that takes it, and scrolls down to that.
        self.banner.leaving.connect(self.setFocus)
        self.header.menu_wanted.connect(self._on_menu_wanted)

    def _pass_on(self, command: Command) -> None:
        self.requested.emit(self._connection_id, command)

    def _on_menu_wanted(self) -> None:
        more = self.header.more
        self.menu_wanted.emit(self._connection_id, more.mapToGlobal(QPoint(0, more.height() + 4)))

    def _lay_out(self) -> None:
        self.setObjectName("detailPane")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        strip = QFrame()
        strip.setProperty("card", "plain")
        QVBoxLayout(strip).addWidget(self.route)
        self._grid = QGridLayout()
        self._grid.setSpacing(14)
        content = QWidget()
        content.setMaximumWidth(MOST_WIDTH)
        column = QVBoxLayout(content)
        column.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN - 4, PAGE_MARGIN, PAGE_MARGIN)
        column.setSpacing(14)
        column.addWidget(self.header)
        column.addSpacing(4)
        column.addWidget(self.banner)
        column.addWidget(strip)
        column.addLayout(self._grid)
        column.addStretch(1)
        page = QWidget()
        page.setObjectName("page")
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(content)
        self.setWidget(page)
        self._arrange(two_columns=False)

    def _arrange(self, *, two_columns: bool) -> None:
        if two_columns == self._two_columns:
            return
        self._two_columns = two_columns
        places = (
            (self.copy, (0, 0, 1, 2)),
            (self.traffic, (1, 0, 1, 1) if two_columns else (1, 0, 1, 2)),
            (self.clients, (1, 1, 1, 1) if two_columns else (2, 0, 1, 2)),
            (self.events, (3, 0, 1, 2)),
        )
        for card, (row, column, rows, columns) in places:
            self._grid.addWidget(card, row, column, rows, columns)
        for column in (0, 1):
            self._grid.setColumnStretch(column, 1)
