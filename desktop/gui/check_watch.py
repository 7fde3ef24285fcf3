"""Brings what a check tells into the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.core.check import Checks, RunningCheck, Stage
from desktop.core.model import Connection


class CheckWatch(QObject):
    """GUI thread. One check at a time; what an earlier one still had on its way is dropped."""

    told = Signal(object)
    ended = Signal()
    _arrived = Signal(int, object)

    def __init__(self, checks: Checks, parent: QObject) -> None:
        super().__init__(parent)
        self._checks = checks
        self._number = 0
        self._watched: _Watched | None = None
        self._arrived.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def start(self, connection: Connection, *, with_login: bool) -> None:
        self.stop()
        number = self._number
        watched = self._watched = _Watched(lambda stage: self._arrived.emit(number, stage))
        watched.running = self._checks.start(connection, watched.tell, watched.end, with_login=with_login)
        # The window may go without closing its dialog first.
        self.destroyed.connect(watched.stop)

    def stop(self) -> None:
        """Idempotent; nothing is emitted afterwards."""
        self._number += 1
        if self._watched is not None:
            self._watched.stop()
            self._watched = None

    @Slot(int, object)
    def _pass_on(self, number: int, stage: Stage | None) -> None:
        if number != self._number:
            return
        if stage is None:
            self.ended.emit()
        else:
            self.told.emit(stage)


class _Watched:
    """Between a check's thread and a `CheckWatch`, of which nothing may be used any more once it is gone."""

    def __init__(self, emit: Callable[[Stage | None], None]) -> None:
        self.running: RunningCheck | None = None
        self._emit = emit
        self._lock = threading.Lock()
        self._is_stopped = False

    def tell(self, stage: Stage) -> None:
        self._pass(stage)

    def end(self) -> None:
        self._pass(None)

    def stop(self) -> None:
        with self._lock:
            self._is_stopped = True
        if self.running is not None:
            self.running.stop()

    def _pass(self, stage: Stage | None) -> None:
        with self._lock:
            if not self._is_stopped:
                self._emit(stage)
