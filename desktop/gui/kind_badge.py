"""A warehouse's kind as a drawing: a cylinder that bears two letters."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.core.warehouses import warehouse
from desktop.gui.icons import paint_icon
from desktop.gui.tokens import current_tokens

SIZE = 48


def short_title(kind: str) -> str:
    """The kind's title without its variant: ``ClickHouse`` for ``ClickHouse (HTTP)``."""
    return warehouse(kind).title.partition(" (")[0]


class KindBadge(QWidget):
    """A tile for the head of the detail pane. Its meaning stands beside it in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._letters = ""
        self.setFixedSize(QSize(SIZE, SIZE))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_kind(self, kind: str) -> None:
        self._letters = warehouse(kind).icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent_wash))
        painter.drawRoundedRect(QRectF(self.rect()), 12, 12)
        colour = QColor(tokens.accent)
        paint_icon(painter, "cylinder", colour, QRectF(3, 4, 42, 40))
        font = QFont(self.font())
        font.setPixelSize(12)
        font.setWeight(QFont.Weight.Bold)
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(QRectF(9, 17, 30, 22), Qt.AlignmentFlag.AlignCenter, self._letters)
        painter.end()
