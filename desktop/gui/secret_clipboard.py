"""Secrets on the clipboard: kept out of its histories where the desktop lets us ask for that, and not for long."""

from __future__ import annotations

import hashlib
import sys

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QGuiApplication

KEPT_MS = 60_000
# KDE's clipboard history (Klipper) and others on Linux leave out what has this; KeePassXC marks secrets so.
_LINUX = {"x-kde-passwordManagerHint": b"secret"}
# Windows documentation, "Clipboard Formats"; the zeros are a DWORD.
_WINDOWS = {
    "ExcludeClipboardContentFromMonitorProcessing": b"1",
    "CanIncludeInClipboardHistory": bytes(4),
    "CanUploadToCloudClipboard": bytes(4),
}


class SecretClipboard(QObject):
    """GUI thread. What it copied is gone after a minute or with the program, unless something else was copied since.

    The mark of macOS (org.nspasteboard.ConcealedType) can't be set through Qt's own types of data.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._copied = b""
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.setInterval(KEPT_MS)
        self._end.timeout.connect(self.clear)
        application = QGuiApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.clear)

    def copy(self, text: str) -> None:
        data = QMimeData()
        data.setText(text)
        for name, value in (_WINDOWS if sys.platform == "win32" else _LINUX).items():
            data.setData(name, value)
        QGuiApplication.clipboard().setMimeData(data)
        self._copied = _digest(text)
        self._end.start()

    def clear(self) -> None:
        """Now, if it is still there."""
        self._end.stop()
        copied, self._copied = self._copied, b""
        clipboard = QGuiApplication.clipboard()
        if copied and copied == _digest(clipboard.text()):
            clipboard.clear()


def _digest(text: str) -> bytes:
    """What is remembered of a secret in order to know it again."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()
