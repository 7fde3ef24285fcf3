"""Asks whether the warehouse behind a guarded port may be another one. The calm answer is to let programs wait."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QFrame, QVBoxLayout, QWidget

from desktop.core.identity import UNKNOWN, WarehouseIdentity
from desktop.gui.guard_question import GuardQuestion
from desktop.gui.parts import button
from desktop.gui.prompt_dialogs import Prompt, wrapped_label
from desktop.gui.tokens import Tone
from desktop.wording.guard import identity_facts, identity_text

_AFTERWARDS = (
    "A certificate that was renewed, a new version, or a cluster that was made anew for an upgrade is no reason to"
    " worry where its administrator says so."
)
_NOTHING_TO_REMEMBER = "What answers there now can't be remembered. Check the connection to see what it is."


class GuardPrompt(Prompt):
    """`remembered` and `disconnected` are the two answers. Closing it is none: programs wait on. Return closes it."""

    remembered = Signal()
    disconnected = Signal()

    def __init__(self, question: GuardQuestion, parent: QWidget | None = None) -> None:
        super().__init__("state-trouble", question.heading, question.explanation, parent, tone=Tone.WARN)
        self.body.addWidget(_card("Remembered", question.known, "knownWarehouse", "neutral"))
        self.body.addWidget(_card("There now", question.found, "foundWarehouse", "warn"))
        can_remember = question.identity is not None
        self.body.addWidget(wrapped_label(_AFTERWARDS if can_remember else _NOTHING_TO_REMEMBER, "small"))
        remember = button("rememberWarehouse", "It is right: remember the new one")
        disconnect = button("disconnectGuarded", "Disconnect")
        later = button("answerLater", "Later")
        roles = QDialogButtonBox.ButtonRole
        self.buttons.addButton(remember, roles.AcceptRole)
        self.buttons.addButton(disconnect, roles.ActionRole)
        self.buttons.addButton(later, roles.RejectRole)
        remember.setVisible(can_remember)
        for each in (remember, disconnect):
            each.setAutoDefault(False)
        remember.clicked.connect(self._on_remember)
        disconnect.clicked.connect(self._on_disconnect)
        later.setDefault(True)
        later.setFocus()

    def _on_remember(self) -> None:
        self.remembered.emit()
        self.accept()

    def _on_disconnect(self) -> None:
        self.disconnected.emit()
        self.accept()


def _card(caption: str, identity: WarehouseIdentity, name: str, card: str) -> QFrame:
    frame = QFrame()
    frame.setProperty("card", card)
    column = QVBoxLayout(frame)
    column.setContentsMargins(14, 10, 14, 10)
    column.setSpacing(4)
    column.addWidget(wrapped_label(caption, "heading"))
    frame.setObjectName(name)
    frame.setAccessibleName(f"{caption}: {identity_text(identity)}")
    for what, value in identity_facts(identity):
        column.addWidget(wrapped_label(what[:1].upper() + what[1:], "small"))
        column.addWidget(wrapped_label(value, "mono"))
    if identity == UNKNOWN:
        column.addWidget(wrapped_label(identity_text(identity).capitalize()))
    return frame
