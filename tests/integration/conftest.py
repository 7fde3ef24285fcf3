"""The parts that many stories share: servers started once a run, and a fresh bastion with its key for each test.

A module whose stories need another one has a fixture of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.ssh.lane_choice import PLAIN_VARIABLE
from tests.support.agents import SshAgent, ssh_agent
from tests.support.clickhouse import clickhouse_server as clickhouse_server
from tests.support.echo import TcpService, echo
from tests.support.keys import KeyFile, make_key
from tests.support.lab.fixtures import lab as lab
from tests.support.mariadb import mariadb_server as mariadb_server
from tests.support.postgres import warehouse as warehouse
from tests.support.postgres_server import authority as authority
from tests.support.postgres_server import postgres_server as postgres_server
from tests.support.redis_server import redis_server as redis_server
from tests.support.relay_stage import RelayStage, relay_stage
from tests.support.sshd import OpenSshServer
from tests.support.stage import with_key
from tests.support.system_user import SystemUser
from tests.support.system_user import system_user as system_user


@pytest.fixture(params=["fast", "plain"])
def ssh_kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whoever uses it runs twice, with each implementation of an SSH connection."""
    kind = str(request.param)
    monkeypatch.setenv(PLAIN_VARIABLE, "1" if kind == "plain" else "")
    return kind


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    return make_key(tmp_path)


@pytest.fixture
def server(key: KeyFile, system_user: SystemUser) -> Iterator[OpenSshServer]:
    """Lets the holder of `key` in."""
    with OpenSshServer(user=system_user.name, keys=[key]) as running:
        yield running


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Iterator[SshAgent]:
    """The one of SSH_AUTH_SOCK, empty."""
    with ssh_agent() as running:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(running.socket_path))
        yield running


@pytest.fixture
def service() -> Iterator[TcpService]:
    with echo() as running:
        yield running


@pytest.fixture
def known_hosts(server: OpenSshServer, tmp_path: Path) -> Path:
    """Holds `server`'s host key."""
    path = tmp_path / "known_hosts"
    path.write_text(server.known_hosts_line())
    return path


@pytest.fixture
def stage(server: OpenSshServer, key: KeyFile, known_hosts: Path) -> Iterator[RelayStage]:
    """A relay to `server`, without a session yet."""
    with relay_stage(with_key(server.endpoint, server.user, key.path), known_hosts) as running:
        yield running
