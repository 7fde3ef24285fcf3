"""Jump hosts that let us in and no further."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import Endpoint, Hop, Route, SecretKind
from desktop.core.plan import login_of
from desktop.ssh import hop_connection
from desktop.wording.messages import advice, title
from tests.support.bastion import FaultyBastion, ForwardAnswer
from tests.support.dialling import bastion as bastion
from tests.support.dialling import dialling
from tests.support.dialling import known_hosts as known_hosts
from tests.support.echo import source
from tests.support.keys import KeyFile
from tests.support.sshd import OpenSshServer
from tests.support.stage import Secrets, with_key, with_password
from tests.support.system_user import SystemUser

BEHIND = Hop("warehouse-gate.internal", "me")
pytestmark = pytest.mark.usefixtures("ssh_kind")


@pytest.fixture
def server(key: KeyFile, system_user: SystemUser) -> Iterator[OpenSshServer]:
    with OpenSshServer("AllowTcpForwarding no", user=system_user.name, keys=[key]) as running:
        yield running


def test_a_jump_host_that_may_not_forward_is_named_with_its_setting(
    server: OpenSshServer, key: KeyFile, tmp_path: Path
) -> None:
    known_hosts = tmp_path / "trusted"
    known_hosts.write_text(server.known_hosts_line())
    jump = with_key(server.endpoint, server.user, key.path)
    behind = with_key(Endpoint(BEHIND.host, BEHIND.port), BEHIND.user, key.path)
    with dialling(Route((jump, behind)), known_hosts) as (_, outcome):
        assert not outcome.logged_in()
    cause = outcome.cause
    assert cause is not None
    assert (cause.code, cause.fact("hop"), cause.retryable) == ("jump_refused", "1", False)
    assert title(cause) == f"{jump.host} does not let you go on to {BEHIND.host}"
    assert "AllowTcpForwarding" in advice(cause)
    server.expect_logins(1)


def through(bastion: FaultyBastion, behind: Endpoint) -> tuple[Route, Secrets]:
    """By passwords. That of the last hop has no name of its own."""
    jump = with_password(bastion.endpoint, bastion.user)
    secrets: dict[SecretKind | tuple[SecretKind, str], str] = {
        (SecretKind.SSH_PASSWORD, login_of(jump)): bastion.password,
        SecretKind.SSH_PASSWORD: "never used",
    }
    return Route((jump, with_password(behind, "me"))), secrets


def test_a_jump_host_that_never_answers_is_given_up_on(
    bastion: FaultyBastion, known_hosts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hop_connection, "CONNECT_TIMEOUT_S", 0.3)
    bastion.forward_answer = ForwardAnswer.NOTHING
    route, secrets = through(bastion, BEHIND.endpoint)
    with dialling(route, known_hosts, secrets) as (_, outcome):
        assert not outcome.logged_in()
    cause = outcome.cause
    assert cause is not None
    assert (cause.code, cause.fact("trouble"), cause.retryable) == ("jump_unreachable", "timeout", True)


def test_a_hop_behind_a_jump_host_has_all_the_time_that_its_own_limit_leaves(
    bastion: FaultyBastion, known_hosts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hop_connection, "CONNECT_TIMEOUT_S", 0.8)
    monkeypatch.setattr("desktop.ssh.patience.OPEN_TIMEOUT_S", 0.1)
    bastion.forward_answer = ForwardAnswer.NOTHING
    route, secrets = through(bastion, BEHIND.endpoint)
    with dialling(route, known_hosts, secrets) as (_, outcome):
        bastion.wait_for(lambda counts: counts.forwards > 0)
        asked = time.monotonic()
        assert not outcome.logged_in()
        # A moment may pass between the question and our sight of it.
        assert time.monotonic() - asked > 0.4
    cause = outcome.cause
    assert cause is not None
    assert (cause.code, cause.fact("trouble")) == ("jump_unreachable", "timeout")


def test_a_name_that_the_jump_host_does_not_know_is_told_as_such(
    key: KeyFile, system_user: SystemUser, tmp_path: Path
) -> None:
    trusted = tmp_path / "trusted"
    with OpenSshServer(user=system_user.name, keys=[key]) as jump_host:
        trusted.write_text(jump_host.known_hosts_line())
        jump = with_key(jump_host.endpoint, jump_host.user, key.path)
        behind = with_key(Endpoint("nowhere.invalid", 22), "me", key.path)
        with dialling(Route((jump, behind)), trusted) as (_, outcome):
            assert not outcome.logged_in()
    cause = outcome.cause
    assert cause is not None
    assert (cause.code, cause.fact("trouble")) == ("jump_unreachable", "name")
    assert title(cause) == f"{jump.host} does not find the name nowhere.invalid"


def test_a_jump_host_that_is_lost_meanwhile_is_what_is_told(
    bastion: FaultyBastion, known_hosts: Path
) -> None:
    bastion.forward_answer = ForwardAnswer.NOTHING
    route, secrets = through(bastion, BEHIND.endpoint)
    with dialling(route, known_hosts, secrets) as (_, outcome):
        bastion.wait_for(lambda counts: counts.forwards > 0)
        bastion.drop()
        assert not outcome.logged_in()
    cause = outcome.cause
    assert cause is not None
    assert (cause.code, cause.fact("hop"), cause.fact("host")) == ("peer_lost", "0", bastion.endpoint.host)


def test_while_the_jump_host_is_asked_the_chain_can_be_called_off(
    bastion: FaultyBastion, known_hosts: Path
) -> None:
    bastion.forward_answer = ForwardAnswer.NOTHING
    route, secrets = through(bastion, BEHIND.endpoint)
    with dialling(route, known_hosts, secrets) as (session, outcome):
        bastion.wait_for(lambda counts: counts.forwards > 0)
        session.abort()
        assert not outcome.logged_in()
    assert outcome.cause is None


def test_what_is_no_ssh_server_behind_a_jump_host_is_told_so(
    bastion: FaultyBastion, known_hosts: Path
) -> None:
    with source(100) as behind:
        route, secrets = through(bastion, behind.endpoint)
        with dialling(route, known_hosts, secrets) as (_, outcome):
            assert not outcome.logged_in()
    cause = outcome.cause
    assert cause is not None
    assert (cause.code, cause.fact("hop")) == ("not_ssh", "1")
