"""Does Qt open on this screen, draw text and our drawings, and is there a tray?

Imported only when `libraries` has had its say: without a library of the system this import fails.
"""

from __future__ import annotations

import os

from PySide6.QtCore import QSize, qVersion
from PySide6.QtGui import QGuiApplication, QIcon, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLabel, QSystemTrayIcon

from desktop import APP_NAME
from desktop.core.model import State
from desktop.gui.icons import app_icon, tray_icon
from desktop.resources import resource_path
from desktop.selftest.finding import Finding, failed, ok, warning
from desktop.selftest.libraries import can_use_x11
from desktop.system.screen import has_screen

_PLATFORM_VARIABLE = "QT_QPA_PLATFORM"
_OFFSCREEN = "offscreen"
_ICON_SIZE = QSize(64, 64)


def drawing() -> Finding:
    """A word is drawn: that takes a platform, a font and its library."""
    _application()
    label = QLabel(APP_NAME)
    if not _has_colours(label.grab().toImage(), at_least=2):
        return failed("no text was drawn; is there a font on this computer?")
    where = QGuiApplication.platformName()
    place = "there is no screen, drawn in memory" if where == _OFFSCREEN else f"drawn by {where}"
    return ok(f"Qt {qVersion()}, {place}, font {label.fontInfo().family()}")


def icons() -> Finding:
    _application()
    files = sorted(resource_path("icons").glob("*.svg"))
    damaged = [path.name for path in files if not QSvgRenderer(str(path)).isValid()]
    if damaged or not files:
        return failed(f"can't be drawn: {', '.join(damaged)}" if damaged else "there are none")
    if not _shows_something(app_icon()):
        return failed("the application's own icon stays empty; is Qt's SVG icon engine there?")
    empty = [state for state in State if not _shows_something(tray_icon(state))]
    if empty:
        return failed(f"the tray's icon stays empty for: {', '.join(empty)}")
    return ok(f"{len(files)} drawings")


def tray() -> Finding:
    _application()
    if QSystemTrayIcon.isSystemTrayAvailable():
        return ok("there is one")
    return warning("there is none here; the window stays open instead of hiding")


def _application() -> QApplication:
    """The one of this process; in memory only where there is no screen, or no way to it."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    if not (has_screen() and can_use_x11()):
        os.environ[_PLATFORM_VARIABLE] = _OFFSCREEN
    return QApplication([APP_NAME])


def _shows_something(icon: QIcon) -> bool:
    return _has_colours(icon.pixmap(_ICON_SIZE).toImage(), at_least=2)


def _has_colours(image: QImage, *, at_least: int) -> bool:
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return len({image.pixel(x, y) for x, y in points}) >= at_least
