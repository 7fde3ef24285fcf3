"""What an alias of ssh_config stands for, server by server, with the line each value comes from."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop.core.aliases import AliasView
from desktop.gui.parts import label
from desktop.gui.stylesheet import restyle
from desktop.wording.aliases import AliasCard, AliasRow, alias_cards, alias_note
from desktop.wording.messages import advice, title

_WIDEST_LABEL = "Reached by  "


class AliasPanel(QFrame):
    """Says nothing about anything until it is shown a view."""

    shown = Signal()
    hidden = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("alias-panel")
        self.setProperty("card", "neutral")
        self._heading = _text("", "heading")
        self._heading.setObjectName("alias-heading")
        self._servers = QVBoxLayout()
        self._servers.setSpacing(12)
        self._note = _text("", "note")
        self._note.setObjectName("alias-note")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addWidget(self._heading)
        column.addLayout(self._servers)
        column.addWidget(self._note)
        self.invite()

    def invite(self) -> None:
        """Where no alias is named yet."""
        self._show("neutral", "Name an alias above, as it stands after Host in ~/.ssh/config.")

    def show_view(self, view: AliasView) -> None:
        if view.cause is not None:
            self._show("bad", f"{title(view.cause)}.", note=advice(view.cause))
            return
        self._show("neutral" if view.is_known else "warn", "", alias_cards(view), alias_note(view))

    def _show(self, card: str, heading: str, cards: tuple[AliasCard, ...] = (), note: str = "") -> None:
        restyle(self, "card", card)
        self._heading.setText(heading)
        self._heading.setVisible(bool(heading))
        while (item := self._servers.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for each in cards:
            self._servers.addWidget(_Server(each))
        restyle(self._note, "type", "note" if card != "bad" else "small")
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.shown.emit()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self.hidden.emit()


class _Server(QWidget):
    def __init__(self, card: AliasCard) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        # The servers' columns line up.
        grid.setColumnMinimumWidth(0, self.fontMetrics().horizontalAdvance(_WIDEST_LABEL))
        heading = _text(card.title, "mono")
        grid.addWidget(heading, 0, 0, 1, 3)
        for number, row in enumerate(card.rows, 1):
            self._add(grid, number, row)

    def _add(self, grid: QGridLayout, number: int, row: AliasRow) -> None:
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(label(row.label, "muted"), number, 0, top)
        value = _text(row.text, "")
        grid.addWidget(value, number, 1, top)
        origin = label(row.origin, "small")
        origin.setTextFormat(Qt.TextFormat.PlainText)
        origin.setContentsMargins(0, 1, 0, 0)
        grid.addWidget(origin, number, 2, top | Qt.AlignmentFlag.AlignRight)


def _text(text: str, kind: str) -> QLabel:
    result = label(text, kind, wraps=True)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return result
