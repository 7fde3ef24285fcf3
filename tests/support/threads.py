"""Finds the threads that a test leaves behind."""

from __future__ import annotations

import threading
import time

GRACE_S = 5.0
_FOREIGN = "Dummy-"  # threads Python did not start and can't join; threading names them so


def running_threads() -> frozenset[threading.Thread]:
    """All live threads that Python started."""
    return frozenset(thread for thread in threading.enumerate() if not thread.name.startswith(_FOREIGN))


def leaked_since(before: frozenset[threading.Thread], grace_s: float = GRACE_S) -> list[str]:
    """Names of threads that are younger than `before` and do not end within `grace_s` seconds. Blocks until then.

    Daemon threads count: paramiko's transport threads are daemons named ``Thread-N``.
    """
    deadline = time.monotonic() + grace_s
    young = running_threads() - before
    for thread in young:
        thread.join(max(0.0, deadline - time.monotonic()))
    return sorted(thread.name for thread in young if thread.is_alive())
