"""The bastion's server ends, hangs, or does not know a password any more."""

from __future__ import annotations

import contextlib
import subprocess
import time
from pathlib import Path

import pytest

from desktop.core.model import SecretKind
from tests.support.lab import faults
from tests.support.lab.clients import first_byte
from tests.support.lab.hosts import BASTION, WAREHOUSE, Lab
from tests.support.local_clients import answer, receive
from tests.support.netns import needs_namespaces
from tests.support.stage import connection_to, stage, with_password
from tests.support.system_user import throw_away_user

pytestmark = needs_namespaces

SOON_S = 10.0
DOWN_S = 3.0


def test_a_waiting_client_is_answered_when_the_server_is_back(lab: Lab) -> None:
    with lab.up("orders") as running, contextlib.ExitStack() as during:
        with faults.server_down(lab):
            running.wait_until(lambda event: event["state"] != "up")
            client = during.enter_context(lab.client(running.port()))
            client.sendall(b"anybody?")
            time.sleep(DOWN_S)
        client.settimeout(SOON_S)
        assert receive(client, 8) == b"anybody?"


def test_a_frozen_session_is_replaced_while_a_client_waits_for_data(lab: Lab) -> None:
    with lab.up("orders") as running, lab.client(running.port()) as client:
        assert answer(client, b"before") == b"before"
        running.wait_for(state="up")
        with lab.server.frozen(listener=False):
            client.sendall(b"anybody?")
            running.wait_until(lambda event: event["state"] == "connecting", SOON_S)
            with pytest.raises(ConnectionResetError):
                client.recv(1)
            assert first_byte(lab, running.port(), SOON_S).reset == 0
    lab.server.expect_logins(2)


def test_a_frozen_server_is_noticed_and_forgiven(lab: Lab) -> None:
    with lab.up("orders") as running, lab.client(running.port()) as client:
        assert answer(client, b"before") == b"before"
        running.wait_for(state="up")
        with lab.server.frozen(listener=True):
            client.sendall(b"anybody?")
            running.wait_until(lambda event: event["state"] != "up", SOON_S)
        running.wait_for(state="up", timeout_s=SOON_S)
        assert first_byte(lab, running.port(), SOON_S).refused == 0


def test_a_password_that_ended_during_an_outage_is_tried_once(lab: Lab, tmp_path: Path) -> None:
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(lab.server.known_hosts_line())
    with throw_away_user() as user, lab.laptop.inside():
        connection = connection_to(WAREHOUSE, with_password(BASTION, user.name))
        with stage(known_hosts, {SecretKind.SSH_PASSWORD: user.password}) as running:
            local = running.bring_up(connection)
            with contextlib.ExitStack() as during:
                with faults.server_down(lab):
                    running.wait_for(connection, lambda now: now.state != "up")
                    client = during.enter_context(lab.client(local.port))
                    _change_password(user.name)
                with pytest.raises(ConnectionResetError):
                    client.recv(1)
            failed = running.wait_for(connection, lambda now: now.state == "failed")
            with pytest.raises(ConnectionResetError), lab.client(local.port) as late:
                late.recv(1)
    assert failed.cause is not None
    assert failed.cause.code == "auth_rejected"
    lab.server.expect_failures(1)


def _change_password(user: str) -> None:
    subprocess.run(["chpasswd"], input=f"{user}:another one\n", text=True, check=True)
