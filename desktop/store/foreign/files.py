"""The files of all tools behind one door."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from desktop.core.foreign import ForeignEntry, ForeignFinds, Tool
from desktop.store.foreign.broken import BrokenFiles
from desktop.store.foreign.places import ForeignPlaces


class ForeignConnections:
    """Implements `desktop.core.foreign.ForeignFiles`. `login_name` logs in where a file does not say who does."""

    def __init__(self, login_name: str, places: ForeignPlaces) -> None:
        self._login_name = login_name
        self._places = places

    def read(self, tool: Tool, path: str = "") -> ForeignFinds:
        files = (Path(path),) if path else self._places.files(tool)
        entries: list[ForeignEntry] = []
        broken = BrokenFiles()
        for file in files:
            with broken.noting(file):
                entries += self._read(tool, file, broken)
        if tool is Tool.PG_SERVICE:
            entries = list({each.name: each for each in reversed(entries)}.values())[::-1]
        return ForeignFinds(tuple(map(str, files)), tuple(entries), broken.causes)

    def _read(self, tool: Tool, file: Path, broken: BrokenFiles) -> Sequence[ForeignEntry]:
        # XML and all that reads it would slow every start of the program down.
        from desktop.store.foreign import datagrip, dbeaver, pg_service, pgadmin

        match tool:
            case Tool.DBEAVER:
                return dbeaver.read(file, self._login_name)
            case Tool.DATAGRIP:
                return datagrip.read(file, self._login_name, self._places.ssh_configs(), broken)
            case Tool.PGADMIN:
                return pgadmin.read(file, self._login_name)
            case Tool.PG_SERVICE:
                return pg_service.read(file, self._login_name)
