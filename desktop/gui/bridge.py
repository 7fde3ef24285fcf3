"""Brings the engine's updates into the GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.core.ports import Tunnels, Update


class Bridge(QObject):
    """Emits `updated` with each `desktop.core.ports.Update`, in the GUI thread and in the engine's order.

    The first one, with everything, is emitted by the event loop, never by the constructor: whoever connects
    before the loop runs misses nothing. Call `close()` before the engine or the application goes.
    """

    updated = Signal(object)
    _arrived = Signal(object)

    def __init__(self, tunnels: Tunnels, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open = True
        self._arrived.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = tunnels.subscribe(self._arrived.emit)

    def close(self) -> None:
        """Stop listening. Idempotent; nothing is emitted afterwards."""
        if self._open:
            self._open = False
            self._unsubscribe()

    @Slot(object)
    def _pass_on(self, update: Update) -> None:
        if self._open:
            self.updated.emit(update)
