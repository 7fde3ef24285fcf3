"""How many files and sockets this process may hold open."""

from __future__ import annotations

import contextlib
import sys

MOST_FILES = 65_536

if sys.platform == "win32":

    def raise_open_files_limit() -> None:
        """Nothing to do: Windows sets no such limit on sockets."""

else:
    import resource

    # launchd's soft limit is 256, and macOS refuses a soft limit above OPEN_MAX, even below an unlimited hard one
    # (setrlimit(2) there, COMPATIBILITY).
    _OPEN_MAX = 10_240

    def raise_open_files_limit() -> None:
        """Lift the soft limit towards the hard one, to `MOST_FILES` at most. Never lowers it, never raises an error."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft == resource.RLIM_INFINITY:
            return
        highest = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
        for wish in (highest, min(highest, _OPEN_MAX)):
            if wish <= soft:
                return
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wish, hard))
                return
