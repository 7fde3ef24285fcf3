"""A program with a tray icon over stand-in tunnels. It prints a line of JSON for whatever happens."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget

from desktop.core.errors import PasswordNeeded, PeerLost
from desktop.core.model import Connection, Endpoint, Forward, Hop, Outage, Route, Snapshot, State
from desktop.gui.bridge import Bridge
from desktop.gui.connections_model import ConnectionsModel
from desktop.gui.outage_notifier import OutageNotifier
from desktop.gui.theme import Theme
from desktop.gui.tray import Tray
from tests.support.standins import StandInTunnels, up

LOCKED = "locked"
FLAKY = "flaky"
NEEDED = PasswordNeeded(user="ada", host="bastion.example.com", store="")
LOST = PeerLost(host="bastion.example.com")
OUTAGE_AFTER_S = 0.2


def say(event: str, **facts: Any) -> None:
    print(json.dumps({"event": event, **facts}), flush=True)  # noqa: T201 - what the test reads


def sample(name: str) -> Connection:
    route = Route((Hop("bastion.example.com", "ada"),))
    return Connection(name, route, Forward(Endpoint("db.internal", 5432)), database="orders", id=name)


class TalkingTunnels(StandInTunnels):
    """Obeys at once, and says what it was asked. `LOCKED` asks for a password, and `FLAKY` is lost as it connects."""

    def connect(self, connection_id: str, *, on_demand: bool = False) -> None:
        say("connect", id=connection_id)
        connection = self.snapshots[connection_id].connection
        failed = Snapshot(connection, state=State.FAILED, cause=NEEDED.cause)
        lost = Snapshot(connection, State.WAITING, LOST.cause, attempt=1, outage=Outage(0.0, LOST.cause))
        self.tell({LOCKED: failed, FLAKY: lost}.get(connection_id) or up(connection))

    def disconnect(self, connection_id: str) -> None:
        say("disconnect", id=connection_id)
        self.tell(replace(self.snapshots[connection_id], state=State.OFF, local=None))


class MenuWatch:
    """Says where each entry can be clicked, once whenever the menu has really appeared on the screen."""

    def __init__(self, menu: QMenu) -> None:
        self._menu = menu
        self._said = False

    def look(self) -> None:
        on_screen = self._menu.isVisible() and self._menu.windowHandle().isExposed()
        if on_screen and not self._said:
            entries = (action for action in self._menu.actions() if action.text())
            say("menu", entries={_label(action): _middle(self._menu, action) for action in entries})
        self._said = on_screen


class MessageWatch:
    """Says each message that the icon shows. Qt draws them itself where the desktop has no notifications."""

    def __init__(self) -> None:
        self._known: list[QWidget] = []

    def look(self) -> None:
        balloons = [
            each for each in QApplication.topLevelWidgets() if each.metaObject().className() == "QBalloonTip"
        ]
        for balloon in balloons:
            if balloon not in self._known:
                say("message", texts=[label.text() for label in balloon.findChildren(QLabel)])
        self._known = balloons


def _label(action: QAction) -> str:
    return action.text().split("  ")[0]


def _middle(menu: QMenu, action: QAction) -> list[int]:
    middle = menu.mapToGlobal(menu.actionGeometry(action).center())
    return [middle.x(), middle.y()]


def say_icon(tray: Tray, known: dict[str, Any]) -> None:
    """Where the icon is, whenever that changed."""
    icon = tray.icon
    place = [] if icon is None else [icon.geometry().center().x(), icon.geometry().center().y()]
    tooltip = "" if icon is None else icon.toolTip()
    if known != (now := {"available": tray.available, "place": place, "tooltip": tooltip}):
        known.update(now)
        say("icon", **now)


def on_show(tray: Tray) -> None:
    """Stands for a window that is opened, and closed again."""
    say("show")
    tray.say_staying()


def main() -> int:
    app = QApplication(sys.argv)
    app.setQuitOnLastWindowClosed(False)
    Theme.apply(app)
    tunnels = TalkingTunnels(Snapshot(sample(name)) for name in ("orders", "sales", LOCKED, FLAKY))
    bridge = Bridge(tunnels)
    model = ConnectionsModel(bridge)
    tray = Tray(model, tunnels, lambda: on_show(tray), app.quit)
    # Needs no name of its own: the tray is its parent.
    OutageNotifier(model, tray.say_quietly, tray, after_s=OUTAGE_AFTER_S)
    watches = (MenuWatch(tray.menu), MessageWatch())
    known: dict[str, Any] = {}
    watch = QTimer()
    watch.timeout.connect(lambda: say_icon(tray, known))
    for each in watches:
        watch.timeout.connect(each.look)
    watch.start(50)
    status = app.exec()
    tray.close()
    bridge.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
