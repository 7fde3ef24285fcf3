"""Each thing that can be wrong on the way to a warehouse has a code of its own, at the stage where it shows."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.model import LOOPBACK, Endpoint, Hop, UnixSocket
from desktop.ssh import hop_connection, staged_check
from tests.support.bastion import FaultyBastion, ForwardAnswer, Welcome
from tests.support.checking import Bastion, Checked, Checking
from tests.support.checking import bastion as bastion
from tests.support.checking import checking as checking
from tests.support.echo import echo
from tests.support.full_server import FullServer
from tests.support.full_server import full_server as full_server
from tests.support.keys import make_key
from tests.support.sshd import OpenSshServer
from tests.support.stage import with_key, with_password
from tests.support.system_user import SystemUser

PASSWORD = FaultyBastion.password


@pytest.fixture
def faulty(known_hosts: Path) -> Iterator[FaultyBastion]:
    with FaultyBastion() as running:
        with known_hosts.open("a") as file:
            file.write(f"[{running.endpoint.host}]:{running.endpoint.port} {running.host_key}\n")
        yield running


@pytest.fixture
def known_hosts(bastion: Bastion, tmp_path: Path) -> Path:
    """A test's own, to be spoilt."""
    path = tmp_path / "known_hosts"
    path.write_text(bastion.known_hosts.read_text())
    return path


@pytest.fixture
def spoiling(checking: Checking, known_hosts: Path) -> Checking:
    """Checks that go by the test's own known_hosts."""
    return replace(checking, known_hosts=known_hosts)


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as found:
        return int(found.getsockname()[1])


def outcome(
    checking: Checking, hop: Hop | None = None, target: Endpoint | UnixSocket | None = None
) -> Checked:
    connection = checking.connection(target or Endpoint(LOOPBACK, 9), "other", hop=hop)
    return checking(connection, ssh_password=PASSWORD)


def of_faulty(checking: Checking, faulty: FaultyBastion, target: Endpoint | None = None) -> Checked:
    return outcome(checking, with_password(faulty.endpoint, faulty.user), target)


def test_the_bastions_name_is_not_found(checking: Checking) -> None:
    assert outcome(checking, Hop("bastion.invalid", "me")).failure == ("route", "name_not_found")


def test_the_bastions_port_is_closed(checking: Checking) -> None:
    hop = replace(checking.hop, port=free_port())
    assert outcome(checking, hop).failure == ("route", "bastion_refused")


def test_the_bastion_is_silent(
    checking: Checking, full_server: FullServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hop_connection, "CONNECT_TIMEOUT_S", 0.3)
    hop = replace(checking.hop, port=full_server.endpoint.port)
    assert outcome(checking, hop).failure == ("route", "bastion_timeout")


def test_the_bastion_says_no_word(
    checking: Checking, faulty: FaultyBastion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hop_connection, "HANDSHAKE_TIMEOUT_S", 0.3)
    faulty.welcome = Welcome.SILENCE
    assert of_faulty(checking, faulty).failure == ("ssh", "bastion_timeout")


@pytest.mark.parametrize(
    ("welcome", "code"),
    [
        (Welcome.HTTP, "not_ssh"),
        (Welcome.SHEDDING_ALOUD, "server_shedding"),
    ],
)
def test_something_else_answers_there(
    checking: Checking, faulty: FaultyBastion, welcome: Welcome, code: str
) -> None:
    faulty.welcome = welcome
    assert of_faulty(checking, faulty).failure == ("ssh", code)


def test_no_algorithm_is_common(checking: Checking, system_user: SystemUser) -> None:
    with OpenSshServer("KexAlgorithms diffie-hellman-group1-sha1", user=system_user.name) as server:
        hop = with_password(server.endpoint, server.user)
        assert outcome(checking, hop).failure == ("ssh", "no_common_algorithm")


def test_the_host_key_is_unknown(spoiling: Checking, known_hosts: Path) -> None:
    known_hosts.write_text("")
    assert outcome(spoiling).failure == ("host_key", "host_key_unknown")


def test_the_host_key_changed(spoiling: Checking, known_hosts: Path, tmp_path: Path) -> None:
    other = make_key(tmp_path, name="other").public_line
    known_hosts.write_text(f"[{spoiling.hop.host}]:{spoiling.hop.port} {other}\n")
    done = outcome(spoiling)
    assert done.failure == ("host_key", "host_key_changed")
    assert "administrator" in done.err


def test_the_host_key_is_revoked(spoiling: Checking, known_hosts: Path) -> None:
    known_hosts.write_text(f"{known_hosts.read_text()}@revoked {known_hosts.read_text()}")
    assert outcome(spoiling).failure == ("host_key", "host_key_revoked")


def test_the_login_is_refused(spoiling: Checking, faulty: FaultyBastion) -> None:
    faulty.rejects_logins = True
    assert of_faulty(spoiling, faulty).failure == ("login", "auth_rejected")


def test_the_bastion_takes_no_passwords(spoiling: Checking, faulty: FaultyBastion) -> None:
    faulty.methods = ("publickey",)
    assert of_faulty(spoiling, faulty).failure == ("login", "auth_method_missing")


def test_no_password_is_stored(spoiling: Checking, faulty: FaultyBastion) -> None:
    hop = with_password(faulty.endpoint, faulty.user)
    done = spoiling(spoiling.connection(Endpoint(LOOPBACK, 9), "other", hop=hop))
    assert done.failure == ("login", "password_needed")


def test_the_key_can_not_be_read(checking: Checking, tmp_path: Path) -> None:
    hop = with_key(checking.hop.endpoint, checking.hop.user, tmp_path / "no such key")
    assert outcome(checking, hop).failure == ("login", "key_unreadable")


def test_the_keys_passphrase_is_needed(checking: Checking, tmp_path: Path) -> None:
    key = make_key(tmp_path, passphrase="open sesame")
    hop = with_key(checking.hop.endpoint, checking.hop.user, key.path)
    assert outcome(checking, hop).failure == ("login", "passphrase_needed")


@pytest.mark.parametrize("setting", ["AllowTcpForwarding no", "PermitOpen elsewhere.example.com:5432"])
def test_forwarding_is_not_allowed(
    checking: Checking, known_hosts: Path, system_user: SystemUser, tmp_path: Path, setting: str
) -> None:
    key = make_key(tmp_path)
    with OpenSshServer(setting, user=system_user.name, keys=[key]) as server:
        known_hosts.write_text(server.known_hosts_line())
        spoiled = replace(checking, known_hosts=known_hosts)
        done = outcome(spoiled, with_key(server.endpoint, server.user, key.path))
    assert done.failure == ("forward", "forward_prohibited")
    assert setting.split()[0] in done.err


def test_the_bastion_does_not_know_the_warehouses_name(checking: Checking) -> None:
    done = outcome(checking, target=Endpoint("warehouse.invalid", 5432))
    assert done.failure == ("warehouse", "warehouse_name_not_found")


def test_nothing_listens_at_the_warehouse(checking: Checking) -> None:
    assert outcome(checking, target=Endpoint(LOOPBACK, free_port())).failure == (
        "warehouse",
        "warehouse_refused",
    )


def test_a_warehouses_socket_is_not_there(checking: Checking) -> None:
    done = outcome(checking, target=UnixSocket("/nowhere/.s.PGSQL.5432"))
    assert done.failure == ("warehouse", "warehouse_refused")


def test_the_warehouse_is_silent(
    checking: Checking, full_server: FullServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staged_check, "OPEN_TIMEOUT_S", 0.3)
    done = outcome(checking, target=full_server.endpoint)
    assert done.failure == ("warehouse", "warehouse_timeout")
    assert "firewall" in done.err


def test_the_bastion_can_not_connect(spoiling: Checking, faulty: FaultyBastion) -> None:
    faulty.forward_answer = ForwardAnswer.CONNECT_FAILED
    assert of_faulty(spoiling, faulty).failure == ("warehouse", "warehouse_refused")


def test_without_a_fault_all_is_well(checking: Checking) -> None:
    with echo() as service:
        done = outcome(checking, target=service.endpoint)
    assert done.well
    assert [stage["stage"] for stage in done.stages][:6] == [
        *("route", "ssh", "host_key", "login"),
        *("forward", "warehouse"),
    ]
    assert all("note" not in stage for stage in done.stages[:6])
