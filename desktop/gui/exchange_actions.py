"""Import and export of connections, for menus, keys, opened files and dropped ones alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.core.errors import CaponierError
from desktop.core.exchange import SUFFIX, Arrival
from desktop.core.model import Connection
from desktop.core.ports import ExchangeFiles
from desktop.engine.arrivals import arrivals_of
from desktop.engine.library import Library
from desktop.gui.arrivals_desk import ArrivalsDesk
from desktop.gui.checklist import Choice
from desktop.gui.checklist_dialog import ChecklistDialog
from desktop.gui.confirm_dialog import ConfirmDialog
from desktop.gui.one_dialog import OneDialog
from desktop.wording.exchange import (
    FOREIGN_COMMAND,
    arrival_notes,
    exported_line,
    foreign_command_question,
    leaving_notes,
    way_line,
)

_FILES = f"Caponier connections (*{SUFFIX})"
_ALL_FILES = "All files (*)"
# What some system does not allow in the name of a file.
_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


class ExchangeActions(ArrivalsDesk):
    """Never blocks but for the file itself."""

    def __init__(self, library: Library, files: ExchangeFiles, dialogs: OneDialog, window: QWidget) -> None:
        super().__init__(library, dialogs, window)
        self._files = files

    def choose_import(self) -> None:
        """Ask which file."""
        chooser = QFileDialog(self._window, "Import connections", _usual_folder(), _FILES)
        chooser.setNameFilters([_FILES, _ALL_FILES])
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(self.import_from)
        self._dialogs.open(chooser)

    def import_from(self, path: str) -> None:
        """Show what the file holds, and ask what of it to save."""
        try:
            arrivals = arrivals_of(self._files.read(path), self._library.connections)
        except CaponierError as error:
            self._refuse(error.cause)
            return
        if not arrivals:
            self.told.emit(f"{Path(path).name} holds no connection")
            return
        explanation = (
            f"{Path(path).name} holds these. Import only what comes from somebody you trust: your password or key"
            " will log in to the bastions it names. Secrets are never in such a file."
        )
        self._offer("Import connections", explanation, [_arriving(each) for each in arrivals], arrivals)

    def export(self, connection_id: str = "") -> None:
        """Ask which connections, this one first; then for a file."""
        connections = self._library.connections
        dialog = ChecklistDialog(
            "Export connections",
            "The file is for other people and computers. It holds no password and no key; whoever imports it logs in"
            " with their own.",
            [_leaving(each, ticked=connection_id in ("", each.id)) for each in connections],
            "Export",
            self._window,
        )
        dialog.accepted.connect(
            lambda: self._choose_target([connections[number] for number in dialog.ticked])
        )
        self._dialogs.open(dialog)

    def _choose_target(self, connections: Sequence[Connection]) -> None:
        chooser = QFileDialog(self._window, "Export connections", _usual_folder(), _FILES)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix(SUFFIX.removeprefix("."))
        chooser.selectFile(_file_name(connections))
        chooser.fileSelected.connect(lambda path: self._write(path, connections))
        self._dialogs.open(chooser)

    def _write(self, path: str, connections: Sequence[Connection]) -> None:
        try:
            self._files.write(path, connections)
        except CaponierError as error:
            self._refuse(error.cause)
        else:
            self.told.emit(exported_line(len(connections), Path(path).name))

    def _take(self, arrivals: Sequence[Arrival]) -> None:
        """After a second yes, for programs that somebody else chose; without one nothing is saved."""
        commands = dict.fromkeys(each.command for each in arrivals if each.command)
        if not commands:
            self._save(arrivals)
            return
        dialog = ConfirmDialog(
            foreign_command_question(len(commands)),
            FOREIGN_COMMAND,
            "Import",
            self._window,
            quoted="\n\n".join(commands),
        )
        dialog.accepted.connect(lambda: self._save(arrivals))
        self._dialogs.open(dialog)


def _arriving(arrival: Arrival) -> Choice:
    return Choice(
        arrival.given.name or "(no name)",
        way_line(arrival.connection),
        arrival_notes(arrival),
        ticked=arrival.is_harmless,
        possible=arrival.can_be_saved,
    )


def _leaving(connection: Connection, *, ticked: bool) -> Choice:
    return Choice(connection.name, way_line(connection), leaving_notes(connection), ticked=ticked)


def _usual_folder() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)


def _file_name(connections: Sequence[Connection]) -> str:
    alone = connections[0].name if len(connections) == 1 else ""
    return f"{_NOT_IN_FILE_NAMES.sub('-', alone).strip(' .-') or 'connections'}{SUFFIX}"
