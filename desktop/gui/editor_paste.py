"""The line at the top of an empty form that takes a pasted ssh command."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.core.errors import CommandNotUnderstood
from desktop.core.ssh_command import parse_ssh_command
from desktop.gui.editor_drafts import left_out_text
from desktop.gui.editor_fields import Remark
from desktop.wording.messages import advice


class PasteLine(QLineEdit):
    """Keeps Return to itself: it ends the command, it does not save the form."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextChild()
            return
        super().keyPressEvent(event)


class PasteBar(QFrame):
    """Emits `understood` with a `ParsedCommand` as soon as the line holds a whole command."""

    understood = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "neutral")
        self.line = PasteLine()
        self.line.setObjectName("paste-command")
        self.line.setPlaceholderText("ssh -N -L 15432:db.internal:5432 me@bastion.example.com")
        self.line.setClearButtonEnabled(True)
        caption = QLabel("Have an &ssh command? Paste it to fill in the form.")
        caption.setBuddy(self.line)
        self._outcome = Remark()
        self._left_out = Remark(problem=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(6)
        for widget in (caption, self.line, self._outcome, self._left_out):
            column.addWidget(widget)
        self.line.textChanged.connect(self._on_changed)

    def _on_changed(self, text: str) -> None:
        self._left_out.say("")
        if not text.strip():
            self._outcome.say("")
            return
        try:
            parsed = parse_ssh_command(text)
        except CommandNotUnderstood as error:
            self._outcome.say(advice(error.cause))
            return
        self._outcome.say("Filled in below. Check it, then save.")
        self._left_out.say(left_out_text(parsed))
        self.understood.emit(parsed)
