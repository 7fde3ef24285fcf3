"""On macOS a click on the program's icon in the Dock, or Cmd-Tab to it, brings a hidden window back."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

from desktop.gui.main_window import MainWindow


class DockClick(QObject):
    """GUI thread. From when it is made on.

    Qt says "active" at each click in the Dock, also where the program was active before (QCocoaApplicationDelegate,
    applicationShouldHandleReopen). Elsewhere a program may become active by the menu of its icon in the tray alone.
    """

    def __init__(self, app: QGuiApplication, window: MainWindow, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        app.applicationStateChanged.connect(self._on_state)

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive and not self._window.isVisible():
            self._window.bring_forward()
