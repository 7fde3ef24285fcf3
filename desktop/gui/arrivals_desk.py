"""What every import ends with: a list of what was found, and the saving of what the person ticked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.core.errors import CaponierError, Cause
from desktop.core.exchange import Arrival
from desktop.engine.library import Library
from desktop.gui.checklist import Choice
from desktop.gui.checklist_dialog import ChecklistDialog
from desktop.gui.notice_dialog import NoticeDialog
from desktop.gui.one_dialog import OneDialog
from desktop.wording.exchange import imported_line
from desktop.wording.messages import advice, title


class ArrivalsDesk(QObject):
    """`saved` carries the id of an imported connection, `told` a sentence. GUI thread."""

    saved = Signal(str)
    told = Signal(str)

    def __init__(self, library: Library, dialogs: OneDialog, window: QWidget) -> None:
        super().__init__(window)
        self._library = library
        self._dialogs = dialogs
        self._window = window

    def _offer(
        self,
        heading: str,
        explanation: str,
        choices: Sequence[Choice],
        arrivals: Sequence[Arrival | None],
    ) -> None:
        """A choice for each; one without an arrival can't be ticked."""
        dialog = ChecklistDialog(heading, explanation, choices, "Import", self._window)
        dialog.accepted.connect(
            lambda: self._take([each for number in dialog.ticked if (each := arrivals[number])])
        )
        self._dialogs.open(dialog)

    def _take(self, arrivals: Sequence[Arrival]) -> None:
        """What the person ticked."""
        self._save(arrivals)

    def _save(self, arrivals: Sequence[Arrival]) -> None:
        try:
            self._library.put(*(each.connection for each in arrivals))
        except CaponierError as error:
            self._refuse(error.cause)
        else:
            self.saved.emit(arrivals[0].connection.id)
            self.told.emit(imported_line(len(arrivals)))

    def _refuse(self, cause: Cause) -> None:
        self._dialogs.open(NoticeDialog(title(cause), advice(cause), self._window))
