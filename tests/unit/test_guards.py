"""The guards of tests/conftest.py do bite."""

from __future__ import annotations

import logging
import threading

from tests.support.logs import LogGuard
from tests.support.threads import leaked_since, running_threads


def _record(message: str, level: int = logging.WARNING) -> logging.LogRecord:
    return logging.LogRecord("engine", level, __file__, 1, message, None, None)


def test_a_thread_that_ends_in_time_is_no_leak() -> None:
    before = running_threads()
    threading.Thread(target=lambda: None).start()
    assert leaked_since(before) == []


def test_a_thread_that_stays_is_named_also_a_daemon() -> None:
    before = running_threads()
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, name="forgotten", daemon=True)
    thread.start()
    assert leaked_since(before, grace_s=0.0) == ["forgotten"]
    stop.set()
    thread.join()


def test_a_warning_that_nobody_announced_is_a_complaint() -> None:
    guard = LogGuard()
    guard.handle(_record("late thread"))
    assert guard.complaints() == ["unexpected log: engine: late thread"]


def test_an_announced_warning_is_fine() -> None:
    guard = LogGuard()
    guard.expect("late")
    guard.handle(_record("late thread"))
    assert guard.complaints() == []


def test_an_expected_warning_must_come_and_an_allowed_one_need_not() -> None:
    guard = LogGuard()
    guard.expect("late")
    guard.allow("early")
    assert guard.complaints() == ["no log matched: late"]
