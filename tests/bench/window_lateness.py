"""The real window with a stopwatch in it: how late its event loop comes to what is due.

usage: python -m tests.bench.window_lateness FILE [STATE]
       says the local port once STATE (else ``up``) has come, runs until standard input ends

The one saved connection is shown and brought up. FILE gets `Lateness` as JSON in the end. Times are of the monotonic
clock, which all processes share.
"""

from __future__ import annotations

import json
import math
import sys
import time
from dataclasses import asdict
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtWidgets import QApplication

from desktop.app import run
from desktop.app.face import Face
from desktop.compose.backstage import Backstage
from desktop.core.model import Snapshot, State
from desktop.gui.sparkline import Sparkline
from tests.bench.children import say
from tests.bench.lateness import Lateness

EVERY_S = 0.01


class Stopwatch(QObject):
    """A timer of the event loop, set for the next moment of a fixed grid; and an eye on one widget's painting."""

    def __init__(self, painted: QObject, parent: QObject) -> None:
        super().__init__(parent)
        self.found = Lateness()
        self._painted = painted
        painted.installEventFilter(self)
        self._due_mono = time.monotonic() + EVERY_S
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._take_time)
        self._timer.start(0)

    def _take_time(self) -> None:
        now = time.monotonic()
        while self._due_mono <= now:
            self.found.due_mono.append(self._due_mono)
            self.found.late_ms.append((now - self._due_mono) * 1000)
            self._due_mono += EVERY_S
        self._timer.start(math.ceil((self._due_mono - now) * 1000))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._painted and event.type() == QEvent.Type.Paint:
            self.found.painted_mono.append(time.monotonic())
        return False


class WatchedFace(Face):
    def __init__(self, app: QApplication, backstage: Backstage) -> None:
        super().__init__(app, backstage)
        self._connect = backstage.engine.connect
        self._library = backstage.library
        self._told = False
        curve = self.window.findChild(Sparkline)
        assert curve is not None
        self._stopwatch = Stopwatch(curve, self)
        self._end = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._end.activated.connect(lambda: app.exit())
        self.model.changed.connect(self._on_changed)

    def begin(self, *, hidden: bool) -> None:
        super().begin(hidden=hidden)
        (connection,) = self._library.connections
        self.window.show_connection(connection.id)
        self._connect(connection.id)

    def close(self) -> None:
        super().close()
        Path(sys.argv[1]).write_text(json.dumps(asdict(self._stopwatch.found)))

    def _on_changed(self, _before: Snapshot | None, after: Snapshot) -> None:
        awaited = State(sys.argv[2]) if len(sys.argv) > 2 else State.UP
        if after.state is awaited and after.local is not None and not self._told:
            self._told = True
            say(after.local.port)


if __name__ == "__main__":
    # The composition root makes its face by this name.
    vars(run)["Face"] = WatchedFace
    sys.exit(run.run_window(verbose=False))
