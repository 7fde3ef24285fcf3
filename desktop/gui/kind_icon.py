"""A kind of warehouse as a small tile with its letters, for lists."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QIconEngine, QPainter

from desktop.gui.icons import PaintedEngine
from desktop.gui.tokens import current_tokens

_LETTERS_PART = 0.5


class _TileEngine(PaintedEngine):
    """Takes the theme's colours when it is painted."""

    def __init__(self, letters: str) -> None:
        super().__init__()
        self._letters = letters

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:  # noqa: ARG002
        tokens = current_tokens()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent_wash))
        painter.drawRoundedRect(QRectF(rect), rect.height() / 4, rect.height() / 4)
        font = QFont()
        font.setPixelSize(max(int(rect.height() * _LETTERS_PART), 1))
        font.setWeight(QFont.Weight.Bold)
        painter.setFont(font)
        painter.setPen(QColor(tokens.accent))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._letters)
        painter.restore()

    def clone(self) -> QIconEngine:
        return _TileEngine(self._letters)


def kind_icon(letters: str) -> QIcon:
    return QIcon(_TileEngine(letters))
