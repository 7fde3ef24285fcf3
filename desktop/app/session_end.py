"""The end of the person's session, as the system announces it to a program with a window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QUrl, Signal
from PySide6.QtGui import QFileOpenEvent, QGuiApplication, QSessionManager
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """Ends when it is told to quit.

    Qt's own answer is to ask every window to close. Ours would hide and say that Caponier keeps running in the tray,
    and a window that stayed for another reason would cancel the person's log-out. `link_opened` carries a link that the
    person opened; only macOS hands it to a running program in this way.
    """

    link_opened = Signal(str)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent):
            self.link_opened.emit(event.url().toString(QUrl.ComponentFormattingOption.FullyEncoded))
            return True
        if event.type() == QEvent.Type.Quit:
            event.accept()
            self.exit()
            return True
        return super().event(event)


class SessionEnd(QObject):
    """GUI thread. Saves when the session is about to end; the tunnels stay up until that is certain.

    Windows asks first (WM_QUERYENDSESSION), and kills the process soon after it has said that the answer was yes
    (WM_ENDSESSION): `desktop.app.run` ends everything within Qt's `aboutToQuit`, which comes before that. macOS and X11
    session managers ask in the same way, and then send `QEvent.Quit`. Where Qt was built without X11 session
    management, as in PySide6's wheels, and under Wayland, a session ends by signals, or by the screen's going away;
    signals are the part of `desktop.system.signals`.
    """

    def __init__(self, app: QGuiApplication, save: Callable[[], None]) -> None:
        super().__init__(app)
        self._save = save
        app.commitDataRequest.connect(self.on_asked)
        app.saveStateRequest.connect(self.on_asked)

    def on_asked(self, manager: QSessionManager) -> None:
        """Somebody else may still cancel the log-out."""
        self._save()
        # Whether we start at the next login is the person's choice, in the preferences.
        manager.setRestartHint(QSessionManager.RestartHint.RestartNever)
