"""A password that PAM asks for is typed once: kept when it has let us in, asked for again when it was refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.challenge import Challenge
from desktop.core.model import Auth, AuthMethod, Connection, Hop, SecretKind
from tests.support.echo import TcpService
from tests.support.otp_server import PASSWORD, Token, otp_is_missing, otp_server
from tests.support.sshd import OpenSshServer
from tests.support.stage import Stage, connection_to, stage
from tests.support.system_user import SystemUser

pytestmark = [
    pytest.mark.skipif(bool(otp_is_missing()), reason=otp_is_missing()),
    pytest.mark.usefixtures("ssh_kind"),
]


@pytest.fixture(scope="module")
def server(system_user: SystemUser) -> Iterator[OpenSshServer]:
    with otp_server(system_user, Token(), asks=[PASSWORD]) as running:
        yield running


@pytest.fixture
def running(server: OpenSshServer, tmp_path: Path) -> Iterator[Stage]:
    known_hosts = tmp_path / "known_hosts of the one that asks"
    known_hosts.write_text(server.known_hosts_line())
    with stage(known_hosts) as running:
        yield running


@pytest.fixture
def connection(server: OpenSshServer, service: TcpService) -> Connection:
    hop = Hop(server.endpoint.host, server.user, server.endpoint.port, Auth(AuthMethod.INTERACTIVE))
    return connection_to(service.endpoint, hop)


def asked(running: Stage, connection: Connection) -> Challenge:
    running.engine.put(connection)
    running.engine.connect(connection.id)
    challenge = running.wait_for(connection, lambda now: now.challenge is not None).challenge
    assert challenge is not None
    assert challenge.wants_password
    return challenge


def kept(running: Stage, connection: Connection) -> str | None:
    return running.keyring.get(connection.id, SecretKind.SSH_PASSWORD).result()


def test_a_remembered_password_reconnects_without_a_question(
    running: Stage, server: OpenSshServer, connection: Connection, system_user: SystemUser
) -> None:
    logins = server.count_logins()
    number = asked(running, connection).number
    running.engine.answer_challenge(connection.id, number, [system_user.password], remember=True)
    running.wait_for(connection, lambda now: now.state == "up")
    assert kept(running, connection) == system_user.password
    server.drop_sessions()
    running.wait_for(connection, lambda now: now.state == "up" and server.count_logins() == logins + 2)


def test_a_refused_password_is_asked_for_again_and_kept_nowhere(
    running: Stage, server: OpenSshServer, connection: Connection, system_user: SystemUser
) -> None:
    number = asked(running, connection).number
    running.engine.answer_challenge(connection.id, number, ["wrong"], remember=True)
    failed = running.wait_for(connection, lambda now: now.state == "failed")
    assert failed.cause is not None
    assert (failed.cause.code, failed.cause.fact("method")) == ("auth_rejected", "password")
    assert kept(running, connection) is None
    again = asked(running, connection)
    assert again.number != number
    running.engine.answer_challenge(connection.id, again.number, [system_user.password])
    running.wait_for(connection, lambda now: now.state == "up")
    # Not in the keyring, and good until the end of this run all the same.
    assert kept(running, connection) is None
    running.engine.disconnect(connection.id)
    running.wait_for(connection, lambda now: now.state == "off")
    running.engine.connect(connection.id)
    running.wait_for(connection, lambda now: now.state == "up")


def test_a_saved_password_that_was_changed_is_tried_once_and_replaced_by_the_answer(
    running: Stage, server: OpenSshServer, connection: Connection, system_user: SystemUser
) -> None:
    running.keyring.set(connection.id, SecretKind.SSH_PASSWORD, "of last month")
    connections = server.count_connections()
    running.engine.put(connection)
    running.engine.connect(connection.id)
    failed = running.wait_for(connection, lambda now: now.state == "failed")
    assert failed.cause is not None
    assert (failed.cause.code, failed.cause.fact("method")) == ("auth_rejected", "password")
    assert server.count_connections() == connections + 1
    kind = SecretKind.SSH_PASSWORD
    running.engine.provide_secret(connection.id, kind, system_user.password, remember=True)
    running.wait_for(connection, lambda now: now.state == "up")
    assert kept(running, connection) == system_user.password
