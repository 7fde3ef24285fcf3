"""A lock between processes. The system lets go of it when its holder dies, however it dies."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ASK_AGAIN_AFTER_S = 0.01
_UNSUPPORTED = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


class LockBusy(OSError):
    """Another process held the lock for the whole time."""


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        # Locks one byte, which need not exist; closing the file unlocks it.
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def locked(path: Path, timeout_s: float) -> Iterator[None]:
    """Hold the lock that `path` stands for. Raises `LockBusy` after `timeout_s`, and `OSError`.

    On a network drive without locks the body runs unlocked: a lone user's edits matter more than the rare race.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, timeout_s)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            return _try_lock(descriptor)
        except OSError as error:
            if error.errno in _UNSUPPORTED:
                return None
            if error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
                raise
            if time.monotonic() >= deadline:
                raise LockBusy(errno.EAGAIN, "another program is saving") from None
        time.sleep(_ASK_AGAIN_AFTER_S)
