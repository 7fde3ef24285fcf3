"""Our drawings as icons that take the theme's colours when they are painted, sharp at every scale."""

from __future__ import annotations

import sys
from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.core.model import State
from desktop.gui.tokens import current_tokens
from desktop.resources import resource_path

TRAY_SIZES = (16, 18, 22, 24, 32, 44, 48, 64)
TRAY_DRAWINGS = {
    State.OFF: "tray-off",
    State.CONNECTING: "tray-busy",
    State.UP: "tray-up",
    State.CLOSING: "tray-off",
    State.WAITING: "tray-busy",
    State.FAILED: "tray-trouble",
}


def paint_icon(painter: QPainter, name: str, colour: QColor, rect: QRectF) -> None:
    """Draw ``icons/<name>.svg`` into `rect` in one colour."""
    _renderer(name, colour.name(QColor.NameFormat.HexRgb)).render(painter, rect)


def icon(name: str, token: str = "muted") -> QIcon:
    """``icons/<name>.svg`` in the colour of that `Tokens` field, which follows a change of theme by itself."""
    return QIcon(_ThemedEngine(name, token))


def app_icon() -> QIcon:
    return QIcon(str(resource_path("icons/caponier.svg")))


def tray_icon(state: State, *, asks: bool = False) -> QIcon:
    """The state as a silhouette in one colour; `asks` where a connection waits for the person's answer."""
    name = "tray-question" if asks else TRAY_DRAWINGS[state]
    result = QIcon()
    for size in TRAY_SIZES:
        result.addPixmap(_tray_pixmap(name, size))
    # macOS tints a template image to suit its menu bar, whatever the wallpaper.
    result.setIsMask(sys.platform == "darwin")
    return result


def _tray_pixmap(name: str, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    rect = QRectF(1, 1, size - 2, size - 2)
    if sys.platform == "darwin":
        paint_icon(painter, name, QColor("#000000"), rect)
    else:
        # A panel's colour can't be asked for. Light on a thin dark rim is readable on either.
        for step in (QPoint(-1, 0), QPoint(1, 0), QPoint(0, -1), QPoint(0, 1)):
            paint_icon(painter, name, QColor("#30333c"), rect.translated(step))
        paint_icon(painter, name, QColor("#ffffff"), rect)
    painter.end()
    return pixmap


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    drawing = resource_path(f"icons/{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(drawing.replace("currentColor", colour).encode()))


class PaintedEngine(QIconEngine):
    """An icon that is what it paints, at any size; subclasses have `paint` and `clone`."""

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap


class _ThemedEngine(PaintedEngine):
    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name = name
        self._token = token

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:  # noqa: ARG002
        tokens = current_tokens()
        token = "faint" if mode == QIcon.Mode.Disabled else self._token
        paint_icon(painter, self._name, QColor(getattr(tokens, token)), QRectF(rect))

    def clone(self) -> QIconEngine:
        return _ThemedEngine(self._name, self._token)
