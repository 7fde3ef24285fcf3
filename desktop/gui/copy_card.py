"""What a person pastes into other programs, one row for each text."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.core.copy_text import CopyText, TextKey
from desktop.core.copy_texts import copy_texts
from desktop.core.model import Snapshot
from desktop.core.ssh_command import ssh_command
from desktop.gui.elided_label import ElidedLabel
from desktop.gui.icons import icon
from desktop.gui.parts import Card, icon_button, label

SHOWN_COPIED_MS = 1500
HINT = "Connect to get the addresses that other programs need."


class CopyCard(Card):
    """Rows for warehouse texts appear while the local port is open; the ssh command is there always."""

    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Use this connection", parent)
        self._rows: tuple[CopyText, ...] = ()
        self._grid_host: QWidget | None = None
        self._hint = label(HINT, "muted", wraps=True)
        self.body.addWidget(self._hint)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._hint.setVisible(snapshot.served_at is None)
        rows = copy_rows(snapshot)
        if rows != self._rows:
            self._rows = rows
            self._rebuild()

    def _rebuild(self) -> None:
        if self._grid_host is not None:
            self.body.removeWidget(self._grid_host)
            # A click on one of its buttons may be what led here.
            self._grid_host.hide()
            self._grid_host.deleteLater()
        self._grid_host = QWidget()
        grid = QGridLayout(self._grid_host)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for row, entry in enumerate(self._rows):
            self._add_row(grid, row, entry)
        self.body.addWidget(self._grid_host)

    def _add_row(self, grid: QGridLayout, row: int, entry: CopyText) -> None:
        text = ElidedLabel(entry.text, kind="mono", mode=Qt.TextElideMode.ElideMiddle)
        text.setAccessibleName(f"{entry.label}: {entry.text}")
        name = "copy" + "".join(word.capitalize() for word in entry.label.split())
        press = icon_button(name, "copy", f"Copy {entry.label}")
        done = QTimer(press)
        done.setSingleShot(True)
        done.setInterval(SHOWN_COPIED_MS)
        done.timeout.connect(lambda: press.setIcon(icon("copy", "muted")))

        def copy() -> None:
            QGuiApplication.clipboard().setText(entry.text)
            press.setIcon(icon("check", "good"))
            done.start()
            self.copied.emit(entry.label)

        press.clicked.connect(copy)
        grid.addWidget(label(entry.label, "muted"), row, 0)
        grid.addWidget(text, row, 1)
        grid.addWidget(press, row, 2)


def copy_rows(snapshot: Snapshot) -> tuple[CopyText, ...]:
    """Every text there is to copy now."""
    local, connection = snapshot.served_at, snapshot.connection
    texts = copy_texts(connection, local) if local is not None else ()
    if connection.route.is_direct:
        return texts
    command = ssh_command(connection, local.port if local is not None else None)
    return (*texts, CopyText("ssh command", command, TextKey.SSH))
