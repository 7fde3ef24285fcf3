"""Checks without a bastion, of connections that are direct and of those that could be; and checks that are stopped."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.compose import direct_look
from desktop.compose.check import BackgroundChecks
from desktop.compose.check_parts import CheckParts
from desktop.core.check import Stage
from desktop.core.model import DIRECT, LOOPBACK, Connection, Endpoint, Forward
from desktop.core.plan import plan_of
from desktop.ssh.known_hosts import KnownHosts
from tests.support.bastion import FaultyBastion, Welcome
from tests.support.checking import Checking
from tests.support.checking import bastion as bastion
from tests.support.checking import checking as checking
from tests.support.echo import TcpService, echo
from tests.support.keys import KeyFile
from tests.support.mariadb import MariaDb
from tests.support.postgres_server import Postgres
from tests.support.program import must, run
from tests.support.sshd import OpenSshServer
from tests.support.stage import StandInSource, connection_to, with_key, with_password
from tests.support.system_user import SystemUser, is_root
from tests.support.waiting import wait_until


def direct(target: Endpoint, kind: str = "postgresql") -> Connection:
    return Connection("near", DIRECT, Forward(target), kind=kind, warehouse_user="analyst", database="shop")


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as found:
        return int(found.getsockname()[1])


def parts(checking: Checking) -> CheckParts:
    return CheckParts(lambda _id: StandInSource({}), KnownHosts(checking.known_hosts), plan_of)


def test_a_direct_connection_is_walked_from_this_computer(
    checking: Checking, postgres_server: Postgres, mariadb_server: MariaDb
) -> None:
    for server, kind in ((postgres_server, "postgresql"), (mariadb_server, "mariadb")):
        done = checking(direct(server.endpoint, kind), server.password)
        assert done.well, done.err
        assert done.stages[0]["stage"] == "warehouse"
        assert "directly" in done.stages[0]["detail"]


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("warehouse.invalid", "warehouse_name_not_found"),
        (LOOPBACK, "warehouse_refused"),
    ],
)
def test_a_direct_connection_says_what_is_wrong_from_here(checking: Checking, host: str, code: str) -> None:
    done = checking(direct(Endpoint(host, free_port())))
    assert done.failure == ("warehouse", code)


def test_what_answers_from_here_too_is_not_taken_for_the_warehouse(
    checking: Checking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct_look, "may_be_reached", lambda _connection: True)
    with echo() as service:
        done = checking(checking.connection(service.endpoint, "other"))
    assert done.last["stage"] == "direct"
    assert done.last["ok"]
    assert "may be another computer" in done.last["detail"]


def test_the_same_address_everywhere_is_the_warehouse(
    checking: Checking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct_look, "may_be_reached", lambda _connection: True)
    monkeypatch.setattr(direct_look, "is_one_place", lambda _target, _address: True)
    with echo() as service:
        done = checking(checking.connection(service.endpoint, "other"))
    assert "reachable without the bastion" in done.last["detail"]


@pytest.mark.skipif(not is_root(), reason="needs root")
def test_a_name_that_only_the_bastion_knows_needs_the_bastion(
    checking: Checking, known_hosts: Path, system_user: SystemUser, key: KeyFile
) -> None:
    names = {"warehouse.internal": LOOPBACK}
    with OpenSshServer(user=system_user.name, keys=[key], names=names) as server, echo() as service:
        known_hosts.write_text(server.known_hosts_line())
        target = Endpoint("warehouse.internal", service.endpoint.port)
        hop = with_key(server.endpoint, server.user, key.path)
        done = replace(checking, known_hosts=known_hosts)(checking.connection(target, "other", hop=hop))
    assert done.well
    assert (done.last["stage"], done.last["detail"]) == ("direct", "only through the bastion")


def test_a_loopback_target_is_the_bastions_own(checking: Checking) -> None:
    with echo() as service:
        done = checking(checking.connection(service.endpoint, "other"))
    assert all(stage["stage"] != "direct" for stage in done.stages)


def test_the_window_is_told_each_stage_and_the_end_once(checking: Checking) -> None:
    told: queue.SimpleQueue[Stage | None] = queue.SimpleQueue()
    checks = BackgroundChecks(parts(checking))
    with echo() as service:
        checks.start(checking.connection(service.endpoint, "other"), told.put, lambda: told.put(None))
        names = [stage.name for stage in iter(lambda: told.get(timeout=10.0), None)]
    assert names[:2] == ["route", "ssh"]
    checks.close()
    assert told.empty()


def test_a_check_stopped_at_a_silent_bastion_ends_at_once(checking: Checking) -> None:
    with FaultyBastion() as bastion:
        bastion.welcome = Welcome.SILENCE
        connection = connection_to(Endpoint(LOOPBACK, 9), with_password(bastion.endpoint, bastion.user))
        _stop_when(checking, connection, lambda: bastion.counts.tcp_connections == 1)


@pytest.mark.parametrize("is_direct", [False, True], ids=["through the bastion", "directly"])
def test_a_check_stopped_at_a_silent_warehouse_ends_at_once(checking: Checking, is_direct: bool) -> None:
    asked = threading.Event()

    def listen(client: socket.socket) -> None:
        client.recv(1 << 12)
        asked.set()
        client.recv(1)

    with TcpService(listen) as service:
        through = checking.connection(service.endpoint, "postgresql", "analyst")
        connection = direct(service.endpoint) if is_direct else through
        _stop_when(checking, replace(connection, warehouse_user="analyst"), asked.is_set)


def _stop_when(checking: Checking, connection: Connection, is_time: Callable[[], bool]) -> None:
    ended: list[bool] = []
    told: list[Stage] = []
    checks = BackgroundChecks(parts(checking))
    running = checks.start(connection, told.append, lambda: ended.append(True), with_login=True)
    wait_until(is_time)
    running.stop()
    seen = len(told)
    wait_until(lambda: not any(thread.name == "check" for thread in threading.enumerate()))
    running.stop()
    checks.close()
    assert len(told) == seen
    assert not ended


def test_a_report_for_an_administrator_has_the_stages_the_causes_and_no_json() -> None:
    port = free_port()
    must("add", "Near", "--kind", "postgresql", "--direct", f"127.0.0.1:{port}")
    answer = run("check", "Near", "--report")
    assert answer.status == 1
    assert "Check of the connection Near" in answer.out
    assert "(warehouse_refused)" in answer.out
    assert "Likely causes:" in answer.out
    assert answer.err == ""


def test_a_terminal_gets_the_likely_causes_with_the_failure() -> None:
    must("add", "Near", "--kind", "postgresql", "--direct", f"127.0.0.1:{free_port()}")
    answer = run("check", "Near")
    assert "warehouse" in answer.out
    assert "Likely causes:" in answer.err
