"""SIGTERM, SIGINT and SIGHUP as a Qt signal."""

from __future__ import annotations

import signal
import socket
from contextlib import suppress

from PySide6.QtCore import QObject, QSocketNotifier, Signal

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


def ignore_end_signals() -> None:
    """Main thread, when everything is ended. A session's end sends several (systemd.kill(5), SendSIGHUP).

    A late one would meet an interpreter that has put the default handlers back already, and be taken for a failure.
    """
    for name in _NAMES:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


class EndSignals(QObject):
    """Main thread. Python runs its handlers only between bytecodes, and Qt's event loop runs none.

    `signal.set_wakeup_fd` writes the signal's number to a socket that the loop watches.
    """

    received = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_ready)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for name in _NAMES:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: None)

    def _on_ready(self) -> None:
        with suppress(BlockingIOError):
            self._reader.recv(64)
        self.received.emit()
