"""The line at the top of an empty form that takes a pasted ssh command."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.core.aliases import Aliases, AliasView
from desktop.core.ssh_command import ParsedCommand
from desktop.gui.command_reader import CommandReader
from desktop.gui.editor_drafts import left_out_text
from desktop.gui.editor_fields import Remark


class PasteLine(QLineEdit):
    """Keeps Return to itself: it ends the command, it does not save the form."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextChild()
            return
        super().keyPressEvent(event)


class PasteBar(QFrame):
    """Emits `understood` as soon as the line holds a whole command: see `CommandReader`."""

    understood = Signal(object, object)

    def __init__(self, aliases: Aliases | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reader = CommandReader(aliases, self)
        self._reader.understood.connect(self._on_understood)
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
        self._reader.refused.connect(self._outcome.say)

    def stop(self) -> None:
        """Nothing more comes of what was pasted. Idempotent."""
        self._reader.stop()

    def _on_changed(self, text: str) -> None:
        self._left_out.say("")
        self._outcome.say("")
        self._reader.stop()
        if text.strip():
            self._reader.read(text)

    def _on_understood(self, parsed: ParsedCommand, view: AliasView | None) -> None:
        self._outcome.say("Filled in below. Check it, then save.")
        self._left_out.say(left_out_text(parsed, view))
        self.understood.emit(parsed, view)
