"""Window, tray and prompts, put together on one model."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop.app.demo_desk import DemoDesk
from desktop.compose import Backstage
from desktop.core.errors import Cause
from desktop.demo.demo import DemoAnswer
from desktop.gui.bridge import Bridge
from desktop.gui.connections_model import ConnectionsModel
from desktop.gui.main_window import MainWindow
from desktop.gui.notice_dialog import NoticeDialog
from desktop.gui.outage_notifier import OutageNotifier
from desktop.gui.prompts import PromptDesk
from desktop.gui.tray import Tray
from desktop.ssh.keys import pasted_key_fingerprint
from desktop.system.portal import PortalWatch
from desktop.wording.messages import advice, title


class Face(QObject):
    """GUI thread. `close` it before the backstage: the bridge must not hear of an engine that is gone."""

    def __init__(self, app: QApplication, backstage: Backstage) -> None:
        super().__init__(app)
        self._app = app
        engine, library = backstage.engine, backstage.library
        self.bridge = Bridge(engine, self)
        self.model = ConnectionsModel(self.bridge, self)
        self.window = MainWindow(
            library,
            engine,
            self.model,
            hide_on_close=self._hides_on_close,
            fingerprint_of=pasted_key_fingerprint,
        )
        self.tray = Tray(self.model, engine, self.window.bring_forward, self._quit, self)
        self.outages = OutageNotifier(self.model, self.tray.say_quietly, self)
        self.prompts = PromptDesk(self.bridge, self.model, engine, self.window)
        self.demo = DemoDesk(backstage, self.model, self)
        self.portal = PortalWatch(self)
        self.portal.portal_changed.connect(engine.behind_portal)
        self.portal.changed.connect(engine.network_changed)
        self._connect_signals()
        # Finding the system's network service takes a moment; the window is made first.
        QTimer.singleShot(0, self.portal.start)

    def tell_at_start(self, cause: Cause) -> None:
        """A sentence that must be read; shown once the window is there."""
        notice = NoticeDialog(title(cause), advice(cause), self.window)
        QTimer.singleShot(0, notice.open)

    def close(self) -> None:
        """Idempotent. The demo's servers end here; this may take a few seconds."""
        self.demo.close()
        self.tray.close()
        self.bridge.close()
        self.window.hide()

    def _connect_signals(self) -> None:
        window, demo = self.window, self.demo
        window.closed.connect(self._quit)
        self.tray.available_changed.connect(self._on_tray)
        window.answer_requested.connect(self.prompts.ask_again)
        window.demo_requested.connect(demo.start)
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
        if not available and not self.window.isVisible():
            self.window.bring_forward()

    def _show_answer(self, answer: DemoAnswer) -> None:
        self.window.say(f"Answered through the tunnel: {answer.version_line}")

    def _show_failure(self, cause: Cause) -> None:
        self.window.say(f"{title(cause)}. {advice(cause)}")
