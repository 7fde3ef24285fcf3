"""One window per person: which of several starts it is that shows one."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLockFile

PATIENCE_S = 15.0
# A start that holds the lock listens within this time.
_LISTENS_WITHIN_S = 3.0
_ASK_AGAIN_AFTER_MS = 50


class Unanswered(Exception):
    """Another window has the lock, and did not come forward in time. `pid` is its process, 0 where that is unknown."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"process {pid} does not answer")
        self.pid = pid


class WindowLock:
    """Held as long as the window lives. One that a killed process left behind is taken over."""

    def __init__(self, lock_path: Path) -> None:
        self._lock = QLockFile(str(lock_path))
        # Only its holder's end makes it stale, not its age.
        self._lock.setStaleLockTime(0)

    def claim(self, raise_other: Callable[[], bool | None], patience_s: float = PATIENCE_S) -> bool:
        """True where the lock is ours now, False where another window came forward instead.

        Blocks. `raise_other` says True where another window came forward, False where there is one that did not, None
        where nobody listens. Raises `Unanswered` after `patience_s`, and `OSError` where no lock can be made.
        """
        deadline = time.monotonic() + patience_s
        nobody_after = time.monotonic() + min(_LISTENS_WITHIN_S, patience_s)
        while not self._lock.tryLock(_ASK_AGAIN_AFTER_MS):
            if self._lock.error() is not QLockFile.LockError.LockFailedError:
                raise OSError("no lock can be made there")
            answer = raise_other()
            if answer:
                return False
            now = time.monotonic()
            if answer is None and now >= nobody_after:
                self._take_from_the_dead()
            if now >= deadline:
                raise Unanswered(self._holder())
        return True

    def release(self) -> None:
        """Removes the file. Idempotent."""
        self._lock.unlock()

    def _take_from_the_dead(self) -> None:
        """Its holder's number may be that of a younger process by now; the system's own lock on the file tells.

        Qt removes the file only where no living process holds that.
        """
        self._lock.removeStaleLockFile()

    def _holder(self) -> int:
        pid, _host, _program = self._lock.getLockInfo()
        return pid
