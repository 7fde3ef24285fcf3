"""How Caponier will log in: what it tries in which order, and on request what the server takes."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.core.login_preview import HopOffers, LoginLook, LoginPreview, Logins, ServerMethods, TypedSecrets
from desktop.core.model import Connection
from desktop.gui.icons import icon
from desktop.gui.parts import button, label
from desktop.wording.login_preview import AFTERWARDS, hop_heading, offer_lines, server_answer, skipped_line
from desktop.wording.messages import advice_once, title

_LOOKING = "Looking…"
_UNFINISHED = "Fill in the bastion first."
_ABOUT_ASKING = "A connection that the server counts, without a login."
# Files, agents and the keyring are asked once somebody pauses in typing, not at each letter.
_PAUSE_MS = 400
# So that lines begin below each other, whichever digits stand before them.
_NUMBER_WIDTH = 18
_ABOVE_A_SERVER = 6


class LoginPanel(QWidget):
    """A quiet button that opens a card. Nothing is looked at before, and the server is asked only when told to.

    Looks run on threads of their own, which end with the card. `grew` carries the panel when there is more to see.
    """

    grew = Signal(QWidget)
    _previewed = Signal(int, object)
    _answered = Signal(int, object)

    def __init__(self, logins: Logins, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._logins = logins
        self._connection: Connection | None = None
        self._typed: TypedSecrets = frozenset()
        self._is_ready = False
        # What comes for an older look or question is not shown.
        self._turn = self._question_number = 0
        self._look: LoginLook | None = None
        self._question: LoginLook | None = None
        self._first_hop: HopOffers | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._look_now)
        self._lay_out()
        self._previewed.connect(self._on_previewed)
        self._answered.connect(self._on_answered)
        self._toggle.toggled.connect(self._on_toggled)
        self._ask.clicked.connect(self._on_ask)
        self._on_toggled(False)

    def show_login(self, connection: Connection, typed: TypedSecrets, *, is_ready: bool) -> None:
        """Of what stands in the form now. `is_ready` is False where its way is not filled in yet."""
        same_route = self._connection is not None and self._connection.route == connection.route
        same = same_route and typed == self._typed and is_ready == self._is_ready
        self._connection, self._typed, self._is_ready = connection, typed, is_ready
        if same:
            return
        if not same_route:
            self._drop_answer()
        if self._toggle.isChecked():
            self._pause.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self._pause.stop()
        self._stop_look()
        self._drop_answer()

    def _lay_out(self) -> None:
        self._toggle = button("login-toggle", "How Caponier will log in", "quiet", "key", "muted")
        self._toggle.setProperty("edge", "flush")
        self._toggle.setCheckable(True)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._toggle)
        head.addStretch(1)
        self._card = QFrame()
        self._card.setProperty("card", "plain")
        self._text = QVBoxLayout()
        self._text.setSpacing(6)
        self._ask = button("ask-server", "Ask the server what it takes")
        self._ask.setToolTip(_ABOUT_ASKING)
        self._answer = _plain("login-answer", "")
        row = QHBoxLayout()
        row.addWidget(self._ask)
        row.addWidget(label(_ABOUT_ASKING, "small", wraps=True), 1)
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(14, 12, 14, 12)
        inside.setSpacing(10)
        inside.addLayout(self._text)
        inside.addLayout(row)
        inside.addWidget(self._answer)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._card)

    def _on_toggled(self, opened: bool) -> None:
        self._toggle.setIcon(icon("arrow-up-small" if opened else "arrow-combo"))
        self._card.setVisible(opened)
        self._drop_answer()
        if opened:
            self._look_now()
        else:
            self._pause.stop()
            self._stop_look()

    def _look_now(self) -> None:
        self._stop_look()
        self._first_hop = None
        self._ask.setEnabled(self._is_ready)
        if self._connection is None or not self._is_ready:
            self._say(_UNFINISHED)
            return
        if self._text.count() == 0:
            self._say(_LOOKING)
        turn = self._turn
        self._look = self._logins.look(
            self._connection, self._typed, lambda preview: self._previewed.emit(turn, preview)
        )

    def _on_previewed(self, turn: int, preview: LoginPreview) -> None:
        if turn != self._turn:
            return
        self._stop_look()
        if preview.cause is not None:
            self._say(f"{title(preview.cause)}. {advice_once(preview.cause)}")
            return
        self._clear()
        self._first_hop = preview.hops[0]
        for hop in preview.hops:
            self._add_hop(hop, is_only=len(preview.hops) == 1)
        self._text.addWidget(_plain("", "small", AFTERWARDS))
        self.grew.emit(self)

    def _add_hop(self, hop: HopOffers, *, is_only: bool) -> None:
        if not is_only:
            heading = _plain("", "heading", hop_heading(hop))
            heading.setContentsMargins(0, _ABOVE_A_SERVER if self._text.count() else 0, 0, 0)
            self._text.addWidget(heading)
        for number, line in enumerate(offer_lines(hop), 1):
            row = QHBoxLayout()
            row.setSpacing(8)
            place = _plain("", "muted", f"{number}.")
            place.setMinimumWidth(_NUMBER_WIDTH)
            row.addWidget(place, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(_plain("login-line", "", line), 1)
            self._text.addLayout(row)
        if skipped_line(hop):
            self._text.addWidget(_plain("", "note", skipped_line(hop)))

    def _on_ask(self) -> None:
        if self._question is not None or self._connection is None:
            self._drop_answer()
            return
        self._ask.setText("Stop asking")
        number = self._question_number
        self._show_answer("Asking…")
        self._question = self._logins.ask(
            self._connection, lambda answer: self._answered.emit(number, answer)
        )

    def _on_answered(self, number: int, answer: ServerMethods) -> None:
        if number != self._question_number:
            return
        self._end_question()
        self._show_answer(server_answer(answer, self._first_hop.offers if self._first_hop else ()))
        self.grew.emit(self)

    def _show_answer(self, text: str) -> None:
        self._answer.setText(text)
        self._answer.setVisible(bool(text))

    def _drop_answer(self) -> None:
        """Of another server, or of one that was asked too long ago."""
        self._end_question()
        self._show_answer("")

    def _end_question(self) -> None:
        question, self._question = self._question, None
        self._question_number += 1
        self._ask.setText("Ask the server what it takes")
        if question is not None:
            question.stop()

    def _stop_look(self) -> None:
        look, self._look = self._look, None
        self._turn += 1
        if look is not None:
            look.stop()

    def _say(self, text: str) -> None:
        self._clear()
        self._text.addWidget(_plain("login-line", "muted", text))

    def _clear(self) -> None:
        while (item := self._text.takeAt(0)) is not None:
            layout = item.layout()
            while layout is not None and (inner := layout.takeAt(0)) is not None:
                _remove(inner.widget())
            _remove(item.widget())


def _remove(widget: QWidget | None) -> None:
    if widget is not None:
        widget.hide()
        widget.deleteLater()


def _plain(name: str, kind: str, text: str = "") -> QLabel:
    """Names and comments in it are other people's."""
    result = label(text, kind, wraps=True)
    result.setObjectName(name)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return result
