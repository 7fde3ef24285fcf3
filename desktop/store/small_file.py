"""A small file of one JSON object with a version: replaced as a whole, readable by its owner alone."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path

from desktop.core.config_errors import ConfigNotWritable
from desktop.store.atomic import remove_leftovers, replace_file
from desktop.store.fields import Damaged, Fields
from desktop.store.paths import make_private


class SmallFile:
    """Written by one process at a time, the one that has the window."""

    def __init__(self, path: Path, version: int) -> None:
        self.path = path
        self._version = version

    def read(self) -> Fields | None:
        """None where there is no file. Raises `Damaged` for one that can't be read, or is of another version."""
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Damaged(error.strerror or type(error).__name__) from error
        try:
            fields = Fields.of(json.loads(raw.decode("utf-8-sig")), "the file")
        except (ValueError, RecursionError) as error:
            raise Damaged(str(error) if isinstance(error, Damaged) else "it is not JSON") from None
        if fields.integer("version", 1, 1_000_000) != self._version:
            raise Damaged("another version of Caponier wrote it")
        return fields

    def write(self, values: Mapping[str, object]) -> None:
        """Blocks for the disk. Raises `ConfigNotWritable`; the file is as it was then."""
        content = json.dumps({"version": self._version, **values}, indent=2) + "\n"
        try:
            make_private(self.path.parent)
            remove_leftovers(self.path)
            replace_file(self.path, content.encode("ascii"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ConfigNotWritable(path=str(self.path), reason=reason) from error

    def set_aside(self) -> None:
        """Keep what can't be understood out of the way of the next `write`, where the folder allows that."""
        with contextlib.suppress(OSError):
            self.path.replace(self.path.with_suffix(".damaged.json"))
