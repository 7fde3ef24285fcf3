"""Whether the person looks at Caponier at this moment."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication


def is_looked_at() -> bool:
    """True while a window of ours is in front. GUI thread.

    A menu that is closed at once is told to be active afterwards, and Qt calls it so until another window takes its
    place; nobody sees that one.
    """
    window = QApplication.activeWindow()
    return window is not None and window.isVisible()
