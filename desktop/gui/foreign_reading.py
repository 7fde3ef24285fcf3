"""Reads another program's files away from the GUI thread: they may be many, or on a slow share."""

from __future__ import annotations

import threading
from collections.abc import Callable

from desktop.core.foreign import ForeignFiles, ForeignFinds, Tool


class ForeignReading:
    """One reading, from now on. `tell` is called once, on the reading's own thread, unless `drop` came first."""

    def __init__(
        self, files: ForeignFiles, tool: Tool, path: str, tell: Callable[[ForeignFinds], None]
    ) -> None:
        self._files = files
        self._tool = tool
        self._path = path
        self._tell = tell
        self._dropped = False
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="read another program's files").start()

    def drop(self) -> None:
        """Does not wait for the files."""
        with self._lock:
            self._dropped = True

    def _run(self) -> None:
        found = self._files.read(self._tool, self._path)
        with self._lock:
            if not self._dropped:
                self._tell(found)
