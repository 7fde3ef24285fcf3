"""Asks about a host key that changed. The calm answer is to stay disconnected."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialogButtonBox, QFrame, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.gui.changed_key_question import ChangedKeyQuestion, ShownKey, confirms, contradicts
from desktop.gui.parts import button, label
from desktop.gui.prompt_dialogs import Fingerprint, Prompt
from desktop.gui.stylesheet import restyle
from desktop.gui.tokens import Tone

_OTHER_KEY = "Another key than the one shown now. Stay disconnected, and tell the administrator."
_AGREES = "It is the key that the server shows now."


class ChangedKeyPrompt(Prompt):
    """`trusted` is emitted only after the new fingerprint was entered and the button pressed.

    The fingerprint, not the name of the server: a name can be typed without having asked anybody, and comparing 43
    characters is what people are bad at and a program is good at. Pressing Return never says yes.
    """

    trusted = Signal()

    def __init__(self, question: ChangedKeyQuestion, parent: QWidget | None = None) -> None:
        super().__init__("state-failed", question.heading, question.explanation, parent, tone=Tone.BAD)
        self._question = question
        self.body.addWidget(_key_card(question.known, "knownFingerprint", "neutral"))
        self.body.addWidget(_key_card(question.shown, "shownFingerprint", "bad"))
        self._entered = _FingerprintEdit()
        self._entered.setAccessibleName("Fingerprint of the new key")
        instruction = _plain(question.instruction)
        instruction.setBuddy(self._entered)
        self._verdict = _plain("", "small")
        self._verdict.setObjectName("verdict")
        for widget in (instruction, self._entered, self._verdict):
            self.body.addWidget(widget)
        if question.afterwards:
            afterwards = _plain(question.afterwards, "small")
            afterwards.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.body.addWidget(afterwards)
        self._replace = button("replaceKey", "Replace the key and connect", "danger")
        stay = button("stayDisconnected", "Stay disconnected")
        self.buttons.addButton(self._replace, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(stay, QDialogButtonBox.ButtonRole.RejectRole)
        self._replace.clicked.connect(self._on_replace)
        self._entered.textChanged.connect(self._on_entered)
        self._on_entered("")
        stay.setDefault(True)
        stay.setFocus()

    def _on_entered(self, text: str) -> None:
        fingerprint = self._question.shown.fingerprint
        agrees, other = confirms(text, fingerprint), contradicts(text, fingerprint)
        self._replace.setEnabled(agrees)
        # A blank keeps the line's height: nothing jumps while somebody types.
        self._verdict.setText(_AGREES if agrees else _OTHER_KEY if other else " ")
        restyle(self._verdict, "problem", "true" if other else "false")
        restyle(self._entered, "problem", "true" if other else "false")
        self.resize(self.sizeHint())

    def _on_replace(self) -> None:
        self.trusted.emit()
        self.accept()


class _FingerprintEdit(QLineEdit):
    """Return in it presses no button of the dialog, neither way."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("enteredFingerprint")
        self.setProperty("type", "mono")
        self.setPlaceholderText("SHA256:…")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            return
        super().keyPressEvent(event)


def _key_card(key: ShownKey, name: str, card: str) -> QFrame:
    frame = QFrame()
    frame.setProperty("card", card)
    column = QVBoxLayout(frame)
    column.setContentsMargins(14, 10, 14, 10)
    column.setSpacing(4)
    column.addWidget(_plain(key.caption, "heading"))
    column.addWidget(Fingerprint(key.fingerprint, name))
    column.addWidget(_plain(key.origin, "small"))
    return frame


def _plain(text: str, kind: str = "") -> QLabel:
    words = label(text, kind, wraps=True)
    words.setTextFormat(Qt.TextFormat.PlainText)
    return words
