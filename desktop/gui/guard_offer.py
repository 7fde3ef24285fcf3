"""Switches the guard of a port on and off, by what a check found out about its warehouse."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.core.identity import NO_GUARD, Guard, WarehouseIdentity
from desktop.core.model import Connection
from desktop.gui.parts import button, label
from desktop.wording import guard


class GuardOffer(QWidget):
    """Hidden until there is something to offer. `set_guard` saves what the person chose, and says whether it was."""

    def __init__(self, connection: Connection, set_guard: Callable[[str, Guard], bool]) -> None:
        super().__init__()
        self._connection = connection
        self._guard = connection.guard
        self._set_guard = set_guard
        self._found: WarehouseIdentity | None = None
        self._words = label("", wraps=True)
        self._words.setObjectName("guardWords")
        self._remember = button("rememberWarehouse", guard.REMEMBER)
        self._stop = button("stopGuarding", guard.STOP)
        self._remember.clicked.connect(self._on_remember)
        self._stop.clicked.connect(lambda: self._choose(NO_GUARD))
        self._lay_out()
        self._show_choice()

    def offer(self, found: WarehouseIdentity) -> None:
        """What the latest check found out."""
        self._found = found
        self._show_choice()

    def _on_remember(self) -> None:
        if self._found is not None:
            self._choose(Guard(True, self._found))

    def _choose(self, chosen: Guard) -> None:
        if self._set_guard(self._connection.id, chosen):
            self._guard = chosen
            self._show_choice()

    def _show_choice(self) -> None:
        is_on, found = self._guard.is_on, self._found
        obstacle = guard.no_guard_text(self._connection, found) if found is not None else ""
        self._words.setText(
            guard.guarded_text(self._guard.identity) if is_on else obstacle or guard.REMEMBER_WHY
        )
        self._words.setToolTip(guard.identity_text(self._guard.identity) if is_on else "")
        self._remember.setVisible(not is_on and found is not None and not obstacle)
        self._stop.setVisible(is_on)
        self.setVisible(is_on or found is not None)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._words, 1)
        row.addWidget(self._remember)
        row.addWidget(self._stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
