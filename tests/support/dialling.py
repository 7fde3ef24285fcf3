"""One login attempt at a time, with its session, as the engine would hold it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.errors import Cause
from desktop.core.model import Hop, Route
from desktop.core.plan import plan_of
from desktop.core.ports import DialRequest, Planner
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.session import SshDialer, SshSession
from tests.support.bastion import FaultyBastion
from tests.support.stage import Outcome, Secrets, StandInSource, route_of


@pytest.fixture
def bastion() -> Iterator[FaultyBastion]:
    with FaultyBastion() as running:
        yield running


@pytest.fixture
def known_hosts(tmp_path: Path, bastion: FaultyBastion) -> Path:
    """Holds `bastion`'s host key."""
    path = tmp_path / "known_hosts"
    path.write_text(f"[{bastion.endpoint.host}]:{bastion.endpoint.port} {bastion.host_key}\n")
    return path


@contextlib.contextmanager
def dialling(
    way: Hop | Route,
    known_hosts: Path,
    secrets: Secrets | None = None,
    *,
    beside: bool = False,
    planner: Planner = plan_of,
) -> Iterator[tuple[SshSession, Outcome]]:
    """Whatever comes of the attempt is over in the end. `beside` as in `DialRequest`, `planner` in `SshDialer`."""
    outcome = Outcome()
    request = DialRequest(1, route_of(way), StandInSource(secrets or {}), beside=beside)
    session = SshDialer(KnownHosts(known_hosts), planner).dial(request, outcome)
    assert isinstance(session, SshSession)
    try:
        yield session, outcome
    finally:
        session.abort()
        outcome.wait_for_end()


def cause_of(way: Hop | Route, known_hosts: Path, secrets: Secrets | None = None, *, hop: str = "0") -> Cause:
    """Of an attempt that fails at the first server, or in front of it. `hop` is empty where it does not even begin."""
    with dialling(way, known_hosts, secrets) as (_, outcome):
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert outcome.cause.fact("hop") == hop
    return outcome.cause
