"""What takes more than a click on a copy button: a text with its password, and the client in a terminal."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop.core.client_command import command_words
from desktop.core.copy_text import TextKey
from desktop.core.errors import CaponierError, Cause
from desktop.core.model import SecretKind, Snapshot
from desktop.core.system_ports import Terminal, TerminalRun
from desktop.gui.connections_model import ConnectionsModel
from desktop.gui.copy_rows import copy_rows, text_with_password
from desktop.gui.one_dialog import OneDialog
from desktop.gui.prompt_dialogs import SecretPrompt
from desktop.gui.prompt_questions import SecretQuestion
from desktop.gui.secret_clipboard import SecretClipboard
from desktop.gui.warehouse_passwords import WarehousePasswords
from desktop.wording.copying import ON_CLIPBOARD, keyring_trouble, password_explanation, password_heading
from desktop.wording.messages import advice_once, title
from desktop.wording.terminal import client_hint

# A terminal that can't open says so within this time.
_LOOKS_AFTER_MS = (300, 1000, 3000)


class UseDesk(QObject):
    """GUI thread. `told` carries a sentence for the person. Dialogs stand over `window`."""

    told = Signal(str)

    def __init__(
        self,
        model: ConnectionsModel,
        dialogs: OneDialog,
        window: QWidget,
        passwords: WarehousePasswords | None = None,
        terminal: Terminal | None = None,
    ) -> None:
        super().__init__(window)
        self._model = model
        self._dialogs = dialogs
        self._window = window
        self._passwords = passwords
        self._terminal = terminal
        self._clipboard = SecretClipboard(self)
        if passwords is not None:
            passwords.failed.connect(self._tell)

    def copy_with_password(self, connection_id: str, key: TextKey) -> None:
        """From the keyring, or asked for where it is not there."""
        if self._passwords is None:
            self._ask(connection_id, key, None)
            return

        def on_found(password: str | None, cause: Cause | None) -> None:
            if password is None:
                self._ask(connection_id, key, cause)
            else:
                self._copy(connection_id, key, password)

        self._passwords.look(connection_id, on_found)

    def can_open(self, snapshot: Snapshot) -> bool:
        """Whether there is an address now, a client for it on this computer, and a terminal to show it in."""
        if snapshot.served_at is None or self._terminal is None:
            return False
        words = command_words(snapshot.connection, snapshot.served_at)
        return bool(words) and bool(self._terminal.find(words[0]))

    def open_terminal(self, connection_id: str) -> None:
        """Run the client of its kind for the address that is live now."""
        snapshot = self._model.snapshot(connection_id)
        if snapshot is None or snapshot.served_at is None or self._terminal is None:
            return
        words = command_words(snapshot.connection, snapshot.served_at)
        if not words:
            return
        program = self._terminal.find(words[0])
        if not program:
            self.told.emit(client_hint(words[0]))
            return
        try:
            run = self._terminal.open((program, *words[1:]))
        except CaponierError as error:
            self._tell(error.cause)
            return
        self._look_after(run)

    def _look_after(self, run: TerminalRun) -> None:
        has_told = False

        def look() -> None:
            nonlocal has_told
            cause = run.trouble()
            if cause is not None and not has_told:
                has_told = True
                self._tell(cause)

        for moment in _LOOKS_AFTER_MS:
            QTimer.singleShot(moment, self, look)

    def _ask(self, connection_id: str, key: TextKey, cause: Cause | None) -> None:
        snapshot = self._model.snapshot(connection_id)
        if snapshot is None:
            return
        connection = snapshot.connection
        question = SecretQuestion(
            heading=password_heading(connection.name),
            explanation=password_explanation(_label(snapshot, key), connection.warehouse_user, cause),
            label="Password",
            kind=SecretKind.WAREHOUSE_PASSWORD,
            keyring_trouble=keyring_trouble(cause),
        )
        prompt = SecretPrompt(question, self._window, yes="Copy")
        prompt.answered.connect(
            lambda password, remember: self._on_typed(connection_id, key, password, remember)
        )
        self._dialogs.open(prompt)

    def _on_typed(self, connection_id: str, key: TextKey, password: str, remember: bool) -> None:
        if remember and self._passwords is not None:
            self._passwords.keep(connection_id, password)
        self._copy(connection_id, key, password)

    def _copy(self, connection_id: str, key: TextKey, password: str) -> None:
        snapshot = self._model.snapshot(connection_id)
        text = text_with_password(snapshot, key, password) if snapshot is not None else ""
        if snapshot is None or not text:
            return
        self._clipboard.copy(text)
        self.told.emit(ON_CLIPBOARD.format(label=_label(snapshot, key)))

    def _tell(self, cause: Cause) -> None:
        self.told.emit(f"{title(cause)}. {advice_once(cause)}")


def _label(snapshot: Snapshot, key: TextKey) -> str:
    return next((text.label for text in copy_rows(snapshot) if text.key is key), "")
