"""``make demo``: the demo by itself, seen in the window or, without a screen, in print."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop.app.face import Face
from desktop.core.errors import Cause
from desktop.demo.demo import DemoAnswer
from desktop.wording.messages import advice, title

GIVE_UP_AFTER_MS = 120_000
# The pane shows the client that asked, and its bytes, with the next sample of the traffic timer.
PICTURE_AFTER_MS = 1_500


class DemoShow(QObject):
    """GUI thread. Ends the application by itself unless `stays_open`; `status` is then the exit status."""

    def __init__(self, face: Face, *, stays_open: bool) -> None:
        super().__init__(face)
        self._face = face
        self._stays_open = stays_open
        self.status = 0
        face.demo.answered.connect(self._on_answered)
        face.demo.failed.connect(self._on_failed)

    def begin(self) -> None:
        print("Starting a bastion and a PostgreSQL of Caponier's own…", flush=True)
        self._face.demo.start()
        if not self._stays_open:
            QTimer.singleShot(GIVE_UP_AFTER_MS, self, self._on_late)

    def _on_answered(self, answer: DemoAnswer) -> None:
        print(answer.version_line)
        for row in answer.rows:
            print(f"  {row.country:<20} {row.orders:>6} orders {row.revenue:>12}")
        sys.stdout.flush()
        if not self._stays_open:
            QTimer.singleShot(PICTURE_AFTER_MS, self, self._take_picture)

    def _take_picture(self) -> None:
        place = Path(tempfile.mkdtemp(prefix="caponier-picture-")) / "window.png"
        if self._face.window.grab().save(str(place)):
            print(f"Picture of the window: {place}", flush=True)
            self._end(0)
        else:
            print(f"The picture could not be written to {place}", file=sys.stderr)
            self._end(1)

    def _on_failed(self, cause: Cause) -> None:
        print(f"{title(cause)}\n{advice(cause)}", file=sys.stderr)
        self._end(1)

    def _on_late(self) -> None:
        print("The demo did not answer in time; the log tells more with --verbose.", file=sys.stderr)
        self._end(1)

    def _end(self, status: int) -> None:
        self.status = status
        if not self._stays_open:
            QApplication.exit()
