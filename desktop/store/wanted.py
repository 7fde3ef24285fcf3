"""The file of what the person wants up, for the next start of the window."""

from __future__ import annotations

import logging
from collections.abc import Set as AbstractSet

from desktop.store.fields import Damaged
from desktop.store.paths import Paths
from desktop.store.small_file import SmallFile

log = logging.getLogger(__name__)

_VERSION = 1


class WantedFile:
    """Holds ids of connections, in the state folder. Used by one thread at a time."""

    def __init__(self, paths: Paths) -> None:
        self._file = SmallFile(paths.state_dir / "wanted.json", _VERSION)

    def load(self) -> frozenset[str]:
        """Empty where nothing was saved. A file that can't be understood is as good as none: the log says so."""
        try:
            fields = self._file.read()
            return frozenset(fields.texts("connections")) if fields is not None else frozenset()
        except Damaged as error:
            log.warning("%s is ignored: %s", self._file.path, error)
            return frozenset()

    def save(self, connection_ids: AbstractSet[str]) -> None:
        """Blocks for the disk. Raises `ConfigNotWritable`; the file is as it was then."""
        self._file.write({"connections": sorted(connection_ids)})
