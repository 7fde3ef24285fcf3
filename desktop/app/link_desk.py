"""Opens what another program hands over, a link or a file. Anybody may have made it: the person is asked first."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtWidgets import QApplication

from desktop.core.config_errors import ConnectionNotFound
from desktop.core.links import connection_named_by
from desktop.core.model import Connection, address_of
from desktop.core.ports import Tunnels
from desktop.engine.library import Library
from desktop.gui.confirm_dialog import ConfirmDialog
from desktop.gui.main_window import MainWindow


class LinkDesk(QObject):
    """GUI thread."""

    def __init__(self, library: Library, tunnels: Tunnels, window: MainWindow, parent: QObject) -> None:
        super().__init__(parent)
        self._library = library
        self._tunnels = tunnels
        self._window = window

    def open(self, link: str) -> None:
        """Show the connection that `link` names, and ask whether to connect it; or what is in the file it leads to."""
        self._window.bring_forward()
        path = QUrl(link).toLocalFile()
        if path:
            self._import(path)
            return
        name = connection_named_by(link)
        if name is None:
            self._window.say("This link is not one of Caponier's.")
            return
        try:
            connection = self._library.find(name)
        except ConnectionNotFound:
            self._window.say(f"A link asks for “{name}”, but no connection is called that.")
            return
        self._window.show_connection(connection.id)
        # One question at a time: whoever opens ten links does not get ten dialogs.
        if not connection.route.is_direct and QApplication.activeModalWidget() is None:
            self._ask(connection)

    def _import(self, path: str) -> None:
        # It would take the place of a form that is half filled in.
        if QApplication.activeModalWidget() is not None:
            self._window.say(f"Finish what is open here; then open {Path(path).name} again.")
        else:
            self._window.exchange.import_from(path)

    def _ask(self, connection: Connection) -> None:
        bastion, target = address_of(connection.route.bastion.endpoint), connection.forward.target
        dialog = ConfirmDialog(
            f"Connect “{connection.name}”?",
            f"A link asks for it. Caponier would log in to {bastion} and open a local port to {target}.",
            "Connect",
            self._window,
            look="primary",
        )
        dialog.accepted.connect(lambda: self._tunnels.connect(connection.id))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
