"""The file of saved connections."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from desktop.core.config_errors import ConfigNotWritable, ConfigUnreadable
from desktop.core.model import Connection
from desktop.store.atomic import remove_leftovers, replace_file
from desktop.store.codec import decode, encode
from desktop.store.fields import Damaged
from desktop.store.file_lock import locked
from desktop.store.paths import Paths, make_private

_LOCK_TIMEOUT_S = 2.0


class ConnectionsFile:
    """Implements `desktop.core.ports.ConnectionStore`. Used by one thread; other processes may use the same file.

    A file that can't be understood is moved aside, never overwritten. A file that changed since this object read
    or wrote it is not overwritten either: `load` again, then `save`.
    """

    def __init__(self, paths: Paths) -> None:
        self._path = paths.connections_path
        # What the file held when last read or written here; None for no file.
        self._seen: bytes | None = None

    @property
    def previous_path(self) -> Path:
        """The content before the last save."""
        return self._path.with_name("connections.json.previous")

    def load(self) -> tuple[Connection, ...]:
        """Empty where nothing was ever saved. A file that was there before and is gone now is no empty one.

        Raises `ConfigUnreadable`. Its `kept_as` is where a damaged file was moved, or the file's own path where it
        could not be moved or not even read: then `save` refuses. Its fact `previous` is the path of the content
        before the last save, empty where there is none. Loading again after a move gives an empty list.
        """
        seen, self._seen = self._seen, None
        try:
            raw = self._content()
        except OSError as error:
            raise self._unreadable(_words(error), self._path) from error
        if raw is None and seen is not None:
            raise self._unreadable("it is gone", self.previous_path)
        if raw is None:
            return ()
        try:
            connections = decode(raw)
        except Damaged as error:
            raise self._unreadable(str(error), self._moved_aside()) from error
        self._seen = raw
        return connections

    def save(self, connections: Sequence[Connection]) -> None:
        """Replace everything. Raises `ConfigNotWritable`; the file is as it was then.

        Blocks for the disk, and at most 2 s for another process that saves.
        """
        content = encode(connections)
        try:
            make_private(self._path.parent)
            with locked(self._lock_path, _LOCK_TIMEOUT_S):
                self._replace(content)
        except OSError as error:
            raise self._not_writable(_words(error)) from error

    @property
    def _lock_path(self) -> Path:
        return self._path.with_name(".connections.lock")

    def _replace(self, content: bytes) -> None:
        found = self._content()
        if found is not None and found != self._seen:
            raise self._not_writable("it was changed by another program")
        for path in (self._path, self.previous_path):
            remove_leftovers(path)
        if found is not None:
            replace_file(self.previous_path, found)
        replace_file(self._path, content)
        self._seen = content

    def _content(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None

    def _moved_aside(self) -> Path:
        """Where the damaged file is now."""
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        names = (f"connections.damaged-{moment}{suffix}.json" for suffix in ("", "-2", "-3", "-4"))
        try:
            with locked(self._lock_path, _LOCK_TIMEOUT_S):
                aside = next(path for path in map(self._path.with_name, names) if not path.exists())
                self._path.rename(aside)
        except (OSError, StopIteration):
            return self._path
        return aside

    def _unreadable(self, reason: str, kept_as: Path) -> ConfigUnreadable:
        previous = str(self.previous_path) if os.access(self.previous_path, os.R_OK) else ""
        return ConfigUnreadable(path=str(self._path), reason=reason, kept_as=str(kept_as), previous=previous)

    def _not_writable(self, reason: str) -> ConfigNotWritable:
        return ConfigNotWritable(path=str(self._path), reason=reason)


def _words(error: OSError) -> str:
    return error.strerror or type(error).__name__
