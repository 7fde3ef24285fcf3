"""Starts the window, and the demo with or without a screen."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication, QMessageBox

from desktop import APP_ID, APP_NAME, __version__
from desktop.app.demo_show import DemoShow
from desktop.app.face import Face
from desktop.compose import Backstage
from desktop.core.errors import CaponierError
from desktop.gui.icons import app_icon
from desktop.gui.theme import Theme
from desktop.store.paths import HOME_VARIABLE
from desktop.system.screen import has_screen
from desktop.system.signals import EndSignals
from desktop.wording.messages import advice, title


def run_window(*, verbose: bool) -> int:
    """Blocks until the person quits. The exit status."""
    if not has_screen():
        print("There is no screen to open a window on. Without one: caponier --help", file=sys.stderr)
        return 1
    app = make_application()
    try:
        backstage = Backstage(verbose=verbose)
    except CaponierError as error:
        QMessageBox.critical(None, title(error.cause), advice(error.cause))
        return 1
    face = Face(app, backstage)
    backstage.watch()
    try:
        _load(backstage, face)
        face.window.show()
        return app.exec()
    finally:
        face.close()
        backstage.close()


def run_demo(*, verbose: bool) -> int:
    """The demo in folders of its own, which are removed at the end.

    With a screen the window stays open; without one the answer and the place of a picture of the window are printed.
    """
    visible = has_screen()
    if not visible:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    home = Path(tempfile.mkdtemp(prefix="caponier-demo-"))
    os.environ[HOME_VARIABLE] = str(home)
    try:
        return _show_demo(visible=visible, verbose=verbose)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def make_application() -> QApplication:
    """The one QApplication, with our name, look and icon."""
    app = QApplication([APP_NAME])
    app.setApplicationName(APP_NAME)
    app.setApplicationVersion(__version__)
    app.setDesktopFileName(APP_ID)
    app.setWindowIcon(app_icon())
    app.setQuitOnLastWindowClosed(False)
    Theme.apply(app)
    signals = EndSignals(app)
    # Not quit(), which closes windows first: ours hides instead, and the program would stay.
    signals.received.connect(app.exit)
    return app


def _show_demo(*, visible: bool, verbose: bool) -> int:
    app = make_application()
    backstage = Backstage(verbose=verbose)
    face = Face(app, backstage)
    show = DemoShow(face, stays_open=visible)
    backstage.watch()
    try:
        face.window.show()
        show.begin()
        status = app.exec()
        return status or show.status
    finally:
        face.close()
        backstage.close()


def _load(backstage: Backstage, face: Face) -> None:
    """A damaged file is set aside and said so; the window opens all the same."""
    try:
        backstage.library.load()
    except CaponierError as error:
        face.tell_at_start(error.cause)
