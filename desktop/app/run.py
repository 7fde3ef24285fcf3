"""Starts the window, and the demo with or without a screen."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from desktop import APP_ID, APP_NAME, __version__
from desktop.app.control_desk import ControlDesk
from desktop.app.demo_show import DemoShow
from desktop.app.face import Face
from desktop.app.link_desk import LinkDesk
from desktop.app.one_window import OneWindow
from desktop.app.session_end import Application
from desktop.compose.backstage import Backstage
from desktop.core.errors import CaponierError
from desktop.gui.icons import app_icon
from desktop.gui.theme import Theme
from desktop.store.paths import HOME_VARIABLE, Paths
from desktop.system.screen import has_screen
from desktop.system.signals import EndSignals, ignore_end_signals
from desktop.wording.messages import advice, title


def run_window(*, verbose: bool, hidden: bool = False, link: str = "") -> int:
    """Blocks until the person quits. The exit status. With `hidden` it starts in the tray, where there is one.

    `link` is one of `desktop.core.links`, or empty.
    """
    if not has_screen():
        print("There is no screen to open a window on. Without one: caponier --help", file=sys.stderr)
        return 1
    try:
        with OneWindow(Paths.from_environment()) as one:
            first = one.claim(hidden=hidden, link=link)
            return _show_window(one, verbose=verbose, hidden=hidden, link=link) if first else 0
    except CaponierError as error:
        return _refuse(error)


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


def make_application() -> Application:
    """The one QApplication, with our name, look and icon."""
    app = Application([APP_NAME])
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


def _show_window(one: OneWindow, *, verbose: bool, hidden: bool, link: str) -> int:
    app = make_application()
    try:
        backstage = Backstage(verbose=verbose)
    except CaponierError as error:
        return _refuse(error)
    with _ending(app) as ends:
        ends.callback(backstage.close)
        face = Face(app, backstage)
        ends.callback(face.close)
        ends.callback(one.close)
        backstage.watch()
        _load(backstage, face)
        control = ControlDesk(
            backstage.library, backstage.engine, face.model, face.window.bring_forward, face
        )
        links = LinkDesk(backstage.library, backstage.engine, face.window, face)
        control.link_opened.connect(links.open)
        app.link_opened.connect(links.open)
        one.listen(control)
        if one.trouble is not None:
            face.tell_at_start(one.trouble)
        face.begin(hidden=hidden)
        if link:
            QTimer.singleShot(0, links, lambda: links.open(link))
        return app.exec()


def _ending(app: QApplication) -> ExitStack:
    """What is put on it is ended once, latest first: when the event loop ends, or where it was never reached.

    When the person logs out, Windows kills the process soon after Qt has emitted `aboutToQuit`: `exec` does not return.
    """
    ends = ExitStack()
    ends.callback(ignore_end_signals)
    app.aboutToQuit.connect(ends.close)
    return ends


def _refuse(error: CaponierError) -> int:
    """Say why there is no window. The exit status."""
    _app = QApplication.instance() or make_application()
    QMessageBox.critical(None, title(error.cause), advice(error.cause))
    return 1


def _show_demo(*, visible: bool, verbose: bool) -> int:
    app = make_application()
    backstage = Backstage(verbose=verbose)
    with _ending(app) as ends:
        ends.callback(backstage.close)
        face = Face(app, backstage)
        ends.callback(face.close)
        show = DemoShow(face, stays_open=visible)
        backstage.watch()
        face.window.show()
        show.begin()
        status = app.exec()
        return status or show.status


def _load(backstage: Backstage, face: Face) -> None:
    """A damaged file is set aside and said so; the window opens all the same."""
    try:
        backstage.library.load()
    except CaponierError as error:
        face.tell_at_start(error.cause)
