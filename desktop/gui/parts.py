"""Small parts that several panes are made of."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.gui.icons import icon, paint_icon
from desktop.gui.state_look import Look
from desktop.gui.tokens import Tone, current_tokens


def label(text: str = "", kind: str = "", *, wraps: bool = False) -> QLabel:
    """A label of one of the sheet's types."""
    result = QLabel(text)
    result.setProperty("type", kind)
    result.setWordWrap(wraps)
    return result


def button(name: str, text: str, look: str = "", drawing: str = "", token: str = "text") -> QPushButton:
    """A push button with an object name and an accessible name."""
    result = QPushButton(text)
    result.setObjectName(name)
    result.setAccessibleName(text)
    if look:
        result.setProperty("look", look)
    if drawing:
        result.setIcon(icon(drawing, token))
        result.setIconSize(QSize(18, 18))
    result.setAutoDefault(False)
    return result


def icon_button(name: str, drawing: str, says: str) -> QPushButton:
    """A square button without words; `says` is its tooltip and its accessible name."""
    result = button(name, "", "icon", drawing, "muted")
    result.setIconSize(QSize(18, 18))
    result.setToolTip(says)
    result.setAccessibleName(says)
    result.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return result


def with_keys(text: str, keys: QKeySequence.StandardKey | str) -> str:
    """A menu item's text with the keys that do the same. The window owns the keys: a second owner is ambiguous."""
    return f"{text}\t{QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)}"


class Card(QFrame):
    """A framed part of a page with a heading; `head` takes what stands at the heading's right, `body` the rest."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "plain")
        self.setAccessibleName(title)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(18, 14, 18, 16)
        outer.setSpacing(10)
        self.head = QHBoxLayout()
        self.head.setSpacing(14)
        self.head.addWidget(label(title, "heading"))
        self.head.addStretch(1)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        outer.addLayout(self.head)
        outer.addLayout(self.body)
        outer.addStretch(1)


class Glyph(QWidget):
    """One drawing in the colour of its tone."""

    def __init__(self, size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = Look("state-off", Tone.NEUTRAL)
        self.setFixedSize(size, size)

    def show_look(self, look: Look) -> None:
        self._look = look
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name
        painter = QPainter(self)
        colour = current_tokens().tone(self._look.tone)
        paint_icon(painter, self._look.drawing, colour, QRectF(self.rect()))
        painter.end()
