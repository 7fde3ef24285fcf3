"""What a person can do with connections, for buttons, menus and keys alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.core.check import Checks
from desktop.core.errors import CaponierError
from desktop.core.identity import Guard
from desktop.core.model import Connection, Snapshot
from desktop.core.policy import Command, allowed_commands, free_port
from desktop.core.ports import Tunnels
from desktop.core.ssh_command import ssh_command
from desktop.engine.library import Library
from desktop.gui.check_dialog import CheckDialog
from desktop.gui.confirm_dialog import ConfirmDialog
from desktop.gui.connections_model import ConnectionsModel
from desktop.gui.editor import ConnectionEditor
from desktop.gui.guard_offer import GuardOffer
from desktop.gui.lookups import Lookups
from desktop.gui.one_dialog import OneDialog
from desktop.gui.paste_dialog import PasteCommandDialog
from desktop.gui.warehouse_passwords import WarehousePasswords
from desktop.wording import messages


class ConnectionActions(QObject):
    """Never blocks, and asks the engine. Dialogs stand over `window`.

    `answer_requested` carries the id of a connection whose question shall be asked again, `host_keys_requested` the
    `Cause` that a known key is about, `saved` the id of a connection that was added or edited, `told` a sentence for
    the person.
    """

    answer_requested = Signal(str)
    host_keys_requested = Signal(object)
    saved = Signal(str)
    told = Signal(str)

    def __init__(
        self,
        library: Library,
        tunnels: Tunnels,
        model: ConnectionsModel,
        dialogs: OneDialog,
        window: QWidget,
        lookups: Lookups,
        checks: Checks,
        passwords: WarehousePasswords | None = None,
    ) -> None:
        super().__init__(window)
        self._library = library
        self._tunnels = tunnels
        self._model = model
        self._dialogs = dialogs
        self._window = window
        self._lookups = lookups
        self._checks = checks
        self._passwords = passwords

    def add(self) -> None:
        self._edit(None)

    def paste(self) -> None:
        """Ask for an ssh command, then show the form it fills."""
        dialog = PasteCommandDialog(self._library, self._window, self._lookups.aliases)
        dialog.accepted.connect(lambda: self._edit_drafts(dialog.drafts))
        self._dialogs.open(dialog)

    def edit(self, connection_id: str) -> None:
        connection = self._saved(connection_id)
        if connection is not None:
            self._edit(connection)

    def duplicate(self, connection_id: str) -> None:
        connection = self._saved(connection_id)
        if connection is not None:
            self._edit_drafts((self._library.copy_of(connection),))

    def delete(self, connection_id: str) -> None:
        """Ask first."""
        connection = self._saved(connection_id)
        if connection is None:
            return
        question = _delete_question(connection, self._window)
        question.accepted.connect(lambda: self._remove(connection_id))
        self._dialogs.open(question)

    def check(self, connection_id: str) -> None:
        """Stage by stage, in a dialog; the connection itself stays as it is."""
        connection = self._saved(connection_id)
        if connection is not None:
            dialog = CheckDialog(connection, self._checks, self._window)
            offer = GuardOffer(connection, self.set_guard)
            dialog.identity_found.connect(offer.offer)
            dialog.offers.addWidget(offer)
            self._dialogs.open(dialog)

    def toggle(self, connection_id: str) -> None:
        """Connect what is off, disconnect what is wanted; of a direct connection, copy the address."""
        snapshot = self._model.snapshot(connection_id)
        if snapshot is None:
            return
        allowed = allowed_commands(snapshot)
        wishes = (Command.CONNECT, Command.DISCONNECT, Command.COPY)
        self.run(connection_id, next(wish for wish in wishes if wish in allowed))

    def copy_as_ssh_command(self, connection_id: str) -> None:
        snapshot = self._model.snapshot(connection_id)
        if snapshot is not None:
            port = snapshot.local.port if snapshot.local is not None else None
            QGuiApplication.clipboard().setText(ssh_command(snapshot.connection, port))
            self.told.emit("The ssh command is on the clipboard")

    def run(self, connection_id: str, command: Command) -> None:
        """Obey `command` if it is allowed now; a click can come later than the change that forbids it."""
        snapshot = self._model.snapshot(connection_id)
        if snapshot is None or command not in allowed_commands(snapshot):
            return
        match command:
            case Command.CONNECT | Command.RETRY_NOW:
                self._tunnels.connect(connection_id)
            case Command.DISCONNECT:
                self._tunnels.disconnect(connection_id)
            case Command.USE_FREE_PORT:
                self._move_to_port(connection_id, free_port(snapshot))
            case Command.SHOW_HOST_KEYS:
                self.host_keys_requested.emit(snapshot.cause)
            case Command.COPY:
                self._copy_address(snapshot)
            case _:
                self._asking(command)(connection_id)

    def _asking(self, command: Command) -> Callable[[str], None]:
        """Those that open a dialog."""
        return {
            Command.ANSWER: self.answer_requested.emit,
            Command.EDIT: self.edit,
            Command.DELETE: self.delete,
            Command.CHECK: self.check,
        }[command]

    def _copy_address(self, snapshot: Snapshot) -> None:
        if snapshot.served_at is not None:
            QGuiApplication.clipboard().setText(str(snapshot.served_at))
            self.told.emit(f"{snapshot.served_at} is on the clipboard")

    def set_guard(self, connection_id: str, guard: Guard) -> bool:
        """Save it; False where that failed, which is told."""
        connection = self._saved(connection_id)
        if connection is None:
            return False
        try:
            self._library.put(replace(connection, guard=guard))
        except CaponierError as error:
            self._tell(error)
            return False
        return True

    def _move_to_port(self, connection_id: str, port: int) -> None:
        """Save that, and connect. Where somebody was quicker, that is said, and another port is offered."""
        connection = self._saved(connection_id)
        if connection is None:
            return
        moved = replace(connection, forward=replace(connection.forward, local_port=port))
        try:
            self._library.put(moved)
        except CaponierError as error:
            self._tell(error)
            return
        self._tunnels.connect(connection_id)
        self.told.emit(
            f"{connection.name} has local port {port} now. Programs that use it need the new port."
        )

    def _saved(self, connection_id: str) -> Connection | None:
        return next((each for each in self._library.connections if each.id == connection_id), None)

    def _edit_drafts(self, drafts: tuple[Connection, ...]) -> None:
        self._edit(None, drafts[0], drafts[1:])

    def _edit(
        self,
        connection: Connection | None,
        draft: Connection | None = None,
        siblings: tuple[Connection, ...] = (),
    ) -> None:
        editor = ConnectionEditor(
            self._library,
            self._tunnels,
            connection,
            self._window,
            draft=draft,
            siblings=siblings,
            lookups=self._lookups,
            passwords=self._passwords,
        )
        editor.accepted.connect(lambda: self._tell_saved(editor.saved_connection))
        self._dialogs.open(editor)

    def _tell_saved(self, connection: Connection | None) -> None:
        if connection is not None:
            self.saved.emit(connection.id)

    def _remove(self, connection_id: str) -> None:
        try:
            self._library.remove(connection_id)
        except CaponierError as error:
            self._tell(error)

    def _tell(self, error: CaponierError) -> None:
        self.told.emit(f"{messages.title(error.cause)}. {messages.advice(error.cause)}")


def _delete_question(connection: Connection, window: QWidget) -> ConfirmDialog:
    consequence = "It is disconnected, and its secrets are removed from the keyring. This can't be undone."
    return ConfirmDialog(f"Delete “{connection.name}”?", consequence, "Delete", window)
