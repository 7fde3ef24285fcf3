"""Asks before something that the person may not have meant."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.gui.parts import button, label

WIDTH = 420


class ConfirmDialog(QDialog):
    """Accepted only by its own button: Enter and Escape both keep everything as it is.

    `quoted` is what the question is about, word for word: all of it can be read, however long it is.
    """

    def __init__(
        self,
        question: str,
        consequence: str,
        yes: str,
        parent: QWidget | None = None,
        *,
        look: str = "danger",
        quoted: str = "",
    ) -> None:
        super().__init__(parent)
        self.setObjectName("confirmDialog")
        self.setWindowTitle(yes)
        heading = label(question, "heading", wraps=True)
        text = label(consequence, "muted", wraps=True)
        for each in (heading, text):
            each.setTextFormat(Qt.TextFormat.PlainText)
            each.setFixedWidth(WIDTH)
        confirm = button("confirmButton", yes, look)
        confirm.clicked.connect(self.accept)
        cancel = button("cancelButton", "Cancel")
        cancel.clicked.connect(self.reject)
        cancel.setDefault(True)
        cancel.setFocus()
        # In the order of buttons that people know from their desktop.
        buttons = QDialogButtonBox()
        buttons.addButton(confirm, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(heading)
        column.addWidget(text)
        if quoted:
            column.addWidget(_quotation(quoted))
        column.addSpacing(12)
        column.addWidget(buttons)


def _quotation(text: str) -> QPlainTextEdit:
    """Breaks also where there is no space, so that nothing can hide beyond the edge."""
    quotation = QPlainTextEdit(text)
    quotation.setObjectName("quotation")
    quotation.setProperty("type", "mono")
    quotation.setAccessibleName("What this is about")
    quotation.setReadOnly(True)
    quotation.setTabChangesFocus(True)
    quotation.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    quotation.setFixedHeight(quotation.fontMetrics().lineSpacing() * 6)
    return quotation
