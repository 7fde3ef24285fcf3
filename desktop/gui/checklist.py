"""A list of things to tick, each with a line of details and, where something is odd, a note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.gui.parts import label

# A checkbox's box and the space behind it (the style sheet), under which the details are set.
INDENT = 26
MOST_HEIGHT = 380


@dataclass(frozen=True, slots=True)
class Choice:
    """`possible` is False for what can't be chosen; its `note` says why."""

    title: str
    detail: str
    note: str = ""
    ticked: bool = True
    possible: bool = True


class Checklist(QFrame):
    """`changed` is emitted when something was ticked or unticked. What is taller than it may be scrolls.

    `width` is the least it will have, for which its height is reckoned.
    """

    changed = Signal()

    def __init__(self, choices: Sequence[Choice], width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "plain")
        self._rows = [_Row(choice) for choice in choices]
        self._all = QCheckBox("All")
        self._all.setObjectName("tickAll")
        self._all.clicked.connect(self._on_all)
        for row in self._rows:
            row.box.toggled.connect(self._on_row)
        self._lay_out(width)
        self._show_all()

    @property
    def ticked(self) -> tuple[int, ...]:
        """Positions among the choices."""
        return tuple(number for number, row in enumerate(self._rows) if row.box.isChecked())

    def _lay_out(self, width: int) -> None:
        page = QWidget()
        page.setObjectName("page")
        rows = QVBoxLayout(page)
        rows.setContentsMargins(14, 12, 14, 12)
        rows.setSpacing(12)
        for row in self._rows:
            rows.addWidget(row)
        rows.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumHeight(min(rows.totalHeightForWidth(width), MOST_HEIGHT))
        head = QVBoxLayout()
        head.setContentsMargins(14, 10, 14, 10)
        head.addWidget(self._all)
        line = QFrame()
        line.setProperty("line", "true")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(line)
        column.addWidget(scroll, 1)

    def _on_all(self) -> None:
        """Ticks all but where all were ticked already."""
        possible = [row.box for row in self._rows if row.box.isEnabled()]
        tick = not all(box.isChecked() for box in possible)
        for box in possible:
            box.setChecked(tick)
        self._show_all()

    def _on_row(self) -> None:
        self._show_all()
        self.changed.emit()

    def _show_all(self) -> None:
        possible = [row.box.isChecked() for row in self._rows if row.box.isEnabled()]
        some, every = any(possible), all(possible)
        state = Qt.CheckState.Checked if every else Qt.CheckState.PartiallyChecked
        self._all.setCheckState(state if some else Qt.CheckState.Unchecked)
        self._all.setEnabled(bool(possible))


class _Row(QWidget):
    def __init__(self, choice: Choice) -> None:
        super().__init__()
        # An ampersand in a name is no access key.
        self.box = QCheckBox(choice.title.replace("&", "&&"))
        self.box.setAccessibleName(choice.title)
        self.box.setAccessibleDescription(f"{choice.detail}. {choice.note}".strip())
        self.box.setChecked(choice.ticked and choice.possible)
        self.box.setEnabled(choice.possible)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.box)
        below = QVBoxLayout()
        below.setContentsMargins(INDENT, 0, 0, 0)
        below.setSpacing(2)
        for text, kind in ((choice.detail, "small"), (choice.note, "note")):
            if text:
                line = label(text, kind, wraps=True)
                line.setTextFormat(Qt.TextFormat.PlainText)
                below.addWidget(line)
        column.addLayout(below)
