"""The form of one connection: from a `Connection` to inputs and back, with a sentence beside what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop.core.model import AUTOMATIC_PORT, DIRECT, Connection, Forward, Hop, Route, SecretKind
from desktop.core.socks_texts import SOCKS_PORT
from desktop.core.validation import Field, Problem
from desktop.core.warehouses import warehouse
from desktop.gui.editor_account import AccountFields
from desktop.gui.editor_auth import AuthFields
from desktop.gui.editor_drafts import blank
from desktop.gui.editor_fields import (
    FORM_ROW_GAP,
    NO_PORT,
    Complaints,
    FieldBox,
    FormGrid,
    PortEdit,
    line_edit,
)
from desktop.gui.editor_route import PROXY_FIELDS, RouteSection
from desktop.gui.editor_target import TargetFields
from desktop.gui.editor_tls import TlsFields
from desktop.gui.editor_way import WayChoice
from desktop.gui.kind_choice import KindChoice
from desktop.gui.lookups import Lookups
from desktop.gui.warehouse_passwords import WarehousePasswords


class ConnectionForm(QWidget):
    """What the person types. `changed` is emitted on every keystroke."""

    changed = Signal()

    def __init__(self, groups: Iterable[str], lookups: Lookups) -> None:
        super().__init__()
        self._shown = blank()
        self._make_inputs(groups)
        grid, self._tunnel_grid = FormGrid(), FormGrid()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(FORM_ROW_GAP)
        column.addWidget(grid)
        column.addWidget(self._tunnel_grid)
        column.addStretch(1)
        boxes = self._lay_out_warehouse(grid) | self._lay_out_tunnel(self._tunnel_grid, lookups)
        self._complaints = Complaints(boxes)
        self._connect_signals()
        self.fill(self._shown, saved=False)

    def fill(self, connection: Connection, *, saved: bool) -> None:
        """Show `connection`; what is wrong with it stays unsaid until the person touches it or saves."""
        self._shown = connection
        forward = connection.forward
        route = blank().route if connection.route.is_direct else connection.route
        bastion = route.bastion
        self._complaints.start_anew()
        self.kind.choose(connection.kind)
        self.name.setText(connection.name)
        self.group.setCurrentText(connection.group)
        self.target.fill(forward.target)
        self.account.fill(connection.database, connection.warehouse_user)
        self.tls.fill(connection.tls)
        self.bastion_host.setText(bastion.host)
        self.auth.fill(bastion.auth, saved=saved)
        self.bastion_port.set_port(bastion.port)
        self.bastion_user.setText(bastion.user)
        self.route.fill(route, saved=saved)
        self.auth.alias.stand(is_nearest=len(route.hops) == 1)
        self.way.choose(direct=connection.route.is_direct)
        self.local_port.show_port(forward.local_port)
        self.changed.emit()

    def attend(self, passwords: WarehousePasswords | None, saved_id: str) -> None:
        """Where a warehouse's password is kept, and the id of the connection if it is saved already."""
        self.account.attend(passwords, saved_id)
        self._show_warehouse_rows()

    @property
    def fields(self) -> frozenset[Field]:
        """The fields that have a place here for what is wrong with them."""
        return frozenset(self._complaints.boxes) | PROXY_FIELDS

    def connection(self) -> Connection:
        """What stands in the form; the local address stays as it came."""
        shown = self._shown
        bastion = Hop(
            host=self.bastion_host.text().strip(),
            user=self.bastion_user.text().strip(),
            port=self.auth.alias.port(self.bastion_port.port()),
            auth=self.auth.auth(),
        )
        return replace(
            shown,
            name=self.name.text().strip(),
            route=DIRECT if self.way.is_direct else Route((*self.route.jumps(), bastion), self.route.proxy()),
            forward=Forward(self.target.target(), self.local_port.port(), shown.forward.local_host),
            kind=self.kind.currentData(),
            database=self.account.database.text().strip(),
            warehouse_user=self.account.user.text().strip(),
            tls=self.tls.tls(),
            group=self.group.currentText().strip(),
        )

    def connection_to_save(self) -> Connection:
        """As `connection`, with the names of keys that were pasted. Reads those keys, so call it once, on saving."""
        connection = self.connection()
        if connection.route.is_direct:
            return connection
        bastion = connection.route.bastion
        named = replace(bastion, auth=self.auth.named(bastion.auth))
        route = replace(connection.route, hops=(*self.route.jumps_to_save(), named))
        return replace(connection, route=route)

    def typed_secrets(self) -> Iterable[tuple[SecretKind, str, str]]:
        """Kind, value, and whose it is (`PlannedHop.login`)."""
        if self.way.is_direct:
            return ()
        of_bastion = ((kind, value, "") for kind, value in self.auth.typed_secrets())
        return (*of_bastion, *self.route.typed_secrets())

    def forget(self) -> None:
        """No secret stays in the form."""
        self.account.forget()
        self.auth.forget()
        self.route.forget()

    def has_key_problem(self) -> bool:
        """A pasted key that will not do, for which `show_problems` has no problem."""
        return not self.way.is_direct and (bool(self.auth.key_problem()) or self.route.has_key_problem())

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Say, beside the inputs touched so far, the first thing wrong with each."""
        problems = tuple(problems)
        self._complaints.show(problem for problem in problems if not problem.jump_host)
        self._complaints.boxes[Field.CA_FILE].say(
            self._complaints.boxes[Field.CA_FILE].remark or self.tls.doubt()
        )
        self.auth.show_remarks(identity_problem=self._complaints.boxes[Field.IDENTITY_FILE].remark)
        self.route.show_problems(problems)

    def touch_all(self) -> None:
        """From now on everything wrong is said."""
        self._complaints.touch_all()
        self.auth.touch()
        self.route.touch_all()

    def focus_first_problem(self) -> None:
        """Put the cursor where the first sentence stands."""
        boxes = (*self._complaints.boxes.values(), self.auth.key_box, *self.route.boxes)
        wrong = [box for box in boxes if box.remark and box.isVisible()]
        if wrong:
            min(wrong, key=lambda box: box.mapTo(self, box.rect().topLeft()).y()).setFocus()

    def _make_inputs(self, groups: Iterable[str]) -> None:
        self.name = line_edit("name", "Orders warehouse")
        self.group = _group_box(groups)
        self.kind = KindChoice()
        self.bastion_host = line_edit("bastion-host", "bastion.example.com")
        self.bastion_port = PortEdit()
        self.bastion_port.setObjectName("bastion-port")
        self.bastion_user = line_edit("bastion-user", "")
        self.local_port = LocalPortChoice()

    def _lay_out_warehouse(self, grid: FormGrid) -> dict[Field, FieldBox]:
        name = FieldBox(self.name)
        grid.add_pair("Name", name, "Group", FieldBox(self.group))
        grid.add_heading("Warehouse")
        grid.add_wide("Kind", FieldBox(self.kind))
        self.target = TargetFields(grid)
        self.account = AccountFields(grid)
        self.tls = TlsFields(grid)
        self.way = WayChoice(grid)
        return {Field.NAME: name} | self.target.boxes | self.tls.boxes

    def _lay_out_tunnel(self, grid: FormGrid, lookups: Lookups) -> dict[Field, FieldBox]:
        """What a direct connection has no use for."""
        boxes = {
            Field.BASTION_HOST: FieldBox(self.bastion_host),
            Field.BASTION_PORT: FieldBox(self.bastion_port),
            Field.BASTION_USER: FieldBox(self.bastion_user),
            Field.LOCAL_PORT: FieldBox(self.local_port),
        }
        grid.add_heading("Bastion")
        grid.add_pair("Host", boxes[Field.BASTION_HOST], "Port", boxes[Field.BASTION_PORT])
        grid.add_wide("User", boxes[Field.BASTION_USER])
        self.auth = AuthFields(grid, lookups)
        self.auth.alias.attend(self.bastion_host, self.bastion_user, self.bastion_port)
        self.route = RouteSection(grid, lookups)
        grid.add_heading("This computer")
        grid.add_wide("Local port", boxes[Field.LOCAL_PORT])
        return boxes | {
            Field.IDENTITY_FILE: self.auth.identity_box,
            Field.AGENT_KEY: self.auth.agent.key_box,
        }

    def _connect_signals(self) -> None:
        lines = {
            Field.NAME: self.name,
            Field.BASTION_HOST: self.bastion_host,
            Field.BASTION_PORT: self.bastion_port,
            Field.BASTION_USER: self.bastion_user,
            Field.LOCAL_PORT: self.local_port.number,
            Field.IDENTITY_FILE: self.auth.identity_file.line,
            **self.target.lines,
            **self.tls.lines,
        }
        for field, line in lines.items():
            self._complaints.watch(field, line)
            line.textChanged.connect(self.changed)
        for part in (self.account, self.tls):
            part.changed.connect(self.changed)
        self.group.currentTextChanged.connect(self.changed)
        self.kind.currentIndexChanged.connect(self._on_kind_changed)
        self.target.changed.connect(self._on_target_changed)
        self.target.chosen.connect(self._on_target_chosen)
        self.way.changed.connect(self._on_way_changed)
        self.local_port.changed.connect(self.changed)
        self.auth.changed.connect(self.changed)
        self.route.changed.connect(self._on_route_changed)

    def _on_route_changed(self) -> None:
        self.auth.alias.stand(is_nearest=not self.route.jumps())
        self.changed.emit()

    def _on_way_changed(self) -> None:
        self._tunnel_grid.setVisible(not self.way.is_direct)
        self.changed.emit()

    def _on_kind_changed(self) -> None:
        self.target.suggest(warehouse(self.kind.currentData()))
        self._show_warehouse_rows()
        self.changed.emit()

    def _on_target_changed(self) -> None:
        self._show_warehouse_rows()
        self.changed.emit()

    def _on_target_chosen(self) -> None:
        self._show_warehouse_rows()
        self.way.stand(can_be_direct=self.target.is_host)
        self.local_port.show_example(SOCKS_PORT if self.target.is_any_host else EXAMPLE_PORT)

    def _show_warehouse_rows(self) -> None:
        """What stands in copied texts, and none of those is for any host."""
        leads_to_one = not self.target.is_any_host
        self.account.show_kind(warehouse(self.kind.currentData()), leads_to_one=leads_to_one)
        host = self.target.host.text().strip() if self.target.is_host else ""
        self.tls.stand(offered=leads_to_one, host=host)


EXAMPLE_PORT = 15432


class LocalPortChoice(QWidget):
    """An automatic local port, or a fixed one that other programs can rely on."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.automatic = QRadioButton("Automatic")
        self.automatic.setObjectName("local-port-automatic")
        self.fixed = QRadioButton("Fixed")
        self.fixed.setObjectName("local-port-fixed")
        self.number = PortEdit()
        self.number.setObjectName("local-port")
        self.show_example(EXAMPLE_PORT)
        self.number.setMaximumWidth(120)
        choice = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        for button in (self.automatic, self.fixed):
            choice.addButton(button)
            row.addWidget(button)
        row.addWidget(self.number)
        row.addStretch(1)
        self.setFocusProxy(self.number)
        self.automatic.setChecked(True)
        self.fixed.toggled.connect(self._on_fixed)
        self.number.setEnabled(False)

    def port(self) -> int:
        """`AUTOMATIC_PORT`, the fixed port, or `NO_PORT` where a fixed one was chosen and not given."""
        if self.automatic.isChecked():
            return AUTOMATIC_PORT
        # A typed 0 must not turn into "automatic" without a word.
        return self.number.port() or NO_PORT

    def show_example(self, port: int) -> None:
        """A port that one may choose, where none is."""
        self.number.setPlaceholderText(str(port))

    def show_port(self, port: int) -> None:
        self.number.setText(str(port) if port else "")
        (self.fixed if port else self.automatic).setChecked(True)

    def _on_fixed(self, fixed: bool) -> None:
        self.number.setEnabled(fixed)
        if fixed and self.isVisible():
            self.number.setFocus()
        self.changed.emit()


def _group_box(groups: Iterable[str]) -> QComboBox:
    box = QComboBox()
    box.setObjectName("group")
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.addItem("")
    box.addItems(sorted({group for group in groups if group}, key=str.casefold))
    line = box.lineEdit()
    if line is not None:
        line.setPlaceholderText("Optional")
    return box
