"""The route as a drawing: this computer, the bastions, the warehouse, with a light on each and the latency between."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.core.model import Snapshot
from desktop.gui.icons import paint_icon
from desktop.gui.route_stops import BUSY, FINE, IDLE, Stop, stops_of
from desktop.gui.state_look import PROBING
from desktop.gui.theme import mono_family
from desktop.gui.tokens import Tokens, current_tokens

TILE = 44
ICON = 24
LIGHT = 18
MARGIN = 16
GAP = 6
COLUMN = 128
LEAST_COLUMN = 76
TEXT = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextSingleLine


class RouteStrip(QWidget):
    """Screen readers get the whole route as one sentence. A long one takes several rows where there is little room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stops: tuple[Stop, ...] = ()
        self.setObjectName("routeStrip")
        self.setAccessibleName("Route")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def stops(self) -> tuple[Stop, ...]:
        return self._stops

    def show_route(self, snapshot: Snapshot) -> None:
        stops = stops_of(snapshot)
        if stops == self._stops:
            return
        self._stops = stops
        self.setAccessibleDescription("; ".join(f"{s.title} {s.address}: {s.words} {s.way}" for s in stops))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(COLUMN * max(3, len(self._stops)), self._row_height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(LEAST_COLUMN * 3, self._row_height())

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        rows = math.ceil(len(self._stops) / self._columns(width))
        return self._row_height() * max(1, rows)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._stops:
            stop = self._stops[self._place_at(event.pos())]
            words = f"{stop.words} · {stop.way}" if stop.way else stop.words
            QToolTip.showText(event.globalPos(), f"{stop.title}\n{stop.address}\n{words}", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = current_tokens()
        for place in range(1, len(self._stops)):
            self._paint_way(painter, place, tokens)
        for place, stop in enumerate(self._stops):
            self._paint_stop(painter, place, stop, tokens)
        painter.end()

    def _columns(self, width: int) -> int:
        """As few stops in a row as the number of rows that are needed allows: none stands alone in the last one."""
        count = max(1, len(self._stops))
        rows = math.ceil(count / max(1, width // LEAST_COLUMN))
        return math.ceil(count / rows)

    def _column_width(self) -> float:
        return self.width() / self._columns(self.width())

    def _row_height(self) -> int:
        strong, small, mono = self._metrics()
        return TILE + strong.height() + mono.height() + small.height() + 2 * MARGIN + 2 * GAP

    def _corner(self, place: int) -> QPointF:
        """The upper left one of the room that a stop has."""
        row, column = divmod(place, self._columns(self.width()))
        return QPointF(self._column_width() * column, self._row_height() * row)

    def _place_at(self, point: QPoint) -> int:
        """Of the stop that is nearest to it."""
        columns = self._columns(self.width())
        column = min(int(point.x() // self._column_width()), columns - 1)
        return min(point.y() // self._row_height() * columns + max(column, 0), len(self._stops) - 1)

    def _tile(self, place: int) -> QRectF:
        corner = self._corner(place)
        middle = corner.x() + self._column_width() / 2
        return QRectF(round(middle - TILE / 2), corner.y() + MARGIN, TILE, TILE)

    def _paint_way(self, painter: QPainter, place: int, tokens: Tokens) -> None:
        """Into the next row it leaves on the right, and comes in from the left."""
        stop = self._stops[place]
        left, right = self._tile(place - 1), self._tile(place)
        start = QPointF(left.right() + 10, left.center().y())
        end = QPointF(right.left() - 10, right.center().y())
        colour = QColor(tokens.border_strong) if stop.light in (IDLE,) else tokens.tone(stop.light.tone)
        pen = QPen(colour, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        if stop.light is not FINE:
            pen.setDashPattern([0.1, 3.2] if stop.light not in (BUSY, PROBING) else [2.5, 3.2])
        painter.setPen(pen)
        if start.y() != end.y():
            painter.drawLine(start, QPointF(self.width(), start.y()))
            painter.drawLine(QPointF(0, end.y()), end)
            return
        painter.drawLine(start, end)
        if stop.way:
            self._paint_way_text(painter, stop.way, start, end, tokens)

    def _paint_way_text(
        self, painter: QPainter, text: str, start: QPointF, end: QPointF, tokens: Tokens
    ) -> None:
        """Where the line is long enough for it; the tool tip says it, too."""
        font = self._fonts()[1]
        metrics = QFontMetrics(font)
        size = QSize(metrics.horizontalAdvance(text) + 16, metrics.height() + 6)
        if size.width() > end.x() - start.x():
            return
        middle = (start + end) / 2
        pill = QRectF(
            middle.x() - size.width() / 2, middle.y() - size.height() / 2, size.width(), size.height()
        )
        painter.setPen(QPen(QColor(tokens.surface), 6))
        painter.setBrush(QColor(tokens.good_wash))
        painter.drawRoundedRect(pill, size.height() / 2, size.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(pill, size.height() / 2, size.height() / 2)
        painter.setFont(font)
        painter.setPen(QColor(tokens.good))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_stop(self, painter: QPainter, place: int, stop: Stop, tokens: Tokens) -> None:
        tile = self._tile(place)
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(QColor(tokens.sunken))
        painter.drawRoundedRect(tile.adjusted(0.5, 0.5, -0.5, -0.5), 11, 11)
        inset = (TILE - ICON) / 2
        paint_icon(painter, stop.drawing, QColor(tokens.text), tile.adjusted(inset, inset, -inset, -inset))
        light = QRectF(tile.right() - LIGHT + 6, tile.bottom() - LIGHT + 6, LIGHT, LIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.surface))
        painter.drawEllipse(light.adjusted(-1.5, -1.5, 1.5, 1.5))
        paint_icon(painter, stop.light.drawing, tokens.tone(stop.light.tone), light)
        self._paint_texts(painter, place, stop, tokens)

    def _paint_texts(self, painter: QPainter, place: int, stop: Stop, tokens: Tokens) -> None:
        strong, small, mono = self._fonts()
        width = int(self._column_width()) - 2 * GAP
        corner = self._corner(place)
        top = int(corner.y()) + MARGIN + TILE + GAP + 4
        words_colour = QColor(tokens.muted) if stop.light is IDLE else tokens.tone(stop.light.tone)
        full = QFontMetrics(strong).elidedText(stop.title, Qt.TextElideMode.ElideRight, width)
        title = stop.title if full == stop.title else stop.short or stop.title
        lines = (
            (title, strong, QColor(tokens.text), Qt.TextElideMode.ElideRight),
            (stop.address, mono, QColor(tokens.muted), Qt.TextElideMode.ElideMiddle),
            (stop.words, small, words_colour, Qt.TextElideMode.ElideRight),
        )
        for text, font, colour, mode in lines:
            metrics = QFontMetrics(font)
            room = QRect(int(corner.x()) + GAP, top, width, metrics.height())
            painter.setFont(font)
            painter.setPen(colour)
            painter.drawText(room, TEXT, metrics.elidedText(text, mode, width))
            top += metrics.height() + 2

    def _fonts(self) -> tuple[QFont, QFont, QFont]:
        strong, small, mono = QFont(self.font()), QFont(self.font()), QFont(self.font())
        strong.setWeight(QFont.Weight.DemiBold)
        small.setPointSizeF(small.pointSizeF() * 0.9)
        mono.setFamilies([mono_family()])
        mono.setPointSizeF(mono.pointSizeF() * 0.86)
        return strong, small, mono

    def _metrics(self) -> tuple[QFontMetrics, QFontMetrics, QFontMetrics]:
        strong, small, mono = self._fonts()
        return QFontMetrics(strong), QFontMetrics(small), QFontMetrics(mono)
