"""The files of all tools behind one door."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from desktop.core.config_errors import ImportUnreadable
from desktop.core.foreign import ForeignEntry, ForeignFinds, Tool
from desktop.store.fields import Damaged
from desktop.store.foreign.places import ForeignPlaces


class ForeignConnections:
    """Implements `desktop.core.foreign.ForeignFiles`. `login_name` logs in where a file does not say who does."""

    def __init__(self, login_name: str, places: ForeignPlaces) -> None:
        self._login_name = login_name
        self._places = places

    def read(self, tool: Tool, path: str = "") -> ForeignFinds:
        files = (Path(path),) if path else self._places.files(tool)
        entries = [entry for file in files for entry in self._entries(tool, file)]
        if tool is Tool.PG_SERVICE:
            entries = list({each.name: each for each in reversed(entries)}.values())[::-1]
        return ForeignFinds(tuple(map(str, files)), tuple(entries))

    def _entries(self, tool: Tool, file: Path) -> Sequence[ForeignEntry]:
        try:
            return self._read(tool, file)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ImportUnreadable(path=str(file), reason=reason) from error
        except ValueError as error:
            # `Damaged`, or a path that no file can have.
            raise ImportUnreadable(path=str(file), reason=_short(error)) from error

    def _read(self, tool: Tool, file: Path) -> Sequence[ForeignEntry]:
        # XML and all that reads it would slow every start of the program down.
        from desktop.store.foreign import datagrip, dbeaver, pg_service, pgadmin

        match tool:
            case Tool.DBEAVER:
                return dbeaver.read(file, self._login_name)
            case Tool.DATAGRIP:
                return datagrip.read(file, self._login_name, self._places.ssh_configs())
            case Tool.PGADMIN:
                return pgadmin.read(file, self._login_name)
            case Tool.PG_SERVICE:
                return pg_service.read(file, self._login_name)


def _short(error: ValueError) -> str:
    return str(error) if isinstance(error, Damaged) else "its path is none that a file can have"
