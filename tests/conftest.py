"""What every test runs under: a home of its own, and guards against leaked threads and unexpected logs.

Unexpected Python warnings and Qt messages fail a test through the settings in pyproject.toml.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.logs import LogGuard
from tests.support.sandbox import move_home, shut_the_desktop_out
from tests.support.threads import leaked_since, running_threads

shut_the_desktop_out()


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """HOME during this test; CAPONIER_HOME is a folder in it that the program has to make."""
    path = tmp_path_factory.mktemp("home")
    move_home(path, monkeypatch)
    return path


@pytest.fixture(autouse=True)
def log_guard() -> Iterator[LogGuard]:
    """Fails the test on a log record at WARNING or above that it did not `expect` or `allow`."""
    guard = LogGuard()
    logging.getLogger().addHandler(guard)
    yield guard
    logging.getLogger().removeHandler(guard)
    complaints = guard.complaints()
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fails the test if a thread that it started is still running some seconds after it."""
    before = running_threads()
    yield
    leaked = leaked_since(before)
    if leaked:
        pytest.fail(f"threads left running: {', '.join(leaked)}", pytrace=False)
