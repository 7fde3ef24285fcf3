"""Passwords, right and wrong: a wrong one is tried once, and then a person has to say something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import SecretKind
from tests.support.bastion import FaultyBastion
from tests.support.echo import refusing_endpoint
from tests.support.sshd import OpenSshServer
from tests.support.stage import attempt, connection_to, stage, with_password
from tests.support.system_user import SystemUser


@pytest.fixture
def server(system_user: SystemUser) -> Iterator[OpenSshServer]:
    if not system_user.password:
        pytest.skip("only root can make a user with a known password")
    with OpenSshServer(user=system_user.name) as running:
        yield running


@pytest.fixture
def known_hosts(tmp_path: Path) -> Path:
    return tmp_path / "known_hosts"


def trust(known_hosts: Path, bastion: FaultyBastion) -> None:
    known_hosts.write_text(f"[{bastion.endpoint.host}]:{bastion.endpoint.port} {bastion.host_key}\n")


def test_a_password_logs_in(server: OpenSshServer, system_user: SystemUser, known_hosts: Path) -> None:
    known_hosts.write_text(server.known_hosts_line())
    secrets = {SecretKind.SSH_PASSWORD: system_user.password}
    with attempt(with_password(server.endpoint, server.user), known_hosts, secrets) as outcome:
        assert outcome.logged_in(), outcome.cause
    server.expect_logins(1, "password")


def test_a_bastion_that_asks_its_own_question_gets_the_password(known_hosts: Path) -> None:
    with FaultyBastion(methods=["keyboard-interactive"]) as bastion:
        trust(known_hosts, bastion)
        secrets = {SecretKind.SSH_PASSWORD: bastion.password}
        with attempt(with_password(bastion.endpoint, bastion.user), known_hosts, secrets) as outcome:
            assert outcome.logged_in(), outcome.cause
    assert bastion.counts.attempts["keyboard-interactive"] == 1


def test_a_wrong_answer_to_its_question_is_given_once(known_hosts: Path) -> None:
    with FaultyBastion(methods=["keyboard-interactive"]) as bastion:
        trust(known_hosts, bastion)
        secrets = {SecretKind.SSH_PASSWORD: "wrong"}
        with attempt(with_password(bastion.endpoint, bastion.user), known_hosts, secrets) as outcome:
            assert not outcome.logged_in()
    assert outcome.cause is not None
    assert outcome.cause.code == "auth_rejected"
    assert bastion.counts.attempts["keyboard-interactive"] == 1


def test_a_bastion_that_takes_keys_only_says_so_and_sees_no_password(known_hosts: Path) -> None:
    with FaultyBastion(methods=["publickey"]) as bastion:
        trust(known_hosts, bastion)
        secrets = {SecretKind.SSH_PASSWORD: bastion.password}
        with attempt(with_password(bastion.endpoint, bastion.user), known_hosts, secrets) as outcome:
            assert not outcome.logged_in()
    assert outcome.cause is not None
    assert (outcome.cause.code, outcome.cause.fact("offered")) == ("auth_method_missing", "publickey")


def test_a_refused_password_waits_for_a_better_one(known_hosts: Path) -> None:
    with FaultyBastion() as bastion, stage(known_hosts, {SecretKind.SSH_PASSWORD: "wrong"}) as running:
        trust(known_hosts, bastion)
        connection = connection_to(refusing_endpoint(), with_password(bastion.endpoint, bastion.user))
        running.engine.put(connection)
        running.engine.connect(connection.id)
        failed = running.wait_for(connection, lambda now: now.state == "failed")
        assert failed.cause is not None
        assert failed.cause.code == "auth_rejected"
        assert bastion.counts.attempts == {"password": 1}
        password = SecretKind.SSH_PASSWORD
        running.engine.provide_secret(connection.id, password, bastion.password, remember=False)
        running.wait_for(connection, lambda now: now.state == "up")
        assert bastion.counts.attempts == {"password": 2}
