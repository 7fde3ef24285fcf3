"""Asks for an ssh command and shows, while it is pasted or typed, what was understood of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.core.aliases import Aliases, AliasView
from desktop.core.model import Connection
from desktop.core.ssh_command import ParsedCommand
from desktop.engine.drafts import drafts_of, login_name
from desktop.engine.library import Library
from desktop.gui.command_reader import CommandReader
from desktop.gui.editor_drafts import left_out_text, understood_text
from desktop.gui.stylesheet import restyle

_EXAMPLE = "ssh -N -L 15432:db.internal:5432 -p 2222 -i ~/.ssh/id_ed25519 me@bastion.example.com"


class PasteCommandDialog(QDialog):
    """After `accept`, `drafts` holds one unsaved connection for each ``-L`` and ``-D`` of the command.

    They share a bastion and a login, so that one form is enough:
    ``ConnectionEditor(..., draft=drafts[0], siblings=drafts[1:])``.
    """

    def __init__(
        self, library: Library, parent: QWidget | None = None, aliases: Aliases | None = None
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._reader = CommandReader(aliases, self)
        self._reader.understood.connect(self._on_understood)
        self._reader.refused.connect(self._on_refused)
        self.drafts: tuple[Connection, ...] = ()
        self.setWindowTitle("Paste an ssh command")
        self.command = QPlainTextEdit()
        self.command.setObjectName("command")
        self.command.setProperty("type", "mono")
        self.command.setPlaceholderText(_EXAMPLE)
        self.command.setTabChangesFocus(True)
        self.command.setFixedHeight(self.command.fontMetrics().lineSpacing() * 5 + 20)
        self._answer = _Answer()
        self._buttons = self._make_buttons()
        self._lay_out()
        self.command.textChanged.connect(self._on_changed)
        self._on_changed()
        self.resize(600, self.sizeHint().height())

    def _make_buttons(self) -> QDialogButtonBox:
        kind = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kind.Cancel | kind.Ok)
        go_on = buttons.button(kind.Ok)
        go_on.setObjectName("continue")
        go_on.setText("Continue")
        restyle(go_on, "look", "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _lay_out(self) -> None:
        heading = QLabel("Paste an ssh command")
        heading.setProperty("type", "title")
        explanation = QLabel(
            "One that forwards a port with -L or -D. Options and line breaks may be spelled as you like."
        )
        explanation.setProperty("type", "muted")
        explanation.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(10)
        for widget in (heading, explanation, self.command, self._answer):
            column.addWidget(widget)
        column.addStretch(1)
        column.addSpacing(6)
        column.addWidget(self._buttons)

    def _on_changed(self) -> None:
        text = self.command.toPlainText()
        self._take(())
        self._reader.stop()
        if text.strip():
            self._reader.read(text)
        else:
            self._answer.invite()

    def done(self, result: int) -> None:
        self._reader.stop()
        super().done(result)

    def _on_understood(self, parsed: ParsedCommand, view: AliasView | None) -> None:
        self._take(drafts_of(parsed, self._library, login_name(), view=view))
        self._answer.confirm(parsed, view)
        # Never less than before: a window that jumps while somebody types is a nuisance.
        self.resize(self.width(), max(self.height(), self.heightForWidth(self.width())))

    def _on_refused(self, sentence: str) -> None:
        self._answer.refuse(sentence)

    def _take(self, drafts: tuple[Connection, ...]) -> None:
        self.drafts = drafts
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(drafts))


class _Answer(QFrame):
    """A tinted box whose height does not jump while a command is typed."""

    def __init__(self) -> None:
        super().__init__()
        self._heading = _wrapped("heading")
        self._text = _wrapped("")
        self._warning = _wrapped("")
        self._warning.setProperty("problem", "true")
        self._warning.setObjectName("left-out")
        self._text.setObjectName("understood")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(4)
        for label in (self._heading, self._text, self._warning):
            column.addWidget(label)
        column.addStretch(1)
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * 5 + 24)

    def invite(self) -> None:
        self._show("neutral", "Nothing pasted yet", "What the command says will be shown here.")

    def refuse(self, sentence: str) -> None:
        self._show("neutral", "Not understood yet", sentence)

    def confirm(self, parsed: ParsedCommand, view: AliasView | None) -> None:
        count = len(parsed.forwards)
        heading = "This will be one connection" if count == 1 else f"These will be {count} connections"
        left_out = left_out_text(parsed, view)
        self._show("warn" if left_out else "good", heading, understood_text(parsed, view), left_out)

    def _show(self, card: str, heading: str, text: str, warning: str = "") -> None:
        restyle(self, "card", card)
        self._heading.setText(heading)
        self._text.setText(text)
        self._warning.setText(warning)
        self._warning.setVisible(bool(warning))


def _wrapped(kind: str) -> QLabel:
    label = QLabel()
    label.setProperty("type", kind)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
