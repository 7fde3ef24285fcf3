"""Window, tray and prompts, put together on one model."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop.app.demo_desk import DemoDesk
from desktop.app.dock_click import DockClick
from desktop.app.session_end import SessionEnd
from desktop.app.wanted_again import WantedAgain
from desktop.compose.backstage import Backstage
from desktop.compose.check import BackgroundChecks
from desktop.core.errors import Cause
from desktop.demo.demo import DemoAnswer
from desktop.gui.bridge import Bridge
from desktop.gui.connections_model import ConnectionsModel
from desktop.gui.host_keys_dialog import HostKeysDialog
from desktop.gui.lookups import Lookups
from desktop.gui.main_window import MainWindow
from desktop.gui.notice_dialog import NoticeDialog
from desktop.gui.outage_notifier import OutageNotifier
from desktop.gui.preferences_dialog import PreferencesDialog
from desktop.gui.prompts import PromptDesk
from desktop.gui.tray import Tray
from desktop.ssh.agent_look import AgentLook
from desktop.ssh.keys import pasted_key_fingerprint
from desktop.ssh_config.look import ConfigAliases
from desktop.store.wanted import WantedFile
from desktop.system.autostart.choice import autostart
from desktop.system.portal import PortalWatch
from desktop.system.terminal.choice import terminal
from desktop.wording.messages import advice, title

# At login a tray may be there some seconds after us.
TRAY_PATIENCE_MS = 10_000


class Face(QObject):
    """GUI thread. `close` it before the backstage: the bridge must not hear of an engine that is gone."""

    def __init__(self, app: QApplication, backstage: Backstage) -> None:
        super().__init__(app)
        self._app = app
        self._backstage = backstage
        engine, library = backstage.engine, backstage.library
        self.bridge = Bridge(engine, self)
        self.model = ConnectionsModel(self.bridge, self)
        self.checks = BackgroundChecks(backstage.check_parts)
        self.window = MainWindow(
            library,
            engine,
            self.model,
            backstage.exchange,
            hide_on_close=self._hides_on_close,
            secrets=backstage.secrets,
            terminal=terminal(),
            lookups=Lookups(
                pasted_key_fingerprint, AgentLook, ConfigAliases(), backstage.logins, backstage.foreign
            ),
            checks=self.checks,
        )
        self.tray = Tray(self.model, engine, self.window.bring_forward, self._quit, self)
        self.outages = OutageNotifier(self.model, self.tray.say_quietly, self)
        self.prompts = PromptDesk(self.bridge, self.model, engine, self.window)
        self.demo = DemoDesk(backstage, self.model, self)
        self.preferences = backstage.preferences
        self.again = WantedAgain(WantedFile(backstage.paths), self.model, engine, self)
        self.session_end = SessionEnd(app, self.again.flush)
        self.portal = PortalWatch(self)
        self.portal.portal_changed.connect(engine.behind_portal)
        self.portal.changed.connect(engine.network_changed)
        self._connect_signals()
        # Finding the system's network service takes a moment; the window is made first.
        QTimer.singleShot(0, self.portal.start)

    def begin(self, *, hidden: bool) -> None:
        """Connect again what was connected, and show the window: with `hidden` only where no tray comes.

        Once, after the saved connections were loaded, and before the event loop runs.
        """
        chosen = self.preferences.load()
        saved = self._backstage.library.connections
        self.again.begin(saved, again=chosen.connect_again, on_demand=chosen.on_demand)
        if hidden:
            QTimer.singleShot(TRAY_PATIENCE_MS, self, self._show_unless_in_tray)
        else:
            self.window.show()
        if sys.platform == "darwin":
            # The start makes the program active too, which must not show a window that was to stay hidden.
            QTimer.singleShot(TRAY_PATIENCE_MS if hidden else 0, self, self._listen_to_dock)

    def tell_at_start(self, cause: Cause) -> None:
        """A sentence that must be read; shown once the window is there."""
        notice = NoticeDialog(title(cause), advice(cause), self.window)
        QTimer.singleShot(0, notice.open)

    def close(self) -> None:
        """Idempotent. Checks and the demo's servers end here; this may take a few seconds."""
        self.checks.close()
        self.again.close()
        self.demo.close()
        self.tray.close()
        self.bridge.close()
        self.window.hide()

    def _connect_signals(self) -> None:
        window, demo = self.window, self.demo
        window.closed.connect(self._quit)
        self.tray.available_changed.connect(self._on_tray)
        window.answer_requested.connect(self.prompts.ask_again)
        self.prompts.guard_chosen.connect(window.actions_desk.set_guard)
        window.host_keys_requested.connect(self._show_host_keys)
        window.demo_requested.connect(demo.start)
        window.preferences_requested.connect(self._show_preferences)
        self.tray.menu.preferences_wanted.connect(self._show_preferences)
        demo.starting.connect(lambda: window.say("Starting a bastion and a PostgreSQL of your own…"))
        demo.saved.connect(window.show_connection)
        demo.answered.connect(self._show_answer)
        demo.failed.connect(self._show_failure)

    def _quit(self) -> None:
        """Not `QApplication.quit`: that asks every window to close, and ours would hide and stay."""
        self._app.exit()

    def _hides_on_close(self) -> bool:
        """Only where the tray can bring the window back."""
        if self.tray.available:
            self.tray.say_staying()
        return self.tray.available

    def _on_tray(self, available: bool) -> None:
        """A hidden window must not be lost with the tray that would bring it back."""
        if not available:
            self._show_unless_in_tray()

    def _show_unless_in_tray(self) -> None:
        if not self.tray.available and not self.window.isVisible():
            self.window.bring_forward()

    def _listen_to_dock(self) -> None:
        DockClick(self._app, self.window, self)

    def _show_preferences(self) -> None:
        """Over the window, unless another dialog stands there: that one first."""
        self.window.bring_forward()
        if QApplication.activeModalWidget() is None:
            dialog = PreferencesDialog(self.preferences, autostart(), self._backstage.engine, self.window)
            dialog.host_keys_wanted.connect(lambda: self._show_host_keys(None))
            dialog.open()

    def _show_host_keys(self, about: Cause | None) -> None:
        HostKeysDialog(self._backstage.host_keys, self.window, about).open()

    def _show_answer(self, answer: DemoAnswer) -> None:
        self.window.say(f"Answered through the tunnel: {answer.version_line}")

    def _show_failure(self, cause: Cause) -> None:
        self.window.say(f"{title(cause)}. {advice(cause)}")
