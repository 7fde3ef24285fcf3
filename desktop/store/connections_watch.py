"""Notices what another process saves among the connections."""

from __future__ import annotations

from pathlib import Path

from desktop.core.model import Connection
from desktop.store.codec import decode
from desktop.store.fields import Damaged
from desktop.store.paths import Paths

_Mark = tuple[int, int, int]


class ConnectionsWatch:
    """For whoever only looks on: it never moves, repairs or writes the file. Used by one thread."""

    def __init__(self, paths: Paths) -> None:
        self._path = paths.connections_path
        self._seen: _Mark | None = None

    def news(self) -> tuple[Connection, ...]:
        """All that is saved, where that changed since the last call, and at the first one; else nothing.

        Blocks for the date of a file, and seldom for the file. One that can't be understood, because somebody is in
        the middle of writing it perhaps, says nothing, and is read again by the next call.
        """
        try:
            mark = _mark_of(self._path)
            connections = decode(self._path.read_bytes()) if mark != self._seen else ()
        except (OSError, Damaged):
            return ()
        self._seen = mark
        return connections


def _mark_of(path: Path) -> _Mark:
    """Another one after each change: a file is replaced, not written over."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size
