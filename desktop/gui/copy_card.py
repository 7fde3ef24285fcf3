"""What a person pastes into other programs, one row for each text; and the way into a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from desktop.core.client_command import command_words
from desktop.core.model import Snapshot
from desktop.gui.copy_rows import Row, card_rows
from desktop.gui.elided_label import ElidedLabel
from desktop.gui.icons import icon
from desktop.gui.parts import Card, button, icon_button, label
from desktop.wording.copy_notes import note_sentence, note_title
from desktop.wording.copying import HINT
from desktop.wording.terminal import client_hint

SHOWN_COPIED_MS = 1500
_MORE, _FEWER = "More formats", "Fewer formats"


class CopyCard(Card):
    """Rows for warehouse texts appear while the local port is open; the ssh command is there always.

    `find_program` gives a program's path, or nothing; without it there is no way into a terminal. `password_wanted`
    carries the `TextKey` of the text to copy with its password.
    """

    copied = Signal(str)
    password_wanted = Signal(object)
    terminal_wanted = Signal()

    def __init__(
        self, find_program: Callable[[str], str] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__("Use this connection", parent)
        self._find_program = find_program
        self._rows: tuple[Row, ...] = ()
        self._words: tuple[str, ...] = ()
        self._further: list[QWidget] = []
        self._grid_host: QWidget | None = None
        self._terminal = button("openTerminal", "Open in terminal", "quiet", "terminal", "muted")
        self._terminal.clicked.connect(self.terminal_wanted)
        self._terminal.hide()
        self.head.addWidget(self._terminal)
        self._hint = label(HINT, "muted", wraps=True)
        self._more = button("moreFormats", _MORE, "quiet", "chevron-down", "muted")
        self._more.setProperty("edge", "flush")
        self._more.setCheckable(True)
        self._more.toggled.connect(self._on_more)
        self._more.hide()
        foot = QHBoxLayout()
        foot.addWidget(self._more)
        foot.addStretch(1)
        self._notes = label("", "small", wraps=True)
        self._notes.setObjectName("copyNotes")
        self._notes.setTextFormat(Qt.TextFormat.PlainText)
        self._notes.hide()
        self.body.addWidget(self._hint)
        self.body.addWidget(self._notes)
        self.body.addLayout(foot)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._hint.setVisible(snapshot.served_at is None)
        rows = card_rows(snapshot)
        if rows != self._rows:
            self._rows = rows
            self._rebuild()
        self._show_terminal(snapshot)

    def _show_terminal(self, snapshot: Snapshot) -> None:
        local = snapshot.served_at
        words = command_words(snapshot.connection, local) if local is not None else ()
        self._terminal.setVisible(bool(words) and self._find_program is not None)
        if words != self._words and words and self._find_program is not None:
            is_there = bool(self._find_program(words[0]))
            says = f"Run {words[0]} for this connection" if is_there else client_hint(words[0])
            self._terminal.setEnabled(is_there)
            self._terminal.setToolTip(says)
            self._terminal.setAccessibleDescription(says)
        self._words = words

    def _rebuild(self) -> None:
        if self._grid_host is not None:
            self.body.removeWidget(self._grid_host)
            # A click on one of its buttons may be what led here.
            self._grid_host.hide()
            self._grid_host.deleteLater()
        self._grid_host = QWidget()
        self._further = []
        grid = QGridLayout(self._grid_host)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for row in self._rows:
            widgets = self._add_row(grid, row)
            self._further += [] if row.first else widgets
        self._more.setVisible(bool(self._further))
        self._show_further()
        self.body.insertWidget(1, self._grid_host)

    def _add_row(self, grid: QGridLayout, row: Row) -> list[QWidget]:
        place = grid.rowCount()
        text = ElidedLabel(row.shown, kind="mono", mode=Qt.TextElideMode.ElideMiddle)
        text.setAccessibleName(f"{row.text.label}: {row.text.text}")
        buttons = QWidget()
        line = QHBoxLayout(buttons)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        line.addStretch(1)
        if row.takes_password:
            line.addWidget(self._password_button(row))
        line.addWidget(self._copy_button(row))
        widgets: list[QWidget] = [label(row.text.label, "muted"), text, buttons]
        for column, widget in enumerate(widgets):
            grid.addWidget(widget, place, column)
        if row.text.note is not None:
            note = ElidedLabel(note_title(row.text.note), kind="note")
            note.setObjectName(f"note{row.name}")
            note.setContentsMargins(0, 0, 0, 6)
            grid.addWidget(note, place + 1, 1, 1, 2)
            widgets.append(note)
        return widgets

    def _copy_button(self, row: Row) -> QPushButton:
        press = icon_button(f"copy{row.name}", "copy", f"Copy {row.text.label}")
        done = QTimer(press)
        done.setSingleShot(True)
        done.setInterval(SHOWN_COPIED_MS)
        done.timeout.connect(lambda: press.setIcon(icon("copy", "muted")))

        def copy() -> None:
            QGuiApplication.clipboard().setText(row.text.text)
            press.setIcon(icon("check", "good"))
            done.start()
            self.copied.emit(row.text.label)

        press.clicked.connect(copy)
        return press

    def _password_button(self, row: Row) -> QPushButton:
        name = f"copy{row.name}WithPassword"
        press = icon_button(name, "key", f"Copy {row.text.label} with the password")
        press.clicked.connect(lambda: self.password_wanted.emit(row.text.key))
        return press

    def _on_more(self) -> None:
        self._show_further()
        text = _FEWER if self._more.isChecked() else _MORE
        self._more.setText(text)
        self._more.setAccessibleName(text)
        self._more.setIcon(icon("chevron-up" if self._more.isChecked() else "chevron-down", "muted"))

    def _show_further(self) -> None:
        for widget in self._further:
            widget.setVisible(self._more.isChecked())
        shown = [row for row in self._rows if row.first or self._more.isChecked()]
        self._notes.setText("\n".join(_explained(shown)))
        self._notes.setVisible(bool(self._notes.text()))


def _explained(rows: Iterable[Row]) -> list[str]:
    """What their notes mean, once for all rows with the same."""
    labels: dict[str, list[str]] = {}
    for row in rows:
        if row.text.note is not None:
            labels.setdefault(note_sentence(row.text.note), []).append(row.text.label)
    return [f"{', '.join(of_rows)}: {sentence}" for sentence, of_rows in labels.items()]
