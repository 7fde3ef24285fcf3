"""A sentence that floats over the window's lower right corner for a while."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop.gui.parts import icon_button, label

LEAST_MS = 4000
MS_PER_CHARACTER = 70
MOST_WIDTH = 520
DISTANCE = 24


class Toast(QFrame):
    """Longer sentences stay longer; a click on its cross ends it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setProperty("card", "accent")
        self._host = parent
        self._words = label("", wraps=True)
        self._words.setObjectName("toastWords")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        close = icon_button("closeToast", "close", "Close")
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def say(self, sentence: str) -> None:
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        self._place()
        self.show()
        self.raise_()
        self._end.start(LEAST_MS + MS_PER_CHARACTER * len(sentence))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        host = self._host
        needed = self._words.fontMetrics().horizontalAdvance(self._words.text()) + 90
        width = min(needed, MOST_WIDTH, host.width() - 2 * DISTANCE)
        height = max(self.heightForWidth(width), self.sizeHint().height() if needed <= width else 0)
        left, top = host.width() - width - DISTANCE, host.height() - height - DISTANCE
        self.setGeometry(left, top, width, height)
