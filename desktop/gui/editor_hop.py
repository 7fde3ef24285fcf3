"""One jump host in the form: a card with a host and a login of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.core.model import Hop, SecretKind
from desktop.core.plan import login_of
from desktop.core.validation import Field, Problem
from desktop.gui.editor_auth import AuthFields
from desktop.gui.editor_fields import Complaints, FieldBox, FormGrid, PortEdit, line_edit
from desktop.gui.lookups import Lookups
from desktop.gui.parts import icon_button, label

PREFIX = "jump-"


class JumpHostCard(QFrame):
    """Emits `moved` with -1 or 1. The secrets that a jump host was saved with stay its own: see `login_of`."""

    changed = Signal()
    removed = Signal()
    moved = Signal(int)

    def __init__(self, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "plain")
        self._saved_login = ""
        self._title = label("", "heading")
        self._up = icon_button("jump-up", "arrow-up", "Nearer to this computer")
        self._down = icon_button("jump-down", "arrow-down", "Nearer to the bastion")
        self._remove = icon_button("jump-remove", "close", "Remove this jump host")
        self.host = line_edit(f"{PREFIX}host", "jump.example.com")
        self.port = PortEdit()
        self.port.setObjectName(f"{PREFIX}port")
        self.user = line_edit(f"{PREFIX}user", "")
        grid = FormGrid()
        boxes = self._lay_out(grid)
        self.auth = AuthFields(grid, lookups, PREFIX)
        self.auth.alias.attend(self.host, self.user, self.port)
        self._complaints = Complaints(
            boxes
            | {
                Field.IDENTITY_FILE: self.auth.identity_box,
                Field.AGENT_KEY: self.auth.agent.key_box,
            }
        )
        self._connect_signals()

    def fill(self, hop: Hop, *, saved: bool) -> None:
        self._saved_login = login_of(hop) if saved else ""
        self._complaints.start_anew()
        self.host.setText(hop.host)
        self.auth.fill(hop.auth, saved=saved)
        self.port.set_port(hop.port)
        self.user.setText(hop.user)

    def hop(self) -> Hop:
        port = self.auth.alias.port(self.port.port())
        return Hop(self.host.text().strip(), self.user.text().strip(), port, self.auth.auth())

    def hop_to_save(self) -> Hop:
        """As `hop`, with the name of a key that was pasted. Reads that key, so call it once, on saving."""
        hop = self.hop()
        return replace(hop, auth=self.auth.named(hop.auth))

    def typed_secrets(self) -> Iterable[tuple[SecretKind, str, str]]:
        """Kind, value, and whose it is."""
        login = login_of(self.hop())
        return [(kind, value, login) for kind, value in self.auth.typed_secrets()]

    @property
    def boxes(self) -> Sequence[FieldBox]:
        return (*self._complaints.boxes.values(), self.auth.key_box)

    def show_place(self, number: int, count: int) -> None:
        """`number` from 1, of `count`."""
        name = "Jump host" if count == 1 else f"Jump host {number}"
        self._title.setText(name)
        self.setAccessibleName(name)
        self._up.setVisible(count > 1)
        self._down.setVisible(count > 1)
        self._up.setEnabled(number > 1)
        self._down.setEnabled(number < count)
        self.auth.alias.stand(is_nearest=number == 1)

    def show_problems(self, problems: Iterable[Problem]) -> None:
        self._complaints.show(problems)
        self.auth.show_remarks(identity_problem=self._complaints.boxes[Field.IDENTITY_FILE].remark)

    def touch_all(self) -> None:
        self._complaints.touch_all()
        self.auth.touch()

    def _lay_out(self, grid: FormGrid) -> dict[Field, FieldBox]:
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._title, 1)
        for each in (self._up, self._down, self._remove):
            head.addWidget(each)
        boxes = {
            Field.BASTION_HOST: FieldBox(self.host),
            Field.BASTION_PORT: FieldBox(self.port),
            Field.BASTION_USER: FieldBox(self.user),
        }
        grid.add_pair("Host", boxes[Field.BASTION_HOST], "Port", boxes[Field.BASTION_PORT])
        grid.add_wide("User", boxes[Field.BASTION_USER])
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 14)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(grid)
        return boxes

    def _connect_signals(self) -> None:
        lines = {Field.BASTION_HOST: self.host, Field.BASTION_PORT: self.port, Field.BASTION_USER: self.user}
        for field, line in lines.items():
            self._complaints.watch(field, line)
            line.textChanged.connect(self._on_login_changed)
        self._complaints.watch(Field.IDENTITY_FILE, self.auth.identity_file.line)
        self.auth.changed.connect(self.changed)
        self._up.clicked.connect(lambda: self.moved.emit(-1))
        self._down.clicked.connect(lambda: self.moved.emit(1))
        self._remove.clicked.connect(self.removed)

    def _on_login_changed(self) -> None:
        self.auth.show_whose(same_login=self._saved_login in ("", login_of(self.hop())))
        self.changed.emit()
