"""A file of connections may be dropped onto the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QObject, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from desktop.core.exchange import SUFFIX


class FileDrop(QObject):
    """`dropped` carries its path."""

    dropped = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        # Entering and dropping are both a QDropEvent.
        if not isinstance(event, QDropEvent) or not _path(event.mimeData()):
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self.dropped.emit(_path(event.mimeData()))
        return True


def _path(data: QMimeData) -> str:
    """Of the one file of connections that is dragged, or empty."""
    paths = [url.toLocalFile() for url in data.urls()]
    return paths[0] if len(paths) == 1 and paths[0].lower().endswith(SUFFIX) else ""
