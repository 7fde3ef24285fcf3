"""Import from other programs, for menus and buttons alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from desktop.core.errors import Cause
from desktop.core.foreign import ForeignFiles, ForeignFinds, Tool
from desktop.core.names import tidied
from desktop.engine.foreign_arrivals import ForeignArrival, foreign_arrivals
from desktop.engine.library import Library
from desktop.gui.arrivals_desk import ArrivalsDesk
from desktop.gui.checklist import Choice
from desktop.gui.foreign_reading import ForeignReading
from desktop.gui.one_dialog import OneDialog
from desktop.wording.exchange import way_line
from desktop.wording.foreign import (
    TOOL_NAMES,
    broken_note,
    foreign_explanation,
    foreign_notes,
    holds_nothing_line,
    import_heading,
    nothing_found_line,
    obstacle_note,
)

_FILTERS = {
    Tool.DBEAVER: "Connections of DBeaver (data-sources*.json .dbeaver-data-sources*.xml)",
    Tool.DATAGRIP: "Data sources of DataGrip (dataSources.xml)",
    Tool.PGADMIN: "Servers of pgAdmin (*.json)",
    Tool.PG_SERVICE: "Services (*pg_service.conf)",
}
_ALL_FILES = "All files (*)"


def add_tools(menu: QMenu, wanted: Callable[[str], None]) -> None:
    """One action for each tool; `wanted` gets its value."""
    for tool in Tool:
        action = menu.addAction(f"From {TOOL_NAMES[tool]}…")
        action.setObjectName(f"import-{tool}")
        action.triggered.connect(partial(wanted, tool.value))


class ForeignImport(ArrivalsDesk):
    """Never blocks: files are read on a thread of their own."""

    _found = Signal(object, object)

    def __init__(
        self, library: Library, files: ForeignFiles | None, dialogs: OneDialog, window: QWidget
    ) -> None:
        super().__init__(library, dialogs, window)
        self._files = files
        self._reading: ForeignReading | None = None
        self._found.connect(self._on_found)

    def choose(self, tool: str) -> None:
        """Look for the tool's connections in its usual places, else ask for a file; then ask which to save."""
        self._read(Tool(tool), "")

    def stop(self) -> None:
        """Whoever looks no more at the window needs no answer. Idempotent."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.drop()

    def _read(self, tool: Tool, path: str) -> None:
        self.stop()
        if self._files is not None:
            self._reading = ForeignReading(self._files, tool, path, partial(self._found.emit, tool))

    def _on_found(self, tool: Tool, found: ForeignFinds) -> None:
        if self._reading is None:
            return
        self._reading = None
        if found.refusal is not None:
            self._refuse(found.refusal)
        elif not found.files:
            self._choose_file(tool)
        else:
            self._offer_found(tool, found)

    def _choose_file(self, tool: Tool) -> None:
        self.told.emit(nothing_found_line(tool))
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
        chooser = QFileDialog(self._window, import_heading(tool), home)
        chooser.setNameFilters([_FILTERS[tool], _ALL_FILES])
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(partial(self._read, tool))
        self._dialogs.open(chooser)

    def _offer_found(self, tool: Tool, finds: ForeignFinds) -> None:
        arrivals = foreign_arrivals(finds, self._library.connections)
        if not arrivals and not finds.broken:
            self.told.emit(holds_nothing_line(tool))
            return
        choices = [*map(_choice_of_none, finds.broken), *map(_choice, arrivals)]
        found = [*(None for _ in finds.broken), *(each.arrival for each in arrivals)]
        explanation = foreign_explanation(tool, len(finds.broken))
        self._offer(import_heading(tool), explanation, choices, found)


def _choice_of_none(broken: Cause) -> Choice:
    """A file that can't be read."""
    path = broken.fact("path")
    return Choice(Path(path).name, path, broken_note(broken), possible=False)


def _choice(each: ForeignArrival) -> Choice:
    arrival = each.arrival
    if arrival is None:
        name = tidied(each.entry.name) or "(no name)"
        return Choice(name, obstacle_note(each.entry.obstacle), possible=False)
    return Choice(
        arrival.given.name or "(no name)",
        way_line(arrival.connection),
        foreign_notes(arrival, each.entry.remarks),
        ticked=arrival.is_new,
        possible=arrival.can_be_saved,
    )
