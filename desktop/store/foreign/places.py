"""Where other programs keep their files on each system.

DBeaver's documentation, "Workspace Location"; JetBrains' documentation, "Directories used by the IDE"; libpq, "The
Connection Service File". pgAdmin has its servers in a database with passwords: of those there is only what it exports.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from desktop.core.foreign import Tool

_DBEAVER_FILES = ("data-sources*.json", ".dbeaver-data-sources*.xml")


@dataclass(frozen=True, slots=True)
class ForeignPlaces:
    """`home` is None for an account that has none."""

    home: Path | None
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    platform: str = sys.platform

    def files(self, tool: Tool) -> tuple[Path, ...]:
        """Those that are there. Blocks for some folders."""
        match tool:
            case Tool.DBEAVER:
                found = self._of_dbeaver()
            case Tool.DATAGRIP:
                found = self._of_datagrip()
            case Tool.PG_SERVICE:
                found = self._of_libpq()
            case _:
                found = iter(())
        return tuple(dict.fromkeys(path for path in found if _is_there(path)))

    def ssh_configs(self) -> tuple[Path, ...]:
        """The bastions that JetBrains' IDEs know, the newest version's last."""
        return tuple(_inside(self._jetbrains_dirs(), "*/options/sshConfigs.xml"))

    def _of_dbeaver(self) -> Iterator[Path]:
        for project in _inside(self._dbeaver_dirs(), "workspace*/*"):
            yield from _inside([project / ".dbeaver"], _DBEAVER_FILES[0])
            yield from _inside([project], _DBEAVER_FILES[1])

    def _dbeaver_dirs(self) -> Iterator[Path]:
        if self.platform == "win32":
            yield from self._roaming("DBeaverData")
        elif self.home is not None and self.platform == "darwin":
            yield self.home / "Library" / "DBeaverData"
        elif self.home is not None:
            given = self.environment.get("XDG_DATA_HOME")
            yield (Path(given) if given else self.home / ".local" / "share") / "DBeaverData"
            yield self.home / "snap" / "dbeaver-ce" / "current" / ".local" / "share" / "DBeaverData"
            yield self.home / ".var" / "app" / "io.dbeaver.DBeaverCommunity" / "data" / "DBeaverData"

    def _of_datagrip(self) -> Iterator[Path]:
        yield from _inside(self._jetbrains_dirs(), "DataGrip*/projects/*/.idea/dataSources.xml")
        if self.home is not None:
            yield from _inside([self.home / "DataGripProjects"], "*/.idea/dataSources.xml")

    def _jetbrains_dirs(self) -> Iterator[Path]:
        if self.platform == "win32":
            yield from self._roaming("JetBrains")
        elif self.home is not None and self.platform == "darwin":
            yield self.home / "Library" / "Application Support" / "JetBrains"
        elif self.home is not None:
            given = self.environment.get("XDG_CONFIG_HOME")
            yield (Path(given) if given else self.home / ".config") / "JetBrains"

    def _of_libpq(self) -> Iterator[Path]:
        """The person's own file comes first, and so counts where both name one service."""
        if given := self.environment.get("PGSERVICEFILE"):
            yield Path(given)
        elif self.platform == "win32":
            yield from (each / ".pg_service.conf" for each in self._roaming("postgresql"))
        elif self.home is not None:
            yield self.home / ".pg_service.conf"
        if system := self.environment.get("PGSYSCONFDIR"):
            yield Path(system) / "pg_service.conf"

    def _roaming(self, name: str) -> Iterator[Path]:
        if given := self.environment.get("APPDATA"):
            yield Path(given) / name


def _inside(folders: Iterable[Path], pattern: str) -> Iterator[Path]:
    for folder in folders:
        found: list[Path] = []
        # A folder that can't be looked into has nothing for us, and others may have.
        with suppress(OSError):
            found = sorted(folder.glob(pattern))
        yield from found


def _is_there(path: Path) -> bool:
    """Also where nobody can tell: why not is said when it is read."""
    try:
        return path.is_file()
    except OSError:
        return True
