"""The real window, which obeys words on standard input as it would obey clicks.

It tells whether it can be seen, once it is there and after each word.
"""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

from desktop.__main__ import main
from desktop.app import face, run
from desktop.app.face import Face

TRAY_PATIENCE_MS = 200


class ObeyingFace(Face):
    def begin(self, *, hidden: bool) -> None:
        super().begin(hidden=hidden)
        self._ear = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._ear.activated.connect(self._on_word)
        self._tell()

    def _on_word(self) -> None:
        """One line at a time: the test waits for each answer."""
        word, _, name = os.read(sys.stdin.fileno(), 4096).decode().strip().partition(" ")
        match word:
            case "connect":
                self._backstage.engine.connect(self._backstage.library.find(name).id)
            case "disconnect":
                self._backstage.engine.disconnect(self._backstage.library.find(name).id)
            case "quit":
                # What Qt makes of a session manager's word.
                self.window._hide_on_close = self._complain
                QApplication.quit()
            case "":
                self._ear.setEnabled(False)
        self._tell()

    def _complain(self) -> bool:
        print("the window was asked to close", flush=True)  # noqa: T201 - what the test reads
        return True

    def _tell(self) -> None:
        print("visible" if self.window.isVisible() else "hidden", flush=True)  # noqa: T201 - what the test reads


if __name__ == "__main__":
    # The composition root makes its face by this name.
    vars(run)["Face"] = ObeyingFace
    vars(face)["TRAY_PATIENCE_MS"] = TRAY_PATIENCE_MS
    sys.exit(main())
