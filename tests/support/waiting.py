"""Waits for a condition that another thread or process will fulfil."""

from __future__ import annotations

import time
from collections.abc import Callable

POLL_S = 0.01


def wait_until(condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
    """Block until `condition()` holds. Raises `TimeoutError` when it does not in time."""
    deadline_mono = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline_mono:
            raise TimeoutError(f"not fulfilled after {timeout_s} s")
        time.sleep(POLL_S)
