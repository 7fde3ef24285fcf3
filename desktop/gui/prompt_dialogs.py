"""The questions a connection can ask. Each dialog emits its answer once, then forgets what was typed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.gui.editor_fields import SecretEdit
from desktop.gui.icons import icon
from desktop.gui.prompt_questions import HostKeyQuestion, SecretQuestion
from desktop.gui.stylesheet import restyle
from desktop.gui.tokens import Tone

_WIDTH = 540
_ICON_PX = 28


class Prompt(QDialog):
    """A heading, an explanation, what the subclass adds, and its buttons. `tone` is the drawing's."""

    def __init__(
        self,
        drawing: str,
        heading: str,
        explanation: str,
        parent: QWidget | None,
        *,
        tone: Tone = Tone.ACCENT,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(heading)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = QLabel()
        picture.setPixmap(icon(drawing, tone.value).pixmap(_ICON_PX, _ICON_PX))
        picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self.body.addWidget(wrapped_label(heading, "title"))
        self.explanation = wrapped_label(explanation)
        self.body.addWidget(self.explanation)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(picture)
        row.addLayout(self.body, 1)
        # In the order of buttons that people know from their desktop.
        self.buttons = QDialogButtonBox()
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(18)
        column.addLayout(row)
        column.addStretch(1)
        column.addWidget(self.buttons)
        self.setFixedWidth(_WIDTH)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As tall as the wrapped texts are at our width: left alone, Qt guesses a width, and cuts long ones off."""
        hint, layout = super().sizeHint(), self.layout()
        needed = layout.totalHeightForWidth(_WIDTH) if layout is not None else 0
        return QSize(_WIDTH, max(hint.height(), needed))

    def add_buttons(self, yes: str, name: str) -> tuple[QPushButton, QPushButton]:
        """The button that says yes, and the one that cancels."""
        agree = self.buttons.addButton(yes, QDialogButtonBox.ButtonRole.AcceptRole)
        agree.setObjectName(name)
        cancel = self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setObjectName("cancel")
        for button in (agree, cancel):
            button.setAutoDefault(False)
        return agree, cancel


class HostKeyPrompt(Prompt):
    """Asks whether a server's key is the right one. Pressing Return does not say yes."""

    trusted = Signal()

    def __init__(self, question: HostKeyQuestion, parent: QWidget | None = None) -> None:
        super().__init__("key", question.heading, question.explanation, parent)
        self._add_facts(question)
        self.body.addWidget(wrapped_label(question.how_to_verify, "small"))
        trust, cancel = self.add_buttons("Trust and connect", "trust")
        trust.clicked.connect(self._on_trust)
        cancel.setDefault(True)
        cancel.setFocus()

    def _add_facts(self, question: HostKeyQuestion) -> None:
        facts = QFrame()
        facts.setProperty("card", "neutral")
        column = QVBoxLayout(facts)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(4)
        column.addWidget(wrapped_label(f"{question.server} · {question.key_type}", "small"))
        fingerprint = Fingerprint(question.fingerprint)
        column.addWidget(fingerprint)
        self.body.addWidget(facts)

    def _on_trust(self) -> None:
        self.trusted.emit()
        self.accept()


class SecretPrompt(Prompt):
    """Asks for a password or a passphrase. `answered` carries it, and whether to keep it in the keyring.

    `yes` is what the button says.
    """

    answered = Signal(str, bool)

    def __init__(
        self, question: SecretQuestion, parent: QWidget | None = None, *, yes: str = "Connect"
    ) -> None:
        super().__init__("lock", question.heading, question.explanation, parent)
        self._secret = SecretEdit()
        self._secret.line.setObjectName("secret")
        self._secret.line.setAccessibleName(question.label)
        caption = QLabel(question.label)
        caption.setBuddy(self._secret.line)
        self._remember = RememberChoice(question.keyring_trouble)
        for widget in (caption, self._secret, self._remember):
            self.body.addWidget(widget)
        self._connect, _ = self.add_buttons(yes, "connect")
        restyle(self._connect, "look", "primary")
        self._connect.setDefault(True)
        self._connect.setEnabled(False)
        self._connect.clicked.connect(self._on_connect)
        self._secret.changed.connect(lambda: self._connect.setEnabled(bool(self._secret.text())))
        self._secret.setFocus()

    def done(self, result: int) -> None:
        """However the dialog ends, no secret stays in it."""
        self._secret.forget()
        super().done(result)

    def _on_connect(self) -> None:
        self.answered.emit(self._secret.text(), self._remember.is_wanted)
        self.accept()


class RememberChoice(QWidget):
    """Whether an answer is kept in the keyring. `keyring_trouble` is a sentence where it can't be, else empty."""

    def __init__(self, keyring_trouble: str) -> None:
        super().__init__()
        choice: QCheckBox | QLabel
        if keyring_trouble:
            choice = wrapped_label(keyring_trouble, "small")
            choice.setObjectName("keyring-trouble")
        else:
            choice = QCheckBox("Remember in the keyring")
            choice.setObjectName("remember")
            choice.setChecked(True)
        self._choice = choice
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(choice)

    @property
    def is_wanted(self) -> bool:
        return isinstance(self._choice, QCheckBox) and self._choice.isChecked()


class Fingerprint(QWidget):
    """The whole fingerprint on one line, to select or to copy."""

    def __init__(self, text: str, name: str = "fingerprint") -> None:
        super().__init__()
        label = self._label = QLabel(text)
        label.setObjectName(name)
        label.setProperty("type", "mono")
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        copy = QPushButton()
        copy.setObjectName("copy-fingerprint")
        copy.setProperty("look", "icon")
        copy.setIcon(icon("copy"))
        copy.setAutoDefault(False)
        copy.setToolTip("Copy the fingerprint")
        copy.setAccessibleName(copy.toolTip())
        copy.clicked.connect(lambda: QApplication.clipboard().setText(label.text()))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label, 1)
        row.addWidget(copy)

    def show_text(self, text: str) -> None:
        self._label.setText(text)


def wrapped_label(text: str, kind: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("type", kind)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
