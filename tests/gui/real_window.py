"""The window, with its prompts, over a real engine: what a person sees of real servers, without a screen."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton

from desktop.core.model import Connection, Snapshot
from desktop.engine.library import Library
from desktop.gui.bridge import Bridge
from desktop.gui.connections_model import ConnectionsModel
from desktop.gui.lookups import Lookups
from desktop.gui.main_window import MainWindow
from desktop.gui.prompts import PromptDesk
from desktop.gui.route_stops import Stop
from desktop.ssh_config.look import ConfigAliases
from desktop.store.exchange import ExchangeFiles
from tests.support.stage import Secrets, Stage, stage
from tests.support.standins import StandInChecks, StandInStore

Part = TypeVar("Part", bound=QObject)
PATIENCE_S = 20.0
POLL_MS = 10


class _Watch(QObject):
    """Notes every dialog that comes up."""

    def __init__(self) -> None:
        super().__init__()
        self.titles: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Show and isinstance(watched, QDialog):
            self.titles.append(watched.windowTitle())
        return False


class RealWindow:
    """Use it by `real_window`. `dialogs_shown` are the titles of all dialogs so far."""

    def __init__(self, running: Stage, connections: tuple[Connection, ...]) -> None:
        self.engine = running.engine
        self._watch = _Watch()
        self.dialogs_shown = self._watch.titles
        library = Library(StandInStore(connections), self.engine)
        library.load()
        self.bridge = Bridge(self.engine)
        self.model = ConnectionsModel(self.bridge)
        self.window = MainWindow(
            library,
            self.engine,
            self.model,
            ExchangeFiles("ada", Path.home()),
            lookups=Lookups(aliases=ConfigAliases()),
            checks=StandInChecks(),
        )
        self.prompts = PromptDesk(self.bridge, self.model, self.engine, self.window)
        self.window.answer_requested.connect(self.prompts.ask_again)
        _application().installEventFilter(self._watch)
        self.window.show()
        self.window.activateWindow()
        self.wait(lambda: len(self.model.snapshots()) == len(connections))

    def wait(self, condition: Callable[[], object]) -> None:
        """Until what the engine told has made it hold."""
        deadline_mono = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline_mono, self.lines()
            QTest.qWait(POLL_MS)

    def settle(self) -> None:
        """Let everything that was told arrive, and the layouts with it."""
        for _ in range(5):
            QApplication.processEvents()

    def choose(self, connection: Connection) -> None:
        self.window.show_connection(connection.id)
        self.settle()

    def snapshot(self, connection: Connection) -> Snapshot:
        snapshot = self.model.snapshot(connection.id)
        assert snapshot is not None
        return snapshot

    def line(self, connection: Connection) -> str:
        """What the list says of it."""
        return self.model.state_line(self.snapshot(connection))

    def lines(self) -> list[str]:
        return [self.model.state_line(each) for each in self.model.snapshots()]

    def stops(self) -> tuple[Stop, ...]:
        """What the route strip shows."""
        return self.window.detail.route.stops

    def text(self, name: str) -> str:
        """Of a label of the window."""
        return _part(self.window, QLabel, name).text()

    def buttons(self) -> list[str]:
        """The names of the banner's buttons that can be seen."""
        found = self.window.detail.banner.findChildren(QPushButton)
        return [each.objectName() for each in found if each.isVisible()]

    def click(self, name: str) -> None:
        """A button of the window."""
        _click(_part(self.window, QPushButton, name))
        self.settle()

    def dialog(self) -> QDialog | None:
        """The prompt on screen."""
        return self.prompts.dialog

    def in_dialog(self, kind: type[Part], name: str) -> Part:
        assert self.prompts.dialog is not None
        return _part(self.prompts.dialog, kind, name)

    def press(self, name: str) -> None:
        """A button of the prompt."""
        _click(self.in_dialog(QPushButton, name))
        self.settle()

    def said(self) -> str:
        """Every word of the prompt that can be seen."""
        assert self.prompts.dialog is not None
        labels = self.prompts.dialog.findChildren(QLabel)
        return "\n".join(
            [self.prompts.dialog.windowTitle(), *(each.text() for each in labels if each.isVisible())]
        )

    def close(self) -> None:
        _application().removeEventFilter(self._watch)
        self.bridge.close()
        if self.prompts.dialog is not None:
            self.prompts.dialog.reject()
        self.window.dialogs.close()
        self.window.hide()
        self.window.deleteLater()
        self.settle()
        # Without an event loop of its own a test would leave its windows to all that follow.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@contextlib.contextmanager
def real_window(
    known_hosts: Path, *connections: Connection, secrets: Secrets | None = None
) -> Iterator[RealWindow]:
    """A window over an engine of its own, which trusts what `known_hosts` has."""
    with stage(known_hosts, secrets) as running:
        opened = RealWindow(running, connections)
        try:
            yield opened
        finally:
            opened.close()


def _application() -> QCoreApplication:
    application = QCoreApplication.instance()
    assert application is not None
    return application


def _part(where: QObject, kind: type[Part], name: str) -> Part:
    found = where.findChild(kind, name)
    assert found is not None, name
    return found


def _click(pressed: QPushButton) -> None:
    QTest.mouseClick(pressed, Qt.MouseButton.LeftButton)
