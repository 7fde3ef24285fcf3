"""Paints one row of the list: state, name and kind above, words and port below, a group's heading before it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.core.model import Snapshot
from desktop.gui.connections_model import Role
from desktop.gui.icons import paint_icon
from desktop.gui.kind_badge import short_title
from desktop.gui.shown_connections import ShownConnections
from desktop.gui.state_look import Look, look_of
from desktop.gui.theme import mono_family
from desktop.gui.tokens import Tokens, Tone, current_tokens

Index = QModelIndex | QPersistentModelIndex
MARGIN = 8
GLYPH = 18
GAP = 10
LINE_GAP = 3
PAD = 9
HEADING_SPACE = 16


class ConnectionDelegate(QStyledItemDelegate):
    """For a `QListView` over `ShownConnections`."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        fonts = _Fonts(option.font)
        height = fonts.name.height() + LINE_GAP + fonts.small.height() + 2 * PAD
        return QSize(120, height + (_heading_height(fonts) if self._has_heading(index) else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, fonts = current_tokens(), _Fonts(option.font)
        row = QRect(option.rect)
        if self._has_heading(index):
            heading = QRect(row.topLeft(), QSize(row.width(), _heading_height(fonts)))
            _paint_heading(painter, heading, str(index.data(Role.GROUP)), fonts, tokens)
            row.setTop(heading.bottom() + 1)
        row.adjust(MARGIN, 1, -MARGIN, -1)
        _paint_ground(painter, row, option, tokens)
        _paint_row(painter, row, index, fonts, tokens)
        painter.restore()

    @staticmethod
    def _has_heading(index: Index) -> bool:
        model = index.model()
        return isinstance(model, ShownConnections) and model.starts_group(index)


class _Fonts:
    """The three faces of a row, as metrics that also give the font."""

    def __init__(self, base: QFont) -> None:
        self.name_font = _varied(base, 1.0, QFont.Weight.Medium)
        self.small_font = _varied(base, 0.9, QFont.Weight.Normal)
        self.heading_font = _varied(base, 0.88, QFont.Weight.DemiBold)
        self.mono_font = _varied(base, 0.88, QFont.Weight.Normal)
        self.mono_font.setFamilies([mono_family()])
        self.name = QFontMetrics(self.name_font)
        self.small = QFontMetrics(self.small_font)
        self.heading = QFontMetrics(self.heading_font)
        self.mono = QFontMetrics(self.mono_font)


def port_text(snapshot: Snapshot) -> str:
    """The local port: the bound one, else the one it will have, else nothing while the system shall choose.

    A direct connection has none.
    """
    if snapshot.connection.route.is_direct:
        return ""
    port = snapshot.local.port if snapshot.local else snapshot.connection.forward.local_port
    return f":{port}" if port else ""


def _varied(base: QFont, factor: float, weight: QFont.Weight) -> QFont:
    font = QFont(base)
    font.setPointSizeF(base.pointSizeF() * factor)
    font.setWeight(weight)
    return font


def _heading_height(fonts: _Fonts) -> int:
    return fonts.heading.height() + HEADING_SPACE + 4


def _paint_heading(painter: QPainter, rect: QRect, text: str, fonts: _Fonts, tokens: Tokens) -> None:
    space = rect.adjusted(MARGIN + GAP, HEADING_SPACE, -MARGIN - GAP, 0)
    painter.setFont(fonts.heading_font)
    painter.setPen(QColor(tokens.muted))
    shown = fonts.heading.elidedText(text, Qt.TextElideMode.ElideRight, space.width())
    painter.drawText(space, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, shown)


def _paint_ground(painter: QPainter, row: QRect, option: QStyleOptionViewItem, tokens: Tokens) -> None:
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
    focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
    if not selected and not hovered:
        return
    painter.setPen(QColor(tokens.accent) if selected and focused else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.selected if selected else tokens.hover))
    painter.drawRoundedRect(QRectF(row).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)


def _paint_row(painter: QPainter, row: QRect, index: Index, fonts: _Fonts, tokens: Tokens) -> None:
    snapshot: Snapshot = index.data(Role.SNAPSHOT)
    look = look_of(snapshot)
    inner = row.adjusted(GAP, PAD - 1, -GAP, -PAD + 1)
    upper = QRect(inner.left(), inner.top(), inner.width(), fonts.name.height())
    lower = QRect(inner.left(), upper.bottom() + LINE_GAP, inner.width(), fonts.small.height())
    glyph = QRectF(inner.left(), upper.center().y() - GLYPH / 2 + 1, GLYPH, GLYPH)
    paint_icon(painter, look.drawing, tokens.tone(look.tone), glyph)
    upper.setLeft(inner.left() + GLYPH + GAP)
    lower.setLeft(upper.left())
    kind = short_title(snapshot.connection.kind)
    name = (snapshot.connection.name, fonts.name_font, QColor(tokens.text))
    _paint_pair(painter, upper, name, (kind, fonts.small_font, QColor(tokens.muted)))
    words = (str(index.data(Role.STATE_LINE)), fonts.small_font, _words_colour(look, tokens))
    _paint_pair(painter, lower, words, (port_text(snapshot), fonts.mono_font, QColor(tokens.muted)))


def _words_colour(look: Look, tokens: Tokens) -> QColor:
    return tokens.tone(look.tone) if look.tone in (Tone.WARN, Tone.BAD) else QColor(tokens.muted)


Written = tuple[str, QFont, QColor]


def _paint_pair(painter: QPainter, line: QRect, left: Written, right: Written) -> None:
    """Two texts at the ends of a line; the left one gives way."""
    taken = QFontMetrics(right[1]).horizontalAdvance(right[0])
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.setFont(right[1])
    painter.setPen(right[2])
    painter.drawText(line, Qt.AlignmentFlag.AlignRight | flags, right[0])
    space = line.adjusted(0, 0, -(taken + GAP if taken else 0), 0)
    painter.setFont(left[1])
    painter.setPen(left[2])
    shown = QFontMetrics(left[1]).elidedText(left[0], Qt.TextElideMode.ElideRight, space.width())
    painter.drawText(space, Qt.AlignmentFlag.AlignLeft | flags, shown)
