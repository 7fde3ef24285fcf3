"""Two small curves over the last minute and a half: bytes from the warehouse, and towards it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.gui.tokens import current_tokens
from desktop.gui.traffic_meter import SAMPLES, TrafficMeter

HEIGHT = 64
LEAST_TOP = 1024.0


class Sparkline(QWidget):
    """Both curves share one scale, the largest rate in sight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._meter = TrafficMeter()
        self.setObjectName("sparkline")
        self.setAccessibleName("Throughput of the last 90 seconds")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_meter(self, meter: TrafficMeter) -> None:
        self._meter = meter
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(200, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = current_tokens()
        room = QRectF(self.rect()).adjusted(0, 3, 0, -1.5)
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        top = max((LEAST_TOP, *self._meter.received, *self._meter.sent))
        self._paint_curve(painter, self._meter.sent, top, room, QColor(tokens.faint), filled=False)
        self._paint_curve(painter, self._meter.received, top, room, QColor(tokens.accent), filled=True)
        painter.end()

    @staticmethod
    def _paint_curve(
        painter: QPainter, rates: Sequence[float], top: float, room: QRectF, colour: QColor, *, filled: bool
    ) -> None:
        if len(rates) < 2:
            return
        points = _points(rates, top, room)
        curve = _smooth(points)
        if filled:
            area = QPainterPath(curve)
            area.lineTo(points[-1].x(), room.bottom())
            area.lineTo(points[0].x(), room.bottom())
            shade = QLinearGradient(room.topLeft(), room.bottomLeft())
            shade.setColorAt(0, _faded(colour, 0.28))
            shade.setColorAt(1, _faded(colour, 0.02))
            painter.fillPath(area, shade)
        painter.setPen(
            QPen(colour, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        painter.drawPath(curve)


def _points(rates: Sequence[float], top: float, room: QRectF) -> list[QPointF]:
    step = room.width() / (SAMPLES - 1)
    first = room.right() - step * (len(rates) - 1)
    return [
        QPointF(first + step * i, room.bottom() - room.height() * rate / top) for i, rate in enumerate(rates)
    ]


def _smooth(points: list[QPointF]) -> QPainterPath:
    """Level at each sample, so that the curve never dips below zero between two of them."""
    path = QPainterPath(points[0])
    for before, after in pairwise(points):
        middle = (before.x() + after.x()) / 2
        path.cubicTo(QPointF(middle, before.y()), QPointF(middle, after.y()), after)
    return path


def _faded(colour: QColor, alpha: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(alpha)
    return faded
