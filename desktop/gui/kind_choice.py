"""The list of kinds of warehouses, in which a person finds theirs by typing any word of its name."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QListView

from desktop.core.warehouses import CATALOGUE, OTHER
from desktop.gui.kind_icon import kind_icon

_MOST_SHOWN = 16
_ICON_PX = 18


class KindChoice(QComboBox):
    """`currentData` is the key of the kind."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("kind")
        kinds = _KindList()
        kinds.setSpacing(1)
        self.setView(kinds)
        for part in (self, kinds):
            part.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.setMaxVisibleItems(_MOST_SHOWN)
        for entry in CATALOGUE:
            self.addItem(kind_icon(entry.icon), entry.title, entry.key)
        self.insertSeparator(self.count())
        self.addItem(kind_icon(OTHER.icon), OTHER.title, OTHER.key)

    def choose(self, key: str) -> None:
        """Also one that only a newer version knows, so that editing something else does not change it."""
        if self.findData(key) < 0:
            self.addItem(kind_icon(""), key, key)
        self.setCurrentIndex(self.findData(key))


class _KindList(QListView):
    """Qt looks at the beginnings of names only, where Redshift is Amazon's."""

    def __init__(self) -> None:
        super().__init__()
        self._typed = ""
        self._since_last = QElapsedTimer()

    def keyboardSearch(self, search: str) -> None:  # noqa: N802 - Qt's name
        pause_ms = QGuiApplication.styleHints().keyboardInputInterval()
        goes_on = self._since_last.isValid() and self._since_last.elapsed() < pause_ms
        self._typed = self._typed + search.casefold() if goes_on else search.casefold()
        self._since_last.start()
        # The same letter again goes to the next that begins with it.
        is_repeated = len(set(self._typed)) == 1
        wanted = self._typed[:1] if is_repeated else self._typed
        row = self._row_of(wanted, after=self.currentIndex().row() + (1 if is_repeated else 0))
        if row is not None:
            self.setCurrentIndex(self.model().index(row, 0))

    def _row_of(self, wanted: str, after: int) -> int | None:
        """The next whose name begins with it, or else one with a word that does."""
        count = self.model().rowCount()
        order = [(max(after, 0) + step) % count for step in range(count)]
        names = {row: str(self.model().index(row, 0).data() or "").casefold() for row in order}
        beginning = (row for row in order if names[row].startswith(wanted))
        within = (row for row in order if f" {wanted}" in names[row].replace("(", " "))
        return next(beginning, next(within, None))
