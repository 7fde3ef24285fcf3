"""The window over stand-in tunnels, with hands and eyes for tests."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QTextEdit

from desktop.core.model import Connection, Endpoint, Forward, Hop, Route, Snapshot
from desktop.core.ports import SecretStore
from desktop.core.system_ports import Terminal
from desktop.engine.library import Library
from desktop.gui.bridge import Bridge
from desktop.gui.connections_model import ConnectionsModel, Role
from desktop.gui.lookups import Lookups
from desktop.gui.main_window import MainWindow
from desktop.gui.shown_connections import ShownConnections
from desktop.ssh_config.look import ConfigAliases
from desktop.store.exchange import ExchangeFiles
from desktop.store.foreign.files import ForeignConnections
from desktop.store.foreign.places import ForeignPlaces
from tests.support.standins import StandInChecks, StandInStore, StandInTunnels

Part = TypeVar("Part", bound=QObject)
ROUTE = Route((Hop("bastion.example.com", "ada", 2222),))


def connection(name: str, *, port: int = 0, kind: str = "postgresql", group: str = "") -> Connection:
    target = Endpoint("db.internal", 5432)
    return Connection(name, ROUTE, Forward(target, port), kind, "sales", "reader", group, id=name.lower())


ORDERS = connection("Orders", port=15432, group="Production")
EVENTS = connection("Events", port=18123, kind="clickhouse", group="Production")
SCRATCH = connection("Scratch")


class Stage:
    """`now` is what the model takes for the time of day."""

    def __init__(
        self,
        snapshots: Iterable[Snapshot] = (),
        secrets: SecretStore | None = None,
        terminal: Terminal | None = None,
    ) -> None:
        snapshots = tuple(snapshots)
        self.now = 1000.0
        self.hides = False
        self.store = StandInStore(each.connection for each in snapshots)
        self.tunnels = StandInTunnels()
        self.checks = StandInChecks()
        self.library = Library(self.store, self.tunnels)
        self.library.load()
        self.tunnels.snapshots = {each.connection.id: each for each in snapshots}
        self.tunnels.asked.clear()
        self.bridge = Bridge(self.tunnels)
        self.model = ConnectionsModel(self.bridge, now=lambda: self.now)
        self.exchange = ExchangeFiles("ada", Path.home())
        self.window = MainWindow(
            self.library,
            self.tunnels,
            self.model,
            self.exchange,
            hide_on_close=lambda: self.hides,
            checks=self.checks,
            secrets=secrets,
            terminal=terminal,
            lookups=Lookups(
                aliases=ConfigAliases(),
                foreign=ForeignConnections("ada", ForeignPlaces(Path.home())),
            ),
        )
        self.window.show()
        self.window.activateWindow()
        self.settle()

    def settle(self) -> None:
        """Let everything that was told arrive, and the layouts with it."""
        for _ in range(5):
            QApplication.processEvents()

    def tell(self, snapshot: Snapshot) -> None:
        self.tunnels.tell(snapshot)
        self.settle()

    def choose(self, connection: Connection) -> None:
        self.window.show_connection(connection.id)
        self.settle()

    def part(self, kind: type[Part], name: str) -> Part:
        found = self.window.findChild(kind, name)
        assert found is not None, name
        return found

    def click(self, name: str) -> None:
        QTest.mouseClick(self.part(QPushButton, name), Qt.MouseButton.LeftButton)
        self.settle()

    def press(
        self,
        key: Qt.Key,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """A key for whatever has the focus."""
        # Without a window manager nobody gives the focus back when a dialog closes.
        if QGuiApplication.focusWindow() is None:
            self.window.activateWindow()
            self.settle()
        QTest.keyClick(QGuiApplication.focusWindow(), key, modifiers)
        self.settle()

    def trigger(self, name: str) -> None:
        self.part(QAction, name).trigger()
        self.settle()

    def text(self, name: str) -> str:
        return self.part(QLabel, name).text()

    def events(self) -> list[str]:
        """The words of the event log, without their times."""
        lines = self.part(QTextEdit, "eventLog").toPlainText().splitlines()
        return [line.partition(" ")[2].strip() for line in lines]

    def rows(self) -> list[str]:
        """The names in the list, a group's heading before its first."""
        shown = self.window.sidebar.list.model()
        assert isinstance(shown, ShownConnections)
        rows = []
        for number in range(shown.rowCount()):
            index = shown.index(number, 0)
            if shown.starts_group(index):
                rows.append(f"[{index.data(Role.GROUP)}]")
            rows.append(str(index.data()))
        return rows

    def dialog(self) -> QDialog | None:
        """The open dialog, if any."""
        visible = (each for each in self.window.findChildren(QDialog) if each.isVisible())
        return next(visible, None)

    def close(self) -> None:
        self.bridge.close()
        self.window.dialogs.close()
        self.window.hide()
        self.window.deleteLater()
        # Without an event loop of its own a test would leave its windows to all that follow.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
