"""What is wrong with a connection, what to do about it, and the button that does it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.core.error_tree import leaves
from desktop.core.errors import CaptivePortal, HostKeyError, Offline, PortError, SecretStoreError
from desktop.core.model import Snapshot, State
from desktop.core.policy import (
    Command,
    allowed_commands,
    free_port,
    is_asked_anew,
    is_on_demand,
    needs_answer,
)
from desktop.gui.parts import Glyph, button, label
from desktop.gui.state_look import look_of
from desktop.gui.stylesheet import restyle
from desktop.wording import messages
from desktop.wording.challenges import challenge_advice, challenge_title
from desktop.wording.status import standing_cause

# What a check would not get to, or would only say again.
_NOT_FOR_A_CHECK = {
    leaf.code
    for branch in (PortError, SecretStoreError, HostKeyError, Offline, CaptivePortal)
    for leaf in leaves(branch)
}
BESIDE_FROM = 640
# Without it the longest word, such as a fingerprint, would decide how narrow the window can be.
LEAST_TEXT_WIDTH = 200


class TroubleBanner(QFrame):
    """Hidden while there is no cause that holds. `leaving` comes before the button that has the focus is hidden."""

    requested = Signal(object)
    leaving = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("troubleBanner")
        self.setProperty("card", "warn")
        self._glyph = Glyph(20)
        self._title = label("", "heading", wraps=True)
        self._title.setObjectName("troubleTitle")
        self._advice = label("", wraps=True)
        self._advice.setObjectName("troubleAdvice")
        self._advice.setMinimumWidth(LEAST_TEXT_WIDTH)
        for text in (self._title, self._advice):
            # A server's own words may be in it.
            text.setTextFormat(Qt.TextFormat.PlainText)
        self._advice.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons = {
            Command.ANSWER: button("answerButton", "Answer…", "primary"),
            Command.RETRY_NOW: button("retryButton", "Retry now", "", "retry"),
            Command.CONNECT: button("connectAgainButton", "Connect again", "primary"),
            Command.USE_FREE_PORT: button("freePortButton", "Use another port", "primary"),
            Command.SHOW_HOST_KEYS: button("hostKeysTroubleButton", "Host keys…", "", "key"),
            Command.EDIT: button("editTroubleButton", "Edit…", "", "edit"),
        }
        self._check = button("checkTroubleButton", "Check", "", "state-probing")
        self._wire(Command.CHECK, self._check)
        for command, pressed in self._buttons.items():
            self._wire(command, pressed)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._lay_out()
        self.hide()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        said = _said(snapshot)
        offered = _offered(snapshot) if said is not None else None
        checks = said is not None and _helps_to_check(snapshot)
        going = [pressed for command, pressed in self._buttons.items() if command is not offered]
        if any(pressed.hasFocus() for pressed in (*going, *([] if checks else [self._check]))):
            self.leaving.emit()
        self.setVisible(said is not None)
        if said is None:
            return
        title, advice = said
        self._title.setText(title)
        self._advice.setText(advice)
        self.setAccessibleName(f"{title}. {advice}")
        look = look_of(snapshot)
        self._glyph.show_look(look)
        restyle(self, "card", look.tone.value)
        for command, pressed in self._buttons.items():
            pressed.setVisible(command is offered)
        if offered is Command.USE_FREE_PORT:
            self._buttons[offered].setText(f"Use port {free_port(snapshot)}")
        self._check.setVisible(checks)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        wide = event.size().width() >= BESIDE_FROM
        directions = QBoxLayout.Direction
        self._halves.setDirection(directions.LeftToRight if wide else directions.TopToBottom)

    def _wire(self, command: Command, pressed: QPushButton) -> None:
        pressed.clicked.connect(lambda: self.requested.emit(command))

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(3)
        texts.addWidget(self._title)
        texts.addWidget(self._advice)
        said = QHBoxLayout()
        said.setSpacing(12)
        said.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        said.addLayout(texts, 1)
        self._halves.setContentsMargins(16, 14, 16, 14)
        self._halves.setSpacing(12)
        self._halves.addLayout(said, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for pressed in (self._check, *self._buttons.values()):
            buttons.addWidget(pressed, 0, Qt.AlignmentFlag.AlignVCenter)
        self._halves.addLayout(buttons)


def _said(snapshot: Snapshot) -> tuple[str, str] | None:
    """A title and an advice."""
    if snapshot.challenge is not None:
        return challenge_title(snapshot.challenge), challenge_advice(snapshot.challenge)
    cause = standing_cause(snapshot)
    return None if cause is None else (messages.title(cause), messages.advice(cause))


def _helps_to_check(snapshot: Snapshot) -> bool:
    """Not where the cause is on this computer, is that a server is not trusted, or asks the person something."""
    cause = standing_cause(snapshot)
    if cause is None or needs_answer(snapshot) or is_asked_anew(snapshot) or is_on_demand(cause):
        return False
    return cause.code not in _NOT_FOR_A_CHECK


def _offered(snapshot: Snapshot) -> Command | None:
    """The one way on: answer, be asked anew, try at once, take a free port, see whom we know, or change what fails."""
    allowed = allowed_commands(snapshot)
    if is_asked_anew(snapshot):
        return Command.CONNECT
    for command in (Command.ANSWER, Command.RETRY_NOW, Command.USE_FREE_PORT, Command.SHOW_HOST_KEYS):
        if command in allowed:
            return command
    return Command.EDIT if snapshot.state in (State.FAILED, State.UP) and Command.EDIT in allowed else None
