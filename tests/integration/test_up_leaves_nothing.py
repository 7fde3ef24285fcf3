"""Connecting and disconnecting all day long costs nothing in the end."""

from __future__ import annotations

import gc
from pathlib import Path

import psutil
import pytest

from desktop.core.model import Connection, SecretKind
from tests.support.bastion import FaultyBastion
from tests.support.echo import TcpService, refusing_endpoint
from tests.support.keys import make_key
from tests.support.local_clients import answer, client_of
from tests.support.sshd import OpenSshServer
from tests.support.stage import Stage, connection_to, stage, with_key, with_password
from tests.support.system_user import SystemUser
from tests.support.threads import leaked_since, running_threads
from tests.support.waiting import wait_until

ROUNDS = 50

pytestmark = [
    pytest.mark.skipif(not hasattr(psutil.Process, "num_fds"), reason="counts file descriptors"),
    pytest.mark.usefixtures("ssh_kind"),
]


def open_files() -> int:
    # What only the collector would close was not closed by its owner, but is no leak.
    gc.collect()
    return int(psutil.Process().num_fds())


def test_rounds_of_connecting_leave_no_thread_and_no_socket(
    system_user: SystemUser, service: TcpService, tmp_path: Path
) -> None:
    key = make_key(tmp_path)
    with OpenSshServer(user=system_user.name, keys=[key]) as server:
        known_hosts = tmp_path / "known_hosts"
        known_hosts.write_text(server.known_hosts_line())
        connection = connection_to(service.endpoint, with_key(server.endpoint, server.user, key.path))
        with stage(known_hosts) as running:
            go_round(running, connection)
            files, threads = open_files(), running_threads()
            for _ in range(ROUNDS):
                go_round(running, connection)
            assert leaked_since(threads) == []
            wait_until(lambda: service.connected == 0)
            assert open_files() <= files
        server.expect_logins(ROUNDS + 1)


def test_failed_logins_leave_no_thread_and_no_socket(tmp_path: Path) -> None:
    with FaultyBastion() as bastion:
        known_hosts = tmp_path / "known_hosts"
        known_hosts.write_text(f"[{bastion.endpoint.host}]:{bastion.endpoint.port} {bastion.host_key}\n")
        connection = connection_to(refusing_endpoint(), with_password(bastion.endpoint, bastion.user))
        with stage(known_hosts, {SecretKind.SSH_PASSWORD: "wrong"}) as running:
            fail(running, connection, bastion)
            files, threads = open_files(), running_threads()
            for _ in range(ROUNDS):
                fail(running, connection, bastion)
            assert leaked_since(threads) == []
            assert open_files() <= files
        assert bastion.counts.attempts == {"password": ROUNDS + 1}


def go_round(running: Stage, connection: Connection) -> None:
    with client_of(running.bring_up(connection)) as client:
        assert answer(client, b"round and round") == b"round and round"
    switch_off(running, connection)


def fail(running: Stage, connection: Connection, bastion: FaultyBastion) -> None:
    running.engine.put(connection)
    running.engine.connect(connection.id)
    running.wait_for(connection, lambda now: now.state == "failed")
    switch_off(running, connection)
    wait_until(lambda: bastion.sessions == 0)


def switch_off(running: Stage, connection: Connection) -> None:
    running.engine.disconnect(connection.id)
    running.wait_for(connection, lambda now: now.state == "off")
