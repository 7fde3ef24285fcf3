"""The first failure of a check, explained: what happened, why it is likely so, and what to ask for."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.core.errors import Cause
from desktop.core.model import Connection
from desktop.gui.icons import icon
from desktop.gui.parts import icon_button, label
from desktop.wording.causes import Setting, help_for
from desktop.wording.messages import advice_once, title

SHOWN_COPIED_MS = 1500
# Without it the longest word would decide how wide the page is.
LEAST_TEXT_WIDTH = 120


class CheckHelp(QFrame):
    """Grows with its words; never changes."""

    def __init__(self, cause: Cause, connection: Connection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checkHelp")
        self.setProperty("card", "bad")
        known = help_for(cause, connection)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(6)
        column.addWidget(_words(title(cause), "heading", "checkTitle"))
        column.addWidget(_words(advice_once(cause), "", "checkAdvice"))
        if known.causes:
            column.addSpacing(6)
            column.addWidget(_words("Likely causes", "heading"))
            column.addLayout(_numbered(known.causes))
        for setting in known.settings:
            column.addSpacing(6)
            column.addWidget(SettingBox(setting))
        self.setAccessibleName(title(cause))
        self.setAccessibleDescription(advice_once(cause))


class SettingBox(QWidget):
    """Lines for an administrator, to copy."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = setting.text
        lines = _words(_breakable(setting.text), "mono", "settingText")
        # What is selected would have the marks in it.
        lines.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        lines.setAccessibleName(f"{setting.where}: {setting.text}")
        self._copy = icon_button("copySetting", "copy", "Copy these lines")
        self._copy.setAccessibleName(f"Copy: {setting.where}")
        self._copy.clicked.connect(self._on_copy)
        box = QFrame()
        box.setProperty("card", "plain")
        row = QHBoxLayout(box)
        row.setContentsMargins(12, 6, 6, 6)
        row.addWidget(lines, 1)
        row.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(_words(setting.where, "small", "settingWhere"))
        column.addWidget(box)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        show_copied(self._copy, "copy", "muted")


def show_copied(pressed: QPushButton, drawing: str, token: str) -> None:
    """A tick on the button for a moment, then `drawing` again."""
    pressed.setIcon(icon("check", "good"))
    QTimer.singleShot(SHOWN_COPIED_MS, pressed, lambda: pressed.setIcon(icon(drawing, token)))


def _numbered(causes: tuple[str, ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    for row, cause in enumerate(causes):
        grid.addWidget(label(f"{row + 1}."), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_words(cause, "", "likelyCause"), row, 1)
    return grid


def _breakable(text: str) -> str:
    """With marks where a long word may go on in the next line, for large fonts."""
    return re.sub(r"([,=/@:;])(?=\S)", "\\1\u200b", text)


def _words(text: str, kind: str, name: str = "") -> QLabel:
    """A server's own words may be in it."""
    result = label("", kind, wraps=True)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    result.setText(text)
    result.setMinimumWidth(LEAST_TEXT_WIDTH)
    result.setObjectName(name)
    return result
