"""Brings what a check tells into the GUI thread."""

from __future__ import annotations

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
        self._running: RunningCheck | None = None
        self._arrived.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def start(self, connection: Connection, *, with_login: bool) -> None:
        self.stop()
        number = self._number
        self._running = self._checks.start(
            connection,
            lambda stage: self._arrived.emit(number, stage),
            lambda: self._arrived.emit(number, None),
            with_login=with_login,
        )
        # The window may go without closing its dialog first.
        self.destroyed.connect(self._running.stop)

    def stop(self) -> None:
        """Idempotent; nothing is emitted afterwards."""
        self._number += 1
        if self._running is not None:
            self._running.stop()
            self._running = None

    @Slot(int, object)
    def _pass_on(self, number: int, stage: Stage | None) -> None:
        if number != self._number:
            return
        if stage is None:
            self.ended.emit()
        else:
            self.told.emit(stage)
