"""The tray's menu: a switch for every connection, and what concerns them all."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu

from desktop.core.copy_texts import copy_texts
from desktop.core.model import Snapshot, State
from desktop.core.policy import Command, allowed_commands
from desktop.core.ports import Tunnels
from desktop.gui.connections_model import ConnectionsModel

COUNTDOWN_MS = 1000


class TrayMenu(QMenu):
    """Follows the model while it is open, too: its entries are changed in place, so that nothing jumps."""

    preferences_wanted = Signal()

    def __init__(
        self,
        model: ConnectionsModel,
        tunnels: Tunnels,
        on_show: Callable[[], None],
        on_quit: Callable[[], None],
    ) -> None:
        super().__init__()
        self._model = model
        self._tunnels = tunnels
        self._switches: dict[str, QAction] = {}
        self._below_switches = self.addSeparator()
        self._connect_all = self.addAction("Connect all")
        self._disconnect_all = self.addAction("Disconnect all")
        self.copy_menu = self.addMenu("Copy")
        self.addSeparator()
        self.addAction("Open Caponier").triggered.connect(on_show)
        self.addAction("Preferences…").triggered.connect(self.preferences_wanted)
        self.addAction("Quit").triggered.connect(on_quit)
        self._connect_all.triggered.connect(self._on_connect_all)
        self._disconnect_all.triggered.connect(self._on_disconnect_all)
        self._countdown = QTimer(self)
        self._countdown.setTimerType(Qt.TimerType.PreciseTimer)
        self._countdown.timeout.connect(self._count_down)
        self.aboutToShow.connect(self._on_about_to_show)
        self.aboutToHide.connect(self._countdown.stop)
        model.changed.connect(self.refresh)
        model.forgotten.connect(self.refresh)
        self.refresh()

    @property
    def counts_down(self) -> bool:
        """True while entries are rewritten each second."""
        return self._countdown.isActive()

    def refresh(self) -> None:
        snapshots = self._model.snapshots()
        self._match_switches(snapshots)
        self._refresh_switches()
        self._connect_all.setEnabled(any(_can(each, Command.CONNECT) for each in snapshots))
        self._disconnect_all.setEnabled(any(_can(each, Command.DISCONNECT) for each in snapshots))
        self._refresh_copy(snapshots)

    def _match_switches(self, snapshots: tuple[Snapshot, ...]) -> None:
        known = {each.connection.id for each in snapshots if not each.connection.route.is_direct}
        for connection_id in self._switches.keys() - known:
            switch = self._switches.pop(connection_id)
            self.removeAction(switch)
            switch.deleteLater()
        for snapshot in snapshots:
            if snapshot.connection.id not in self._switches and not snapshot.connection.route.is_direct:
                self._add_switch(snapshot.connection.id)

    def _add_switch(self, connection_id: str) -> None:
        switch = QAction(self)
        switch.setCheckable(True)
        switch.triggered.connect(lambda: self._on_switched(connection_id))
        self.insertAction(self._below_switches, switch)
        self._switches[connection_id] = switch

    def _refresh_switches(self) -> None:
        for snapshot in self._model.snapshots():
            switch = self._switches.get(snapshot.connection.id)
            if switch is not None:
                switch.setText(_literal(f"{snapshot.connection.name}  –  {self._model.state_line(snapshot)}"))
                switch.setChecked(snapshot.wanted)

    def _refresh_copy(self, snapshots: tuple[Snapshot, ...]) -> None:
        self.copy_menu.clear()
        for snapshot in snapshots:
            is_usable = snapshot.state is State.UP or snapshot.connection.route.is_direct
            if is_usable and snapshot.served_at is not None:
                # The first text is the URL, or what comes nearest to one for that warehouse.
                text = copy_texts(snapshot.connection, snapshot.served_at)[0]
                action = self.copy_menu.addAction(_literal(f"{text.label} of {snapshot.connection.name}"))
                action.triggered.connect(
                    lambda _=False, text=text.text: QApplication.clipboard().setText(text)
                )
        self.copy_menu.setEnabled(not self.copy_menu.isEmpty())

    def _count_down(self) -> None:
        self._model.refresh_countdowns()
        self._refresh_switches()

    def _on_about_to_show(self) -> None:
        self._count_down()
        if self._model.counts_down():
            self._countdown.start(COUNTDOWN_MS)

    def _on_switched(self, connection_id: str) -> None:
        snapshot = self._model.snapshot(connection_id)
        if snapshot is not None and snapshot.wanted:
            self._tunnels.disconnect(connection_id)
        elif snapshot is not None:
            self._tunnels.connect(connection_id)
        # Qt has flipped the mark already; it follows the engine's word, not the click.
        self._refresh_switches()

    def _on_connect_all(self) -> None:
        for snapshot in self._model.snapshots():
            if _can(snapshot, Command.CONNECT):
                self._tunnels.connect(snapshot.connection.id)

    def _on_disconnect_all(self) -> None:
        for snapshot in self._model.snapshots():
            if _can(snapshot, Command.DISCONNECT):
                self._tunnels.disconnect(snapshot.connection.id)


def _can(snapshot: Snapshot, command: Command) -> bool:
    return command in allowed_commands(snapshot)


def _literal(text: str) -> str:
    """A name with an ampersand is no keyboard shortcut."""
    return text.replace("&", "&&")
