"""A real Redis for tests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from desktop.core.model import LOOPBACK, Endpoint
from tests.support.daemon import folder, free_port, program, running

_PROGRAM = program("redis-server")


@dataclass(frozen=True, slots=True)
class Redis:
    endpoint: Endpoint


@contextlib.contextmanager
def redis(*settings: str) -> Iterator[Redis]:
    """`settings` are words of the command line, such as ``--requirepass SECRET``. Nothing is kept on disk."""
    with folder("redis") as path:
        server = Redis(Endpoint(LOOPBACK, free_port()))
        own = ("--bind", LOOPBACK, "--port", str(server.endpoint.port), "--save", "", "--dir", str(path))
        log_path = path / "log"

        def is_ready() -> bool:
            return "Ready to accept connections" in log_path.read_text(errors="replace")

        with running([_PROGRAM, *own, *settings], log_path, is_ready):
            yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """One that wants no password, for the whole run."""
    if not _PROGRAM:
        pytest.skip("needs redis-server")
    with redis() as server:
        yield server
