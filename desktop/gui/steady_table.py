"""A table whose current row stays in sight when what is around it takes more room."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTableView


class SteadyTable(QTableView):
    """What is told of the last row, below the table, would else push that row out of it."""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        before = QRect(QPoint(), event.oldSize())
        was_in_sight = before.intersects(self.visualRect(self.currentIndex()))
        super().resizeEvent(event)
        if was_in_sight:
            self.scrollTo(self.currentIndex())
