"""The menu of one connection, for its row in the list and for the head of the detail pane."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from desktop.core.model import Snapshot
from desktop.core.policy import Command, allowed_commands
from desktop.gui.connection_actions import ConnectionActions
from desktop.gui.exchange_actions import ExchangeActions
from desktop.gui.icons import icon
from desktop.gui.parts import with_keys
from desktop.gui.use_connection import UseDesk

_COMMANDS = (
    (Command.CONNECT, "Connect", "play"),
    (Command.DISCONNECT, "Disconnect", "stop"),
    (Command.RETRY_NOW, "Retry now", "retry"),
    (Command.ANSWER, "Answer…", "question"),
    (Command.COPY, "Copy host and port", "copy"),
)


def connection_menu(
    snapshot: Snapshot,
    actions: ConnectionActions,
    exchange: ExchangeActions,
    use: UseDesk,
    parent: QWidget,
) -> QMenu:
    """Built for the moment it opens; the caller shows it and lets it delete itself."""
    menu = QMenu(parent)
    menu.setObjectName("connectionMenu")
    allowed = allowed_commands(snapshot)
    connection_id = snapshot.connection.id

    def add(name: str, text: str, drawing: str, do: Callable[[], None]) -> None:
        action = menu.addAction(icon(drawing), text)
        action.setObjectName(name)
        action.triggered.connect(lambda: do())

    def run(command: Command) -> Callable[[], None]:
        return lambda: actions.run(connection_id, command)

    for command, text, drawing in _COMMANDS:
        if command in allowed:
            add(f"{command}Action", text, drawing, run(command))
    if use.can_open(snapshot):
        add("terminalAction", "Open in terminal", "terminal", lambda: use.open_terminal(connection_id))
    add("checkAction", "Check…", "state-probing", run(Command.CHECK))
    menu.addSeparator()
    add("editAction", with_keys("Edit…", "Ctrl+E"), "edit", run(Command.EDIT))
    add(
        "duplicateAction",
        with_keys("Duplicate…", "Ctrl+D"),
        "duplicate",
        lambda: actions.duplicate(connection_id),
    )
    if not snapshot.connection.route.is_direct:
        add(
            "copySshAction",
            "Copy as ssh command",
            "terminal",
            lambda: actions.copy_as_ssh_command(connection_id),
        )
    add("exportAction", "Export…", "export", lambda: exchange.export(connection_id))
    menu.addSeparator()
    add("deleteAction", with_keys("Delete…", QKeySequence.StandardKey.Delete), "trash", run(Command.DELETE))
    return menu
