"""How to log in to the bastion: the method, and what that method needs."""

from __future__ import annotations

import secrets
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QPlainTextEdit

from desktop.core.model import Auth, AuthMethod, SecretKind
from desktop.gui.editor_agent import AgentFields
from desktop.gui.editor_alias import AliasFields
from desktop.gui.editor_fields import FieldBox, FormGrid, SecretEdit
from desktop.gui.editor_files import CertificateFileEdit, IdentityFileEdit
from desktop.gui.lookups import Lookups

_METHODS = (
    (AuthMethod.PASSWORD, "Password"),
    (AuthMethod.KEY_FILE, "Key file"),
    (AuthMethod.PASTED_KEY, "Pasted key"),
    (AuthMethod.AGENT, "SSH agent"),
    (AuthMethod.INTERACTIVE, "Ask me: code or push"),
    (AuthMethod.SSH_CONFIG, "What ~/.ssh/config says (the host is an alias)"),
)
_ASKED = "Asked for when connecting if left empty"
_IF_ASKED = "Optional; given where the server asks for it"
_KEPT = "Leave empty to keep the saved one"
_ONLY_IF_ENCRYPTED = "Only if the key has one"
_FOUND_BESIDE = "Optional; found beside the key if left empty"
_OPTIONAL = "Optional"


class AuthFields(QObject):
    """Adds the login rows to a grid and shows those of the chosen method.

    `prefix` is put before the names of the inputs, where a form has the rows more than once.
    """

    changed = Signal()

    def __init__(self, grid: FormGrid, lookups: Lookups, prefix: str = "") -> None:
        super().__init__(grid)
        self._fingerprint_of = lookups.fingerprint_of
        self._saved: Auth | None = None
        self._touched = False
        self._is_same_login = True
        self.method = QComboBox()
        self.method.setObjectName(f"{prefix}auth-method")
        for value, text in _METHODS:
            self.method.addItem(text, value)
        self.password = SecretEdit()
        self.password.line.setObjectName(f"{prefix}password")
        self.identity_file = IdentityFileEdit(f"{prefix}identity-file")
        self.identity_box = FieldBox(self.identity_file)
        self.certificate_file = CertificateFileEdit(f"{prefix}certificate-file")
        self._certificate_box = FieldBox(self.certificate_file)
        self._key_edit = _key_text_edit(f"{prefix}private-key")
        self.key_box = FieldBox(self._key_edit)
        self.passphrase = SecretEdit()
        self.passphrase.line.setObjectName(f"{prefix}passphrase")
        self.agent = AgentFields(lookups.agents, self, prefix)
        self.alias = AliasFields(lookups.aliases, self, prefix)
        self._lay_out(grid)
        self._connect_signals()
        self._show_rows()

    def _lay_out(self, grid: FormGrid) -> None:
        self.alias.add_hint(grid)
        grid.add_wide("Sign in with", FieldBox(self.method))
        password = grid.add_wide("Password", FieldBox(self.password))
        key_file = grid.add_wide("Key file", self.identity_box)
        pasted = grid.add_wide("Private key", self.key_box)
        passphrase = grid.add_wide("Passphrase", FieldBox(self.passphrase))
        agent = self.agent.add_rows(grid)
        certificate = grid.add_wide("Certificate", self._certificate_box)
        self._rows = {
            AuthMethod.PASSWORD: password,
            AuthMethod.KEY_FILE: key_file + passphrase + certificate,
            AuthMethod.PASTED_KEY: pasted + passphrase + certificate,
            AuthMethod.AGENT: agent + certificate,
            AuthMethod.INTERACTIVE: password,
            AuthMethod.SSH_CONFIG: self.alias.add_rows(grid),
        }

    def _connect_signals(self) -> None:
        self.method.currentIndexChanged.connect(self._on_method_changed)
        self.identity_file.changed.connect(self.changed)
        self.certificate_file.changed.connect(self.changed)
        self._key_edit.textChanged.connect(self.changed)
        self.password.changed.connect(self.changed)
        self.passphrase.changed.connect(self.changed)
        self.agent.changed.connect(self.changed)
        self.alias.picked.connect(
            lambda: self.method.setCurrentIndex(self.method.findData(AuthMethod.SSH_CONFIG))
        )

    @property
    def chosen(self) -> AuthMethod:
        return AuthMethod(self.method.currentData())

    def fill(self, auth: Auth, *, saved: bool) -> None:
        """Show `auth`. `saved` means its secrets may be in the keyring, and can be kept by typing nothing."""
        self._saved = auth if saved else None
        self.method.setCurrentIndex(self.method.findData(auth.method))
        self.identity_file.set_path(auth.identity_file if auth.method is AuthMethod.KEY_FILE else "")
        self.certificate_file.set_path(auth.certificate_file)
        self.agent.fill(auth)
        self._show_hints()

    def show_whose(self, *, same_login: bool) -> None:
        """Whether the login is still the one that was saved: the secrets of another one are no use to it."""
        self._is_same_login = same_login
        self._show_hints()

    def auth(self) -> Auth:
        """What was chosen, without any secret, and without the name of a key pasted just now (see `named`)."""
        method = self.chosen
        auth = Auth(method)
        if method is AuthMethod.KEY_FILE:
            auth = Auth(method, identity_file=self.identity_file.path())
        elif method is AuthMethod.AGENT:
            auth = self.agent.auth()
        elif method is AuthMethod.PASTED_KEY and self._saved is not None and not self._key_text():
            auth = Auth(method, key_fingerprint=self._saved.key_fingerprint)
        with_key = method in (AuthMethod.KEY_FILE, AuthMethod.PASTED_KEY, AuthMethod.AGENT)
        return replace(auth, certificate_file=self.certificate_file.path()) if with_key else auth

    def named(self, auth: Auth) -> Auth:
        """`auth` with the fingerprint of the key in the box, if one was pasted. Reads the key: once, on saving."""
        key = self._key_text()
        if self.chosen is not AuthMethod.PASTED_KEY or not key:
            return auth
        # A key that can't be read yet (it wants its passphrase) still must not share a login with another one.
        return replace(auth, key_fingerprint=self._fingerprint_of(key) or f"unread:{secrets.token_hex(16)}")

    def typed_secrets(self) -> tuple[tuple[SecretKind, str], ...]:
        """What was typed for the chosen method; empty inputs are left out, so that what is saved stays."""
        if self.chosen in (AuthMethod.PASSWORD, AuthMethod.INTERACTIVE):
            typed = {SecretKind.SSH_PASSWORD: self.password.text()}
        elif self.chosen in (AuthMethod.AGENT, AuthMethod.SSH_CONFIG):
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
        self._certificate_box.say(self.certificate_file.warning())
        self.key_box.say(self.key_problem() if self._touched or self._key_text() else "")

    def forget(self) -> None:
        """Empty every input that held a secret, with its undo history; the form is about to go."""
        self.password.forget()
        self.passphrase.forget()
        self._key_edit.setPlainText("")
        self.alias.stop()

    def _keeps_saved(self) -> bool:
        return self._is_same_login and self._saved is not None and self._saved.method is self.chosen

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
        self.alias.choose(chosen=self.chosen is AuthMethod.SSH_CONFIG)

    def _show_hints(self) -> None:
        kept = self._keeps_saved()
        password = _IF_ASKED if self.chosen is AuthMethod.INTERACTIVE else _ASKED
        self.password.line.setPlaceholderText(_KEPT if kept else password)
        self.passphrase.line.setPlaceholderText(_KEPT if kept else _ONLY_IF_ENCRYPTED)
        beside = self.chosen is AuthMethod.KEY_FILE
        self.certificate_file.line.setPlaceholderText(_FOUND_BESIDE if beside else _OPTIONAL)
        self._key_edit.setPlaceholderText(
            "Leave empty to keep the saved key" if kept else "-----BEGIN OPENSSH PRIVATE KEY-----"
        )


def _key_text_edit(name: str) -> QPlainTextEdit:
    edit = QPlainTextEdit()
    edit.setObjectName(name)
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
