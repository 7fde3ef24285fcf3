"""The place over the window where a dialog stands: one at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog


class OneDialog(QObject):
    """GUI thread. A dialog is deleted when it ends."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._dialog: QDialog | None = None

    def open(self, dialog: QDialog) -> None:
        """Show `dialog` instead of what is open. Does not block."""
        self.close()
        self._dialog = dialog
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(lambda: self._forget(dialog))
        dialog.open()

    def close(self) -> None:
        """Give up what is open, as its Cancel would."""
        if self._dialog is not None:
            self._dialog.reject()

    def _forget(self, dialog: QDialog) -> None:
        if self._dialog is dialog:
            self._dialog = None
