"""Asks what a server wants to know before it lets somebody in, round after round in the same place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.core.challenge import Challenge, ChallengePrompt
from desktop.gui.editor_fields import SecretEdit
from desktop.gui.prompt_dialogs import Prompt, RememberChoice, wrapped_label
from desktop.gui.prompt_questions import ChallengeQuestion
from desktop.gui.stylesheet import restyle

_TALLEST_TEXT = 168
# Of the dialog, without its margins, the picture and the frame around the text.
_TEXT_WIDTH = 400
_RETURN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ChallengeDialog(Prompt):
    """Stays open until its owner ends it, or the person cancels: one answer may be followed by another question.

    `answered` carries the challenge's number, what was typed, one text for each of its prompts, and whether to keep it
    in the keyring.
    """

    answered = Signal(int, list, bool)

    def __init__(self, question: ChallengeQuestion, parent: QWidget | None = None) -> None:
        super().__init__("lock", question.heading, question.explanation, parent)
        self._question: ChallengeQuestion | None = None
        self._fields: list[SecretEdit | QLineEdit] = []
        self._remember: RememberChoice | None = None
        self._round = QWidget()
        self.body.addWidget(self._round)
        self._go_on, cancel = self.add_buttons("Continue", "continue")
        restyle(self._go_on, "look", "primary")
        # Return goes from field to field first; see `keyPressEvent`.
        for pressed in (self._go_on, cancel):
            pressed.setDefault(False)
        self._go_on.clicked.connect(self._on_go_on)
        # Takes the focus while there is nothing to type: on the Cancel button, a second Return would end the login.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.show_question(question)

    @property
    def number(self) -> int:
        """Of the challenge on screen."""
        return self._question.challenge.number if self._question is not None else 0

    def show_question(self, question: ChallengeQuestion) -> None:
        """The next round, or the same one further on. What was typed stays only where nothing else is asked."""
        before, self._question = self._question, question
        self.explanation.setText(question.explanation)
        if before is None or before.challenge.number != question.challenge.number:
            self._ask(question)
        if question.challenge.is_answered:
            self._wait()
        self._make_room()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() not in _RETURN_KEYS:
            super().keyPressEvent(event)
            return
        focused = self.focusWidget()
        lines = [_line_of(field) for field in self._fields]
        if isinstance(focused, QPushButton):
            focused.click()
        elif focused in lines[:-1]:
            lines[lines.index(focused) + 1].setFocus()
        else:
            self._go_on.click()

    def done(self, result: int) -> None:
        """However the dialog ends, no answer stays in it."""
        self._forget()
        super().done(result)

    def _ask(self, question: ChallengeQuestion) -> None:
        self._forget()
        challenge = question.challenge
        fresh = QWidget()
        column = QVBoxLayout(fresh)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        if challenge.title or challenge.text:
            column.addWidget(_said(challenge))
        self._fields = [
            _field(number, prompt.text, shown=prompt.shown) for number, prompt in _numbered(challenge)
        ]
        for (_, prompt), field in zip(_numbered(challenge), self._fields, strict=True):
            caption = wrapped_label(prompt.text or "Answer")
            caption.setBuddy(_line_of(field))
            column.addWidget(caption)
            column.addWidget(field)
        self._remember = RememberChoice(question.keyring_trouble) if challenge.wants_password else None
        if self._remember is not None:
            column.addWidget(self._remember)
        self._state = wrapped_label("", "muted")
        self._state.setObjectName("challenge-state")
        column.addWidget(self._state)
        self.body.replaceWidget(self._round, fresh)
        self._round.deleteLater()
        self._round = fresh
        # In an open dialog the layout counts a new part only once it is shown.
        fresh.show()
        self._go_on.setVisible(bool(self._fields))
        self._go_on.setEnabled(True)
        self._state.setVisible(not self._fields)
        self._state.setText("Waiting for your yes. This closes by itself once the server has it.")
        (_line_of(self._fields[0]) if self._fields else self).setFocus()

    def _wait(self) -> None:
        for field in self._fields:
            field.setEnabled(False)
        if self._remember is not None:
            self._remember.setEnabled(False)
        self._go_on.setEnabled(False)
        self.setFocus()
        if self._fields:
            self._state.setText("Waiting for the server…")
            self._state.setVisible(True)

    def _make_room(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self.adjustSize()

    def _on_go_on(self) -> None:
        question = self._question
        if question is None or not self._fields or not self._go_on.isEnabled():
            return
        answers = [_line_of(field).text() for field in self._fields]
        remember = self._remember is not None and self._remember.is_wanted
        self._forget()
        self._wait()
        self._make_room()
        self.answered.emit(question.challenge.number, answers, remember)

    def _forget(self) -> None:
        """Empties the lines with their undo history."""
        for field in self._fields:
            if isinstance(field, SecretEdit):
                field.forget()
            else:
                field.setText("")


def _numbered(challenge: Challenge) -> list[tuple[int, ChallengePrompt]]:
    return list(enumerate(challenge.prompts, start=1))


def _field(number: int, text: str, *, shown: bool) -> SecretEdit | QLineEdit:
    field = QLineEdit() if shown else SecretEdit()
    line = _line_of(field)
    line.setObjectName(f"answer-{number}")
    line.setAccessibleName(text or "Answer")
    return field


def _line_of(field: SecretEdit | QLineEdit) -> QLineEdit:
    return field.line if isinstance(field, SecretEdit) else field


def _said(challenge: Challenge) -> QFrame:
    """What the server says, as plain text in a frame of its own: nobody is to take it for ours."""
    card = QFrame()
    card.setProperty("card", "neutral")
    column = QVBoxLayout(card)
    column.setContentsMargins(14, 10, 14, 12)
    column.setSpacing(4)
    column.addWidget(wrapped_label(f"{challenge.host} says", "small"))
    if challenge.title:
        column.addWidget(wrapped_label(challenge.title, "heading"))
    if challenge.text:
        column.addWidget(_scrolled(wrapped_label(challenge.text)))
    return card


def _scrolled(text: QLabel) -> QScrollArea:
    """As tall as the text, up to a height from which it scrolls."""
    text.setObjectName("server-text")
    text.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(text)
    area.viewport().setAutoFillBackground(False)
    text.setAutoFillBackground(False)
    area.setFixedHeight(min(text.heightForWidth(_TEXT_WIDTH) + 2, _TALLEST_TEXT))
    return area
