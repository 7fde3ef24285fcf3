"""Reads the known hosts away from the GUI thread: a file may be large, or on a slow share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from desktop.core.host_keys import HostKeyEntry
from desktop.core.ports import HostKeys


class HostKeysReading:
    """One reading, from now on. `tell` is called once, on the reading's own thread, unless `drop` came first."""

    def __init__(self, host_keys: HostKeys, tell: Callable[[Sequence[HostKeyEntry]], None]) -> None:
        self._host_keys = host_keys
        self._tell = tell
        self._dropped = False
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="read host keys").start()

    def drop(self) -> None:
        """Does not wait for the files."""
        with self._lock:
            self._dropped = True

    def _run(self) -> None:
        entries = self._host_keys.entries()
        with self._lock:
            if not self._dropped:
                self._tell(entries)
