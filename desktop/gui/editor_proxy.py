"""The proxy in the form: a card for what stands in front of the first host."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.core.model import Proxy, ProxyKind, SecretKind
from desktop.core.plan import PROXY_LOGIN
from desktop.core.validation import Field, Problem
from desktop.gui.editor_fields import Complaints, FieldBox, FormGrid, PortEdit, Remark, SecretEdit, line_edit
from desktop.gui.parts import icon_button, label

_KINDS = (
    (ProxyKind.SOCKS5, "SOCKS5"),
    (ProxyKind.HTTP, "HTTP (CONNECT)"),
    (ProxyKind.COMMAND, "A command"),
)
# RFC 1928 section 3, and where Squid listens.
_USUAL_PORTS = {ProxyKind.SOCKS5: 1080, ProxyKind.HTTP: 3128}
_ASKED = "Asked for when connecting if left empty"
_KEPT = "Leave empty to keep the saved one"
_ABOUT_COMMANDS = (
    "Runs on this computer each time you connect; what it reads and writes goes to the host. %h and %p stand for that"
    " host and its port, %r for the user."
)


class ProxyCard(QFrame):
    changed = Signal()
    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "plain")
        self.setAccessibleName("Proxy")
        self._saved: Proxy | None = None
        self._remove = icon_button("proxy-remove", "close", "Use no proxy")
        self._make_inputs()
        self._complaints = Complaints(
            {
                Field.PROXY_HOST: FieldBox(self.host),
                Field.PROXY_PORT: FieldBox(self.port),
                Field.PROXY_USER: FieldBox(self.user),
                Field.PROXY_COMMAND: FieldBox(self.command),
            }
        )
        self._lay_out()
        self._connect_signals()
        self._on_kind_changed()

    def fill(self, proxy: Proxy, *, saved: bool) -> None:
        self._saved = proxy if saved else None
        self._complaints.start_anew()
        self.kind.setCurrentIndex(self.kind.findData(proxy.kind))
        self.host.setText(proxy.host)
        if proxy.port:
            self.port.set_port(proxy.port)
        self.user.setText(proxy.user)
        self.command.setText(proxy.command)
        self._show_hint()

    def proxy(self) -> Proxy:
        if self._chosen is ProxyKind.COMMAND:
            return Proxy(ProxyKind.COMMAND, command=self.command.text().strip())
        return Proxy(self._chosen, self.host.text().strip(), self.port.port(), self.user.text().strip())

    def typed_secrets(self) -> Iterable[tuple[SecretKind, str, str]]:
        """Kind, value, and whose it is. A password without a user is no login: RFC 1929, RFC 7617."""
        password = self.password.text() if self.proxy().user else ""
        return [(SecretKind.PROXY_PASSWORD, password, PROXY_LOGIN)] if password else []

    @property
    def boxes(self) -> Sequence[FieldBox]:
        return tuple(self._complaints.boxes.values())

    def show_problems(self, problems: Iterable[Problem]) -> None:
        self._complaints.show(problems)

    def touch_all(self) -> None:
        self._complaints.touch_all()

    def forget(self) -> None:
        self.password.forget()

    @property
    def _chosen(self) -> ProxyKind:
        return ProxyKind(self.kind.currentData())

    def _make_inputs(self) -> None:
        self.kind = QComboBox()
        self.kind.setObjectName("proxy-kind")
        for value, text in _KINDS:
            self.kind.addItem(text, value)
        self.host = line_edit("proxy-host", "proxy.example.com")
        self.port = PortEdit()
        self.port.setObjectName("proxy-port")
        self.user = line_edit("proxy-user", "Only if it wants a login")
        self.password = SecretEdit()
        self.password.line.setObjectName("proxy-password")
        self.command = line_edit("proxy-command", "nc proxy.example.com %h %p")
        self.command.setProperty("type", "mono")
        self._about = Remark()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label("Proxy", "heading"), 1)
        head.addWidget(self._remove)
        grid, boxes = FormGrid(), self._complaints.boxes
        grid.add_wide("Kind", FieldBox(self.kind))
        by_network = grid.add_pair("Host", boxes[Field.PROXY_HOST], "Port", boxes[Field.PROXY_PORT])
        by_network += grid.add_wide("User", boxes[Field.PROXY_USER])
        by_network += grid.add_wide("Password", FieldBox(self.password))
        by_command = [*grid.add_wide("Command", boxes[Field.PROXY_COMMAND]), self._about]
        self._rows = by_network, by_command
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 14)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(grid)
        column.addWidget(self._about)

    def _connect_signals(self) -> None:
        lines = {
            Field.PROXY_HOST: self.host,
            Field.PROXY_PORT: self.port,
            Field.PROXY_USER: self.user,
            Field.PROXY_COMMAND: self.command,
        }
        for field, line in lines.items():
            self._complaints.watch(field, line)
            line.textChanged.connect(self._on_typed)
        self.password.changed.connect(self.changed)
        self.kind.currentIndexChanged.connect(self._on_kind_changed)
        self._remove.clicked.connect(self.removed)

    def _on_typed(self) -> None:
        self._show_hint()
        self.changed.emit()

    def _on_kind_changed(self) -> None:
        by_network, by_command = self._rows
        is_command = self._chosen is ProxyKind.COMMAND
        for rows, shown in ((by_network, not is_command), (by_command, is_command)):
            for widget in rows:
                widget.setVisible(shown)
        self._about.say(_ABOUT_COMMANDS if is_command else "")
        self.port.suggest(_USUAL_PORTS.get(self._chosen, 0))
        self._on_typed()

    def _show_hint(self) -> None:
        """A saved password is for one proxy and one user."""
        kept = self._saved is not None and self._saved.user != "" and self._saved == self.proxy()
        self.password.line.setPlaceholderText(_KEPT if kept else _ASKED)
        self.password.setEnabled(bool(self.user.text().strip()))
