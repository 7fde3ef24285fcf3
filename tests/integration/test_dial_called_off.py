"""A dial that nobody wants any more ends at once, however far it got, and one whose path dies ends at its deadline."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.core.errors import Offline
from desktop.core.model import CONFIGURED_PORT, Auth, AuthMethod, Endpoint, Hop, SecretKind
from desktop.core.plan import plan_of
from desktop.core.ports import Planner
from desktop.ssh import hop_connection
from desktop.ssh import session as module
from desktop.ssh_config.chain import Chains
from desktop.ssh_config.plan import ConfigPlanner
from tests.support.bastion import FaultyBastion, Welcome
from tests.support.dialling import bastion as bastion
from tests.support.dialling import dialling
from tests.support.dialling import known_hosts as known_hosts
from tests.support.full_server import FullServer
from tests.support.full_server import full_server as full_server
from tests.support.names import HangingNames
from tests.support.names import hanging_names as hanging_names
from tests.support.stage import Outcome, with_password
from tests.support.waiting import wait_until

# Far below every deadline of a dial, far above what a loaded computer needs.
AT_ONCE_S = 3.0
WHY = Offline().cause
SECRETS = {SecretKind.SSH_PASSWORD: FaultyBastion.password}


def hop(bastion: FaultyBastion) -> Hop:
    return with_password(bastion.endpoint, bastion.user)


def is_called_off(
    hop: Hop,
    known_hosts: Path,
    once: Callable[[Outcome], None],
    *,
    beside: bool = False,
    planner: Planner = plan_of,
) -> None:
    """Dial, wait for `once`, abort."""
    with dialling(hop, known_hosts, SECRETS, beside=beside, planner=planner) as (session, outcome):
        once(outcome)
        aborted = time.monotonic()
        session.abort(WHY)
        outcome.wait_for_end()
        assert time.monotonic() - aborted < AT_ONCE_S
        assert outcome.cause == WHY


@pytest.mark.skipif(sys.platform == "win32", reason="no such command runs there")
def test_while_a_command_of_the_configuration_runs(known_hosts: Path, tmp_path: Path) -> None:
    config, mark = tmp_path / "config", tmp_path / "runs"
    config.write_text(f'Match exec "touch {mark}; sleep 60"\n  User me\n')
    config.chmod(0o600)
    planner = ConfigPlanner(Chains(str(config)))
    alias = Hop("gate", "", CONFIGURED_PORT, Auth(AuthMethod.SSH_CONFIG))
    is_called_off(alias, known_hosts, lambda _: wait_until(mark.exists), planner=planner)


def test_while_the_name_is_looked_up(known_hosts: Path, hanging_names: HangingNames) -> None:
    nowhere = Hop("bastion.example", "me")
    is_called_off(nowhere, known_hosts, lambda _: wait_until(lambda: hanging_names.waiting == 1))


def test_while_the_host_does_not_answer(known_hosts: Path, full_server: FullServer) -> None:
    silent = with_password(full_server.endpoint, "me")
    is_called_off(silent, known_hosts, lambda _: full_server.wait_for_a_knock())


def test_while_the_banner_is_awaited(known_hosts: Path, bastion: FaultyBastion) -> None:
    bastion.welcome = Welcome.SILENCE
    is_called_off(hop(bastion), known_hosts, Outcome.wait_until_reached)


def test_while_keys_are_exchanged(known_hosts: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        at = Endpoint("127.0.0.1", listener.getsockname()[1])

        def said_its_banner(_outcome: Outcome) -> None:
            client, _ = listener.accept()
            clients.append(client)
            client.sendall(b"SSH-2.0-Banner_only\r\n")
            assert client.recv(4) == b"SSH-"

        clients: list[socket.socket] = []
        is_called_off(with_password(at, "me"), known_hosts, said_its_banner)
        for client in clients:
            client.close()


def test_while_an_older_session_has_its_chance(
    known_hosts: Path, bastion: FaultyBastion, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def for_ever(silent_s: float) -> float:
        asked.append(silent_s)
        return 60.0

    monkeypatch.setattr(module, "chance_for_older_s", for_ever)
    is_called_off(hop(bastion), known_hosts, lambda _: wait_until(lambda: bool(asked)), beside=True)
    assert not bastion.counts.attempts


def test_while_the_login_is_not_answered(known_hosts: Path, bastion: FaultyBastion) -> None:
    bastion.freezes_at_login = True
    is_called_off(hop(bastion), known_hosts, lambda _: bastion.wait_for(lambda counts: bool(counts.attempts)))


def test_a_login_without_an_answer_ends_at_its_deadline(
    known_hosts: Path, bastion: FaultyBastion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hop_connection, "LOGIN_TIMEOUT_S", 0.3)
    bastion.freezes_at_login = True
    with dialling(hop(bastion), known_hosts, SECRETS) as (_, outcome):
        assert not outcome.logged_in()
        assert outcome.cause is not None
        assert (outcome.cause.code, outcome.cause.fact("stage")) == ("bastion_timeout", "login")
    assert bastion.counts.attempts == {"password": 1}


def test_nobody_is_kept_waiting_where_there_is_no_older_session(
    known_hosts: Path, bastion: FaultyBastion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "chance_for_older_s", lambda _silent_s: 60.0)
    with dialling(hop(bastion), known_hosts, SECRETS) as (_, outcome):
        assert outcome.logged_in(), outcome.cause


def test_a_login_beside_an_older_session_goes_on_after_its_chance(
    known_hosts: Path, bastion: FaultyBastion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "chance_for_older_s", lambda _silent_s: 0.2)
    with dialling(hop(bastion), known_hosts, SECRETS, beside=True) as (_, outcome):
        assert outcome.logged_in(), outcome.cause
