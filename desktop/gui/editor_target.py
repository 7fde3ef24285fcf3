"""The part of the form that says where a connection leads: a host, a Unix socket on the bastion, or any host."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from desktop.core.model import AnyHost, Endpoint, Target, UnixSocket
from desktop.core.validation import Field
from desktop.core.warehouses import Warehouse
from desktop.gui.editor_fields import FieldBox, FormGrid, PortEdit, Remark, line_edit

ANY_HOST_HINT = "Each program says which host it wants, and the bastion looks the name up."


class Choice(StrEnum):
    HOST = "host"
    SOCKET = "socket"
    ANY_HOST = "any-host"


_TITLES = {
    Choice.HOST: "A host and port",
    Choice.SOCKET: "A Unix socket on the bastion",
    Choice.ANY_HOST: "Any host (SOCKS)",
}


class TargetFields(QObject):
    """`changed` follows every keystroke, `chosen` another kind of target. What was typed for one kind is kept."""

    changed = Signal()
    chosen = Signal()

    def __init__(self, grid: FormGrid) -> None:
        super().__init__(grid)
        self.choice = QComboBox()
        self.choice.setObjectName("target-choice")
        for choice, title in _TITLES.items():
            self.choice.addItem(title, choice)
        self.host = line_edit("target-host", "db.internal")
        self.port = PortEdit()
        self.port.setObjectName("target-port")
        self.socket = line_edit("target-socket", "/run/postgresql/.s.PGSQL.5432")
        self.boxes = {
            Field.TARGET_HOST: FieldBox(self.host),
            Field.TARGET_PORT: FieldBox(self.port),
            Field.TARGET_SOCKET: FieldBox(self.socket),
        }
        self._hint = Remark()
        self._was_suggested = False
        self._rows = self._lay_out(grid)
        for line in (self.host, self.port, self.socket):
            line.textChanged.connect(self.changed)
        self.choice.activated.connect(self._on_activated)
        self.choice.currentIndexChanged.connect(self._on_chosen)
        self._on_chosen()

    @property
    def lines(self) -> dict[Field, QLineEdit]:
        return {
            Field.TARGET_HOST: self.host,
            Field.TARGET_PORT: self.port,
            Field.TARGET_SOCKET: self.socket,
        }

    @property
    def is_host(self) -> bool:
        return self._choice() is Choice.HOST

    @property
    def is_any_host(self) -> bool:
        return self._choice() is Choice.ANY_HOST

    def fill(self, target: Target) -> None:
        self._was_suggested = False
        match target:
            case Endpoint(host, port):
                self._choose(Choice.HOST)
                self.host.setText(host)
                self.port.set_port(port, typed=bool(host))
            case UnixSocket(path):
                self._choose(Choice.SOCKET)
                self.socket.setText(path)
            case AnyHost():
                self._choose(Choice.ANY_HOST)

    def target(self) -> Target:
        match self._choice():
            case Choice.HOST:
                return Endpoint(_without_brackets(self.host.text().strip()), self.port.port())
            case Choice.SOCKET:
                return UnixSocket(self.socket.text().strip())
            case Choice.ANY_HOST:
                return AnyHost()

    def suggest(self, entry: Warehouse) -> None:
        """What fits the kind of warehouse, where the person has not said anything else."""
        self.port.suggest(entry.port)
        if entry.needs_any_host and not self.host.text() and self._choice() is Choice.HOST:
            self._was_suggested = True
            self._choose(Choice.ANY_HOST)
        elif self._was_suggested and not entry.needs_any_host:
            self._was_suggested = False
            self._choose(Choice.HOST)

    def _choice(self) -> Choice:
        return Choice(self.choice.currentData())

    def _choose(self, choice: Choice) -> None:
        self.choice.setCurrentIndex(self.choice.findData(choice))

    def _on_activated(self) -> None:
        self._was_suggested = False

    def _on_chosen(self) -> None:
        for choice, widgets in self._rows.items():
            for widget in widgets:
                widget.setVisible(choice is self._choice())
        self._hint.say(ANY_HOST_HINT if self.is_any_host else "")
        self.chosen.emit()
        self.changed.emit()

    def _lay_out(self, grid: FormGrid) -> dict[Choice, list[QWidget]]:
        grid.add_wide("Leads to", FieldBox(self.choice))
        host, port = self.boxes[Field.TARGET_HOST], self.boxes[Field.TARGET_PORT]
        return {
            Choice.HOST: grid.add_pair("Host", host, "Port", port),
            Choice.SOCKET: grid.add_wide("Path", self.boxes[Field.TARGET_SOCKET]),
            Choice.ANY_HOST: [grid.add_remark(self._hint)],
        }


def _without_brackets(host: str) -> str:
    """An IPv6 address as it stands in a URL."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") and ":" in host else host
