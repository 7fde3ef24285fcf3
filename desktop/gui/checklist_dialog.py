"""Which of several connections shall be imported or exported?"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from desktop.gui.checklist import Checklist, Choice
from desktop.gui.parts import button, label
from desktop.wording.quantities import counted

WIDTH = 640
MARGIN = 24


class ChecklistDialog(QDialog):
    """`ticked` holds the positions of what the person chose. `verb` stands on the button: "Import 3 connections"."""

    def __init__(
        self,
        heading: str,
        explanation: str,
        choices: Sequence[Choice],
        verb: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("checklistDialog")
        self.setWindowTitle(heading)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._verb = verb
        self._list = Checklist(choices, WIDTH - 2 * MARGIN)
        self._list.changed.connect(self._show_count)
        self._go_on = button("goOn", "", "primary")
        self._go_on.clicked.connect(self.accept)
        cancel = button("cancelButton", "Cancel")
        cancel.clicked.connect(self.reject)
        buttons = QDialogButtonBox()
        buttons.addButton(self._go_on, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        self._go_on.setDefault(True)
        text = label(explanation, "muted", wraps=True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 22, MARGIN, 20)
        column.setSpacing(12)
        column.addWidget(label(heading, "title"))
        column.addWidget(text)
        column.addWidget(self._list, 1)
        column.addWidget(buttons)
        self.setMinimumWidth(WIDTH)
        self._show_count()

    @property
    def ticked(self) -> tuple[int, ...]:
        return self._list.ticked

    def _show_count(self) -> None:
        count = len(self.ticked)
        self._go_on.setText(f"{self._verb} {counted(count, 'connection')}" if count else self._verb)
        self._go_on.setEnabled(count > 0)
