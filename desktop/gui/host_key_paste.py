"""Asks for host keys and shows, while they are pasted or typed, what was understood of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.core.config_errors import ConfigNotWritable, HostKeyTextInvalid
from desktop.core.host_keys import HostKeyEntry
from desktop.core.ports import HostKeys
from desktop.gui.parts import button, label
from desktop.gui.stylesheet import restyle
from desktop.wording.host_keys import host_text, kind_text
from desktop.wording.messages import advice, title
from desktop.wording.quantities import counted

_WIDTH = 620
_EXAMPLE = "bastion.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5…"
_SHOWN_KEYS = 4


class HostKeyPasteDialog(QDialog):
    """`added` is emitted once something new was written down."""

    added = Signal()

    def __init__(self, host_keys: HostKeys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._host_keys = host_keys
        self._entries: Sequence[HostKeyEntry] = ()
        self.setObjectName("hostKeyPasteDialog")
        self.setWindowTitle("Add host keys")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._text = QPlainTextEdit()
        self._text.setObjectName("hostKeyText")
        self._text.setAccessibleName("Host keys")
        self._text.setProperty("type", "mono")
        self._text.setPlaceholderText(_EXAMPLE)
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(self._text.fontMetrics().lineSpacing() * 5 + 20)
        self._host = QLineEdit()
        self._host.setObjectName("hostOfKey")
        self._host.setPlaceholderText("bastion.example.com or bastion.example.com:2222")
        self._verdict = _Verdict()
        self._go_on = button("addKeys", "Add", "primary")
        self._lay_out()
        self._text.textChanged.connect(self._on_changed)
        self._host.textChanged.connect(self._on_changed)
        self._go_on.clicked.connect(self._on_add)
        self._on_changed()

    def _lay_out(self) -> None:
        caption = label("Host, for a key that comes without one")
        caption.setBuddy(self._host)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self._go_on, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(10)
        column.addWidget(label("Add host keys", "title"))
        column.addWidget(
            label(
                "Lines of a known_hosts file, what ssh-keyscan prints, or a public key. Lines of authorities"
                " (@cert-authority) and of revoked keys (@revoked) are taken, too.",
                "muted",
                wraps=True,
            )
        )
        for widget in (self._text, caption, self._host, self._verdict):
            column.addWidget(widget)
        column.addStretch(1)
        column.addSpacing(6)
        column.addWidget(buttons)
        self.setMinimumWidth(_WIDTH)

    def _on_changed(self) -> None:
        self._entries = ()
        text = self._text.toPlainText()
        try:
            self._entries = self._host_keys.read(text, self._host.text())
        except HostKeyTextInvalid as error:
            if text.strip():
                self._verdict.say("warn", "Not understood yet", advice(error.cause))
            else:
                self._verdict.say("neutral", "Nothing pasted yet", "What it says will be shown here.")
        else:
            heading = f"This adds {counted(len(self._entries), 'key')}"
            self._verdict.say("good", heading, _listed(self._entries))
        self._go_on.setEnabled(bool(self._entries))

    def _on_add(self) -> None:
        try:
            new = self._host_keys.add(self._entries)
        except ConfigNotWritable as error:
            self._verdict.say("bad", title(error.cause), advice(error.cause))
            return
        if new:
            self.added.emit()
        self.accept()


class _Verdict(QFrame):
    """A tinted box whose height does not jump while somebody types."""

    def __init__(self) -> None:
        super().__init__()
        self._heading = _plain("heading")
        self._words = _plain("")
        self._words.setObjectName("hostKeyVerdict")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(4)
        column.addWidget(self._heading)
        column.addWidget(self._words)
        column.addStretch(1)
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * 5 + 24)

    def say(self, card: str, heading: str, words: str) -> None:
        restyle(self, "card", card)
        self._heading.setText(heading)
        self._words.setText(words)


def _listed(entries: Sequence[HostKeyEntry]) -> str:
    lines = [_line(entry) for entry in entries[:_SHOWN_KEYS]]
    more = len(entries) - len(lines)
    return "\n".join([*lines, f"and {more} more"] if more else lines)


def _line(entry: HostKeyEntry) -> str:
    kind = kind_text(entry)
    return f"{host_text(entry)} · {kind + ' · ' if kind else ''}{entry.fingerprint}"


def _plain(kind: str) -> QLabel:
    words = label("", kind, wraps=True)
    words.setTextFormat(Qt.TextFormat.PlainText)
    return words
