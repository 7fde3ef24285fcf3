"""The real program with an eye in it: it prints a line of JSON whenever what a person sees of it has changed."""

from __future__ import annotations

import json
import sys
from typing import Any

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QWidget,
)

from desktop.__main__ import main
from desktop.app import run
from desktop.app.face import Face
from desktop.compose.backstage import Backstage

LOOK_MS = 40


class Eye(QObject):
    """Tells what stood still for two looks, so that nobody aims at something that moves."""

    def __init__(self, face: Face) -> None:
        super().__init__(face)
        self._face = face
        self._last: dict[str, Any] = {}
        self._told: dict[str, Any] = {}
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_MS)

    def _look(self) -> None:
        seen = self._see()
        if seen == self._last and seen != self._told:
            self._told = seen
            print(json.dumps(seen), flush=True)  # noqa: T201 - what the test reads
        self._last = seen

    def _see(self) -> dict[str, Any]:
        front = QApplication.activeModalWidget() or self._face.window
        there = _on_screen(front)
        focus = QApplication.focusWidget()
        return {
            "front": front.windowTitle() if there else "",
            "focus": focus.objectName() if focus is not None and front.isActiveWindow() else "",
            "parts": _parts(front) if there else {},
            "texts": [each.text() for each in front.findChildren(QLabel) if there and each.isVisible()],
            "menu": _entries(QApplication.activePopupWidget()),
            "icon": self._icon(),
        }

    def _icon(self) -> dict[str, Any] | None:
        icon = self._face.tray.icon
        if icon is None or min(icon.geometry().center().toTuple()) <= 0:
            return None
        return {"place": icon.geometry().center().toTuple(), "text": icon.toolTip()}


class WatchedFace(Face):
    def __init__(self, app: QApplication, backstage: Backstage) -> None:
        super().__init__(app, backstage)
        self._eye = Eye(self)


def _parts(front: QWidget) -> dict[str, dict[str, Any]]:
    """What has a name of its own, or words to press."""
    parts = {}
    for each in front.findChildren(QWidget):
        name = each.objectName() or (each.text() if isinstance(each, QAbstractButton) else "")
        if name and each.isVisible() and not each.visibleRegion().isEmpty():
            middle = each.mapToGlobal(each.rect().center())
            parts[name.replace("&", "")] = {
                "place": middle.toTuple(),
                "text": _text(each),
                "enabled": each.isEnabled(),
            }
    return parts


def _text(part: QWidget) -> str:
    """As it is shown: a hidden password is dots."""
    if isinstance(part, QLineEdit):
        return part.displayText()
    if isinstance(part, QPlainTextEdit):
        return part.toPlainText()
    if isinstance(part, QComboBox):
        return part.currentText()
    return part.text() if isinstance(part, (QLabel, QAbstractButton)) else ""


def _entries(menu: QWidget | None) -> dict[str, tuple[int, int]]:
    """Where to click each entry of the open menu."""
    if not isinstance(menu, QMenu) or not _on_screen(menu):
        return {}
    return {
        action.text().split("  ")[0]: _middle(menu, menu.actionGeometry(action).center())
        for action in menu.actions()
        if action.text()
    }


def _middle(menu: QMenu, place: QPoint) -> tuple[int, int]:
    middle = menu.mapToGlobal(place)
    return middle.x(), middle.y()


def _on_screen(top: QWidget) -> bool:
    return top.isVisible() and top.windowHandle().isExposed()


if __name__ == "__main__":
    # The composition root makes its face by this name.
    vars(run)["Face"] = WatchedFace
    sys.exit(main())
