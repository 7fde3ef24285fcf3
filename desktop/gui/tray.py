"""The icon in the system's tray, and its menu."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon

from desktop.core.model import Route, Snapshot, State
from desktop.core.policy import needs_answer
from desktop.core.ports import Tunnels
from desktop.gui.attention import is_looked_at
from desktop.gui.connections_model import ConnectionsModel
from desktop.gui.icons import tray_icon
from desktop.gui.tray_menu import TrayMenu
from desktop.wording.messages import advice, title
from desktop.wording.status import overall_line

HOST_POLL_MS = 2000
# Worst first. A connection being switched off is no news.
_SEVERITY = (State.FAILED, State.WAITING, State.CONNECTING, State.UP, State.CLOSING, State.OFF)
_Look = tuple[State, bool]


class Tray(QObject):
    """Shows the worst state of all, and lets the person switch connections without the window.

    Without a tray host there is no icon, and `available` is False: the window must then stay reachable. A host may
    come after us (at login) or go, so it is looked for every `HOST_POLL_MS`.
    """

    available_changed = Signal(bool)

    def __init__(
        self,
        model: ConnectionsModel,
        tunnels: Tunnels,
        on_show: Callable[[], None],
        on_quit: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._on_show = on_show
        self._icon: QSystemTrayIcon | None = None
        self._look: _Look | None = None
        self._said_staying = False
        self._told: set[Route] = set()
        self.menu = TrayMenu(model, tunnels, on_show, on_quit)
        model.changed.connect(self._on_changed)
        model.forgotten.connect(self._refresh)
        self._poll = QTimer(self)
        self._poll.timeout.connect(self._look_for_host)
        self._poll.start(HOST_POLL_MS)
        self._look_for_host()

    @property
    def available(self) -> bool:
        """True while the person can reach us through the tray."""
        return self._icon is not None

    @property
    def icon(self) -> QSystemTrayIcon | None:
        return self._icon

    def say_staying(self) -> None:
        """Tell, the first time only, that closing the window did not end the program."""
        if self._icon is not None and not self._said_staying:
            self._said_staying = True
            self._icon.showMessage(
                "Caponier keeps running in the tray",
                "Your connections stay up. Choose Quit in the tray's menu to end them.",
                QSystemTrayIcon.MessageIcon.Information,
            )

    def say_quietly(self, heading: str, text: str) -> None:
        """Tell something that nobody has to act upon; nothing where there is no tray.

        Without an icon, which is the least urgent form: Qt asks no system for a sound with it. On Windows the person's
        setting for notifications decides about that, whatever the form.
        """
        if self._icon is not None:
            self._icon.showMessage(heading, text, QSystemTrayIcon.MessageIcon.NoIcon)

    def close(self) -> None:
        """Take the icon away. Idempotent."""
        self._poll.stop()
        self._drop_icon()
        self.menu.close()

    def _look_for_host(self) -> None:
        there = QSystemTrayIcon.isSystemTrayAvailable()
        if there == self.available:
            return
        # An icon made while there was no host never registers with one that starts after it: make a new one.
        if there:
            self._make_icon()
        else:
            self._drop_icon()
        self.available_changed.emit(there)

    def _make_icon(self) -> None:
        self._icon = QSystemTrayIcon(self)
        self._icon.setContextMenu(self.menu)
        self._icon.activated.connect(self._on_activated)
        self._icon.messageClicked.connect(self._on_show)
        self._look = None
        self._refresh()
        self._icon.show()

    def _drop_icon(self) -> None:
        if self._icon is not None:
            self._icon.hide()
            self._icon.deleteLater()
            self._icon = None

    def _on_changed(self, before: Snapshot | None, after: Snapshot) -> None:
        self._refresh()
        if after.state is not State.FAILED:
            self._told.discard(after.connection.route)
        elif before is None or before.state is not State.FAILED:
            self._tell_failure(after)

    def _refresh(self) -> None:
        if self._icon is None:
            return
        snapshots = self._model.snapshots()
        look = worst(snapshots)
        if look != self._look:
            self._look = look
            state, waits_for_answer = look
            self._icon.setIcon(tray_icon(state, asks=waits_for_answer))
        self._icon.setToolTip(f"Caponier\n{overall_line(snapshots)}")

    def _tell_failure(self, snapshot: Snapshot) -> None:
        """Once for a link, however many connections share it, and only to someone who looks elsewhere."""
        cause, route = snapshot.cause, snapshot.connection.route
        if cause is None or route in self._told:
            return
        self._told.add(route)
        if self._icon is not None and not is_looked_at():
            self._icon.showMessage(
                f"{snapshot.connection.name}: {title(cause)}",
                advice(cause),
                QSystemTrayIcon.MessageIcon.Warning,
            )

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        # On macOS a click opens the menu, and says Trigger as well.
        if reason is QSystemTrayIcon.ActivationReason.Trigger and sys.platform != "darwin":
            self._on_show()


def worst(snapshots: tuple[Snapshot, ...]) -> _Look:
    """The state that needs a look first, and whether someone waits for the person's answer."""
    states = {_state_shown(snapshot) for snapshot in snapshots}
    state = next((state for state in _SEVERITY if state in states), State.OFF)
    return state, any(needs_answer(snapshot) for snapshot in snapshots)


def _state_shown(snapshot: Snapshot) -> State:
    """A connection that is up but has trouble of its own looks failed: nobody gets through it.

    One that is being asked looks up until it fails to answer: an icon that blinks at every change of the network would
    say nothing.
    """
    troubled = snapshot.state is State.UP and snapshot.cause is not None
    return State.FAILED if troubled else snapshot.state
