"""How to log in to the bastion: the method, and what that method needs."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from desktop.core.model import Auth, AuthMethod, SecretKind
from desktop.core.ports import AgentLooker
from desktop.gui.editor_agent import AgentFields
from desktop.gui.editor_fields import FieldBox, FormGrid, SecretEdit

Fingerprint = Callable[[str], str]

_METHODS = (
    (AuthMethod.PASSWORD, "Password"),
    (AuthMethod.KEY_FILE, "Key file"),
    (AuthMethod.PASTED_KEY, "Pasted key"),
    (AuthMethod.AGENT, "SSH agent"),
)
_ASKED = "Asked for when connecting if left empty"
_KEPT = "Leave empty to keep the saved one"
_ONLY_IF_ENCRYPTED = "Only if the key has one"


class AuthFields(QObject):
    """Adds the login rows to a grid and shows those of the chosen method."""

    changed = Signal()

    def __init__(
        self, grid: FormGrid, fingerprint_of: Fingerprint, look_at_agents: AgentLooker | None = None
    ) -> None:
        super().__init__(grid)
        self._fingerprint_of = fingerprint_of
        self._saved: Auth | None = None
        self._touched = False
        self.method = QComboBox()
        self.method.setObjectName("auth-method")
        for value, text in _METHODS:
            self.method.addItem(text, value)
        self.password = SecretEdit()
        self.password.line.setObjectName("password")
        self.identity_file = IdentityFileEdit()
        self.identity_box = FieldBox(self.identity_file)
        self._key_edit = _key_text_edit()
        self.key_box = FieldBox(self._key_edit)
        self.passphrase = SecretEdit()
        self.passphrase.line.setObjectName("passphrase")
        self.agent = AgentFields(look_at_agents, self)
        self._lay_out(grid)
        self._connect_signals()
        self._show_rows()

    def _lay_out(self, grid: FormGrid) -> None:
        grid.add_wide("Sign in with", FieldBox(self.method))
        password = grid.add_wide("Password", FieldBox(self.password))
        key_file = grid.add_wide("Key file", self.identity_box)
        pasted = grid.add_wide("Private key", self.key_box)
        passphrase = grid.add_wide("Passphrase", FieldBox(self.passphrase))
        self._rows = {
            AuthMethod.PASSWORD: password,
            AuthMethod.KEY_FILE: key_file + passphrase,
            AuthMethod.PASTED_KEY: pasted + passphrase,
            AuthMethod.AGENT: self.agent.add_rows(grid),
        }

    def _connect_signals(self) -> None:
        self.method.currentIndexChanged.connect(self._on_method_changed)
        self.identity_file.changed.connect(self.changed)
        self._key_edit.textChanged.connect(self.changed)
        self.password.changed.connect(self.changed)
        self.passphrase.changed.connect(self.changed)
        self.agent.changed.connect(self.changed)

    @property
    def chosen(self) -> AuthMethod:
        return AuthMethod(self.method.currentData())

    def fill(self, auth: Auth, *, saved: bool) -> None:
        """Show `auth`. `saved` means its secrets may be in the keyring, and can be kept by typing nothing."""
        self._saved = auth if saved else None
        self.method.setCurrentIndex(self.method.findData(auth.method))
        self.identity_file.set_path(auth.identity_file if auth.method is AuthMethod.KEY_FILE else "")
        self.agent.fill(auth)
        self._show_hints()

    def auth(self) -> Auth:
        """What was chosen, without any secret, and without the name of a key pasted just now (see `named`)."""
        method = self.chosen
        if method is AuthMethod.KEY_FILE:
            return Auth(method, identity_file=self.identity_file.path())
        if method is AuthMethod.AGENT:
            return self.agent.auth()
        if method is AuthMethod.PASTED_KEY and self._saved is not None and not self._key_text():
            return Auth(method, key_fingerprint=self._saved.key_fingerprint)
        return Auth(method)

    def named(self, auth: Auth) -> Auth:
        """`auth` with the fingerprint of the key in the box, if one was pasted. Reads the key: once, on saving."""
        key = self._key_text()
        if self.chosen is not AuthMethod.PASTED_KEY or not key:
            return auth
        # A key that can't be read yet (it wants its passphrase) still must not share a login with another one.
        return replace(auth, key_fingerprint=self._fingerprint_of(key) or f"unread:{secrets.token_hex(16)}")

    def typed_secrets(self) -> tuple[tuple[SecretKind, str], ...]:
        """What was typed for the chosen method; empty inputs are left out, so that what is saved stays."""
        if self.chosen is AuthMethod.PASSWORD:
            typed = {SecretKind.SSH_PASSWORD: self.password.text()}
        elif self.chosen is AuthMethod.AGENT:
            typed = {}
        else:
            typed = {SecretKind.KEY_PASSPHRASE: self.passphrase.text()}
        if self.chosen is AuthMethod.PASTED_KEY:
            typed[SecretKind.PRIVATE_KEY] = self._key_text()
        return tuple((kind, value) for kind, value in typed.items() if value)

    def key_problem(self) -> str:
        """A sentence about the pasted key, or nothing where it will do."""
        if self.chosen is not AuthMethod.PASTED_KEY:
            return ""
        return _shape_problem(self._key_text(), optional=self._keeps_saved())

    def touch(self) -> None:
        """From now on a missing key is said."""
        self._touched = True

    def show_remarks(self, *, identity_problem: str) -> None:
        """Say what is wrong with the key; a doubt about the key file comes after `identity_problem`, if any."""
        self.identity_box.say(identity_problem or self.identity_file.warning())
        self.key_box.say(self.key_problem() if self._touched or self._key_text() else "")

    def forget(self) -> None:
        """Empty every input that held a secret, with its undo history."""
        self.password.forget()
        self.passphrase.forget()
        self._key_edit.setPlainText("")

    def _keeps_saved(self) -> bool:
        return self._saved is not None and self._saved.method is self.chosen

    def _key_text(self) -> str:
        text = self._key_edit.toPlainText().strip()
        return f"{text}\n" if text else ""

    def _on_method_changed(self) -> None:
        self._show_rows()
        self._show_hints()
        self.changed.emit()

    def _show_rows(self) -> None:
        shown = self._rows[self.chosen]
        for row in self._rows.values():
            for widget in row:
                widget.setVisible(widget in shown)

    def _show_hints(self) -> None:
        kept = self._keeps_saved()
        self.password.line.setPlaceholderText(_KEPT if kept else _ASKED)
        self.passphrase.line.setPlaceholderText(_KEPT if kept else _ONLY_IF_ENCRYPTED)
        self._key_edit.setPlaceholderText(
            "Leave empty to keep the saved key" if kept else "-----BEGIN OPENSSH PRIVATE KEY-----"
        )


class IdentityFileEdit(QWidget):
    """The path of a private key, typed or browsed for. ``~`` stands for the home folder and is kept as typed."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setObjectName("identity-file")
        self.line.setPlaceholderText("~/.ssh/id_ed25519")
        browse = QPushButton("Browse…")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._on_browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(browse)
        self.setFocusProxy(self.line)
        self.line.textChanged.connect(self.changed)

    def path(self) -> str:
        return self.line.text().strip()

    def set_path(self, path: str) -> None:
        self.line.setText(path)

    def warning(self) -> str:
        """A doubt about the file, which does not keep anyone from saving: it may be on a disk that comes later."""
        path = self.path()
        if not path:
            return ""
        if path.endswith(".pub"):
            return "This is the public half of a key. Choose the file without “.pub”."
        return "" if _expanded(path).is_file() else "There is no such file on this computer."

    def _on_browse(self) -> None:
        start = _expanded(self.path() or "~/.ssh/")
        # No filter: a private key has no usual ending.
        chosen, _ = QFileDialog.getOpenFileName(self, "Choose the private key", str(start))
        if chosen:
            self.set_path(_with_tilde(Path(chosen)))


def _key_text_edit() -> QPlainTextEdit:
    edit = QPlainTextEdit()
    edit.setObjectName("private-key")
    edit.setProperty("type", "mono")
    edit.setTabChangesFocus(True)
    edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    edit.setFixedHeight(edit.fontMetrics().lineSpacing() * 6)
    return edit


def _shape_problem(key: str, *, optional: bool) -> str:
    if not key:
        return "" if optional else "Paste the private key here."
    if "PuTTY-User-Key-File-" in key:
        return "" if "Private-MAC:" in key else "This PuTTY key is cut off: it ends with a Private-MAC line."
    if "-----BEGIN" in key and "-----END" in key:
        return ""
    if key.startswith(("ssh-", "ecdsa-", "sk-")):
        return "This is the public half. Paste the private key, which starts with -----BEGIN."
    return "This is not a whole private key: it starts with -----BEGIN and ends with an -----END line."


def _expanded(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def _with_tilde(path: Path) -> str:
    try:
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    except (ValueError, RuntimeError):
        return str(path)
