"""The window: the list on the left, the chosen connection on the right, or the ways to a first connection."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QWidget

from desktop.core.check import Checks
from desktop.core.policy import Command
from desktop.core.ports import ExchangeFiles, Notice, SecretStore, Tunnels
from desktop.core.system_ports import Terminal
from desktop.engine.library import Library
from desktop.gui.alias_import import AliasImport
from desktop.gui.connection_actions import ConnectionActions
from desktop.gui.connection_menu import connection_menu
from desktop.gui.connections_model import ConnectionsModel
from desktop.gui.detail_pane import DetailPane
from desktop.gui.empty_state import EmptyState
from desktop.gui.event_log import EventHistory
from desktop.gui.exchange_actions import ExchangeActions
from desktop.gui.file_drop import FileDrop
from desktop.gui.foreign_import import ForeignImport
from desktop.gui.icons import app_icon
from desktop.gui.lookups import Lookups
from desktop.gui.one_dialog import OneDialog
from desktop.gui.sidebar import Sidebar
from desktop.gui.toast import Toast
from desktop.gui.use_connection import UseDesk
from desktop.gui.warehouse_passwords import WarehousePasswords
from desktop.wording import messages

TICK_MS = 1000
FIRST_SIZE = (1080, 720)
LEAST_SIZE = (820, 520)
SIDEBAR_WIDTH = 316
MENU_DISTANCE = 8


def never() -> bool:
    """Closing the window ends the program."""
    return False


class MainWindow(QMainWindow):
    """Closing it asks `hide_on_close`: True hides it, False emits `closed`, on which the program should end.

    `answer_requested` carries the id of a connection whose question the person wants to see again, and
    `host_keys_requested` the `Cause` that a known key is about. Without `secrets` no warehouse's password can be kept,
    without a `terminal` no client opened.
    """

    demo_requested = Signal()
    preferences_requested = Signal()
    answer_requested = Signal(str)
    host_keys_requested = Signal(object)
    closed = Signal()

    def __init__(
        self,
        library: Library,
        tunnels: Tunnels,
        model: ConnectionsModel,
        exchange: ExchangeFiles,
        *,
        hide_on_close: Callable[[], bool] = never,
        lookups: Lookups,
        checks: Checks,
        secrets: SecretStore | None = None,
        terminal: Terminal | None = None,
    ) -> None:
        super().__init__()
        self._model = model
        self._hide_on_close = hide_on_close
        self._wanted_id = ""
        self.dialogs = OneDialog(self)
        passwords = WarehousePasswords(secrets, self) if secrets is not None else None
        self.use = UseDesk(model, self.dialogs, self, passwords, terminal)
        self.actions_desk = ConnectionActions(
            library, tunnels, model, self.dialogs, self, lookups, checks, passwords
        )
        self.exchange = ExchangeActions(library, exchange, self.dialogs, self)
        self.alias_import = AliasImport(library, lookups.aliases, self.dialogs, self)
        self.foreign_import = ForeignImport(library, lookups.foreign, self.dialogs, self)
        self.history = EventHistory(model, self)
        self.sidebar = Sidebar(model)
        self.detail = DetailPane(model, tunnels, self.history, terminal.find if terminal else None)
        self.empty = EmptyState()
        self._pages = QStackedWidget()
        self._lay_out()
        self.toast = Toast(self._pages)
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK_MS)
        # A coarse timer rings up to 5 % early: the countdown would stand still for a second, then skip one.
        self._ticker.setTimerType(Qt.TimerType.PreciseTimer)
        self._ticker.timeout.connect(model.refresh_countdowns)
        self._connect_signals()
        self._add_keys()
        self._show_fitting_page()

    def add_connection(self) -> None:
        self.actions_desk.add()

    def paste_command(self) -> None:
        self.actions_desk.paste()

    def edit_connection(self, connection_id: str) -> None:
        self.actions_desk.edit(connection_id)

    def duplicate_connection(self, connection_id: str) -> None:
        self.actions_desk.duplicate(connection_id)

    def delete_connection(self, connection_id: str) -> None:
        """Asks first."""
        self.actions_desk.delete(connection_id)

    def show_connection(self, connection_id: str) -> None:
        """Choose a connection, at once or as soon as the engine tells of it."""
        self._wanted_id = "" if self.sidebar.choose(connection_id) else connection_id

    def bring_forward(self) -> None:
        """Show the window on top, wherever it was."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def say(self, sentence: str) -> None:
        """Tell the person something that needs no answer."""
        self.toast.say(sentence)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        if self._hide_on_close():
            event.ignore()
            self.hide()
            return
        event.accept()
        self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._review_ticker()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self._ticker.stop()
        self.alias_import.stop()
        self.foreign_import.stop()

    def _lay_out(self) -> None:
        self.setWindowTitle("Caponier")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(*LEAST_SIZE)
        self.resize(*FIRST_SIZE)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setHandleWidth(1)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.sidebar)
        halves.addWidget(self.detail)
        halves.setStretchFactor(1, 1)
        halves.setSizes([SIDEBAR_WIDTH, FIRST_SIZE[0] - SIDEBAR_WIDTH])
        self._home = halves
        self._pages.addWidget(self.empty)
        self._pages.addWidget(halves)
        self.setCentralWidget(self._pages)

    def _connect_signals(self) -> None:
        desk = self.actions_desk
        self.sidebar.chosen.connect(self.detail.show_connection)
        self.sidebar.toggle_wanted.connect(desk.toggle)
        self.sidebar.delete_wanted.connect(lambda chosen: desk.run(chosen, Command.DELETE))
        self.sidebar.menu_wanted.connect(self._open_menu)
        self.sidebar.preferences_wanted.connect(self.preferences_requested)
        for page in (self.sidebar, self.empty):
            page.add_wanted.connect(self.add_connection)
            page.paste_wanted.connect(self.paste_command)
            page.import_wanted.connect(self.exchange.choose_import)
            page.alias_import_wanted.connect(self.alias_import.choose)
            page.foreign_import_wanted.connect(self.foreign_import.choose)
            page.demo_wanted.connect(self.demo_requested)
        self.detail.requested.connect(desk.run)
        self.detail.menu_wanted.connect(self._open_menu)
        self.detail.copy.password_wanted.connect(
            lambda key: self.use.copy_with_password(self.detail.connection_id, key)
        )
        self.detail.copy.terminal_wanted.connect(lambda: self.use.open_terminal(self.detail.connection_id))
        self.use.told.connect(self.say)
        desk.answer_requested.connect(self.answer_requested)
        desk.host_keys_requested.connect(self.host_keys_requested)
        self.sidebar.export_wanted.connect(self.exchange.export)
        FileDrop(self).dropped.connect(self.exchange.import_from)
        for source in (desk, self.exchange, self.alias_import, self.foreign_import):
            source.saved.connect(self.show_connection)
            source.told.connect(self.say)
        self._model.changed.connect(self._on_changed)
        self._model.forgotten.connect(self._on_forgotten)
        self._model.noticed.connect(self._on_notice)
        if self.sidebar.current_id:
            self.detail.show_connection(self.sidebar.current_id)

    def _add_keys(self) -> None:
        self._on_keys(QKeySequence(QKeySequence.StandardKey.New), self.add_connection)
        self._on_keys(QKeySequence(QKeySequence.StandardKey.Find), self.sidebar.search.setFocus)
        self._on_keys(QKeySequence(QKeySequence.StandardKey.Quit), self.closed.emit)
        self._on_keys(QKeySequence("Ctrl+,"), self.preferences_requested.emit)
        self._on_keys(QKeySequence("Ctrl+E"), lambda: self.edit_connection(self.detail.connection_id))
        self._on_keys(QKeySequence("Ctrl+D"), lambda: self.duplicate_connection(self.detail.connection_id))

    def _on_keys(self, keys: QKeySequence, do: Callable[[], object]) -> None:
        QShortcut(keys, self).activated.connect(do)

    def _on_changed(self) -> None:
        self._show_fitting_page()
        self._review_ticker()
        if self._wanted_id:
            self.show_connection(self._wanted_id)

    def _on_forgotten(self, connection_id: str) -> None:
        self._show_fitting_page()
        if connection_id == self.detail.connection_id:
            # A search may hide all that is left; without it the list has something to choose.
            self.sidebar.search.clear()

    def _show_fitting_page(self) -> None:
        page: QWidget = self._home if self._model.snapshots() else self.empty
        if page is not self._pages.currentWidget():
            self._pages.setCurrentWidget(page)
            if page is self._home:
                self.sidebar.list.setFocus()

    def _review_ticker(self) -> None:
        """A row is painted each second only while a countdown runs and somebody can see it."""
        if self._model.counts_down() and self.isVisible():
            if not self._ticker.isActive():
                self._ticker.start()
        else:
            self._ticker.stop()

    def _open_menu(self, connection_id: str, place: QPoint) -> None:
        snapshot = self._model.snapshot(connection_id)
        if snapshot is None:
            return
        menu = connection_menu(snapshot, self.actions_desk, self.exchange, self.use, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The button that opens it stands at the right edge: the menu stays over the window.
        room = self.mapToGlobal(QPoint(self.width() - MENU_DISTANCE, 0)).x() - menu.sizeHint().width()
        menu.popup(QPoint(min(place.x(), room), place.y()))

    def _on_notice(self, notice: Notice) -> None:
        self.say(f"{messages.title(notice.cause)}. {messages.advice(notice.cause)}")
