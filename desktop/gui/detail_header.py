"""The head of the detail pane: what this connection is, how it stands, and the button that matters most."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.core.model import Snapshot
from desktop.core.policy import Command, allowed_commands, is_asked_anew, needs_answer
from desktop.gui.elided_label import ElidedLabel
from desktop.gui.icons import icon
from desktop.gui.kind_badge import KindBadge, short_title
from desktop.gui.parts import Glyph, button, icon_button
from desktop.gui.state_look import look_of
from desktop.gui.stylesheet import restyle

GLYPH = 16
# In characters.
WORDS_FROM = 80


class DetailHeader(QWidget):
    """Emits what the person asked for; `menu_wanted` when they open the overflow menu."""

    requested = Signal(object)
    menu_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._switch_command = Command.CONNECT
        self._badge = KindBadge()
        self._name = ElidedLabel(kind="title")
        self._name.setObjectName("connectionName")
        self._subtitle = ElidedLabel(kind="muted")
        self._glyph = Glyph(GLYPH)
        self._words = ElidedLabel()
        self._words.setObjectName("stateLine")
        self.switch = button("connectButton", "Connect", "primary", "play", "on_accent")
        self.switch.setMinimumWidth(124)
        self.check = button("checkButton", "Check", "", "state-probing", "muted")
        self.check.setToolTip("Find out stage by stage whether the warehouse can be reached")
        self.more = icon_button("moreButton", "more", "More actions")
        self.switch.clicked.connect(lambda: self.requested.emit(self._switch_command))
        self.check.clicked.connect(lambda: self.requested.emit(Command.CHECK))
        self.more.clicked.connect(self.menu_wanted)
        self._lay_out()

    def show_snapshot(self, snapshot: Snapshot, words: str) -> None:
        connection = snapshot.connection
        self._badge.show_kind(connection.kind)
        self._name.setText(connection.name)
        parts = (short_title(connection.kind), connection.database, connection.group)
        self._subtitle.setText("  ·  ".join(part for part in parts if part))
        self._glyph.show_look(look_of(snapshot))
        self._words.setText(words)
        self._show_switch(snapshot)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """In a small window the name needs the room."""
        super().resizeEvent(event)
        has_room = event.size().width() >= self.fontMetrics().averageCharWidth() * WORDS_FROM
        self.check.setText("Check" if has_room else "")

    def _show_switch(self, snapshot: Snapshot) -> None:
        allowed = allowed_commands(snapshot)
        self.switch.setVisible(not snapshot.connection.route.is_direct)
        connects = Command.CONNECT in allowed
        self._switch_command = Command.CONNECT if connects else Command.DISCONNECT
        # One button leads on: where a question waits, that is the banner's.
        is_led_on = needs_answer(snapshot) or is_asked_anew(snapshot)
        look = "primary" if connects and not is_led_on else "plain"
        text = "Connect" if connects else "Disconnect"
        if (self.switch.text(), self.switch.property("look")) != (text, look):
            self.switch.setText(text)
            self.switch.setAccessibleName(text)
            self.switch.setIcon(
                icon("play" if connects else "stop", "on_accent" if look == "primary" else "muted")
            )
            restyle(self.switch, "look", look)
        self.switch.setEnabled(self._switch_command in allowed)

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._name)
        names.addWidget(self._subtitle)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.switch)
        buttons.addWidget(self.check)
        buttons.addWidget(self.more)
        state = QHBoxLayout()
        state.setSpacing(7)
        state.addWidget(self._glyph)
        state.addWidget(self._words, 1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._badge, 0, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(names, 0, 1)
        grid.addLayout(buttons, 0, 2, Qt.AlignmentFlag.AlignTop)
        # Below the buttons, too: in the smallest window a countdown needs the room.
        grid.addLayout(state, 1, 1, 1, 2)
