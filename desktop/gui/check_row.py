"""One stage of a check in a dialog's list: its light, what it is about, what was found, and how long it took."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from desktop.core.check import Stage
from desktop.core.model import Connection, State
from desktop.gui.check_help import LEAST_TEXT_WIDTH, CheckHelp
from desktop.gui.icons import paint_icon
from desktop.gui.parts import Glyph, label
from desktop.gui.state_look import LOOKS, TROUBLED, Look
from desktop.gui.stylesheet import restyle
from desktop.gui.tokens import current_tokens
from desktop.wording.messages import title
from desktop.wording.quantities import latency_text

AHEAD, BUSY, WELL, FAILED = (
    LOOKS[State.OFF],
    LOOKS[State.CONNECTING],
    LOOKS[State.UP],
    LOOKS[State.FAILED],
)
_LIGHT = 18
_ABOVE_HELP = 4
_TURN_MS = 40
_TURN_DEGREES = 14


class CheckLight(Glyph):
    """Turns while its stage is under way and somebody can see it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_LIGHT, parent)
        self._shown = AHEAD
        self._angle = 0
        self._turner = QTimer(self)
        self._turner.setInterval(_TURN_MS)
        self._turner.timeout.connect(self._turn)

    @property
    def look(self) -> Look:
        return self._shown

    @property
    def is_turning(self) -> bool:
        return self._turner.isActive()

    def show_look(self, look: Look) -> None:
        self._shown = look
        super().show_look(look)
        self._review()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._review()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self._turner.stop()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        if self._shown is not BUSY:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        middle = QRectF(self.rect()).center()
        painter.translate(middle)
        painter.rotate(self._angle)
        painter.translate(-middle)
        paint_icon(painter, BUSY.drawing, current_tokens().tone(BUSY.tone), QRectF(self.rect()))
        painter.end()

    def _review(self) -> None:
        if self._shown is BUSY and self.isVisible():
            self._turner.start()
        else:
            self._turner.stop()

    def _turn(self) -> None:
        self._angle = (self._angle + _TURN_DEGREES) % 360
        self.update()


class CheckRow(QWidget):
    """Begins as one that is ahead. Its accessible name says all that is shown."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checkRow")
        self.light = CheckLight()
        self._title = _text(words, "muted", "checkStage")
        self._took = label("", "small")
        self._took.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._detail = _text("", "small", "checkDetail")
        self._note = _text("", "note", "checkNote")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 5, 0, 5)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self.light, 0, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(self._title, 0, 1)
        self._grid.addWidget(self._took, 0, 2)
        self._grid.addWidget(self._detail, 1, 1, 1, 2)
        self._grid.addWidget(self._note, 2, 1, 1, 2)
        self._detail.hide()
        self._note.hide()
        self.show_ahead()

    def show_ahead(self) -> None:
        self._show("muted", AHEAD, "not reached")

    def show_busy(self) -> None:
        self._show("", BUSY, "under way")

    def show_stage(self, stage: Stage, connection: Connection, *, explains: bool) -> None:
        """Once. `explains` a failure at length, where it is the first."""
        look = FAILED if stage.cause is not None else TROUBLED if stage.note else WELL
        detail = stage.detail if stage.cause is None else "" if explains else title(stage.cause)
        self._took.setText(latency_text(stage.ms))
        for part, text in ((self._detail, detail), (self._note, stage.note)):
            part.setText(text)
            part.setVisible(bool(text))
        said = "failed" if stage.cause is not None else "well"
        told = (
            said,
            latency_text(stage.ms),
            title(stage.cause) if stage.cause is not None else detail,
            stage.note,
        )
        self._show("", look, ", ".join(part for part in told if part))
        if stage.cause is not None and explains:
            self._grid.setRowMinimumHeight(3, _ABOVE_HELP)
            self._grid.addWidget(CheckHelp(stage.cause, connection), 4, 1, 1, 2)

    def _show(self, kind: str, look: Look, said: str) -> None:
        restyle(self._title, "type", kind)
        self.light.show_look(look)
        self.setAccessibleName(f"{self._title.text()}: {said}")


def _text(text: str, kind: str, name: str) -> QLabel:
    """A server's own words may be in it."""
    result = label("", kind, wraps=True)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setObjectName(name)
    result.setMinimumWidth(LEAST_TEXT_WIDTH)
    result.setText(text)
    return result
