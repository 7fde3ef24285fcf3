"""Many programs use the port while the bastion is away."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest

from tests.support.lab import faults
from tests.support.lab.clients import crowd, first_byte
from tests.support.lab.hosts import BASTION, WAREHOUSE, Lab
from tests.support.netns import needs_namespaces
from tests.support.stage import connection_to, stage, with_key

pytestmark = needs_namespaces

SOON_S = 10.0
CUT_S = 4.0
PARKED_S = 1.0
NAMES = tuple(f"orders {number}" for number in range(50))


def test_of_two_hundred_clients_in_an_outage_each_gets_its_answer(lab: Lab) -> None:
    with lab.up("orders") as running, contextlib.ExitStack() as during:
        with faults.cut(lab):
            waiting = during.enter_context(crowd(lab, running.port(), size=200))
            time.sleep(CUT_S)
        assert waiting.count_answered() == 200


def test_clients_of_an_outage_beyond_the_parking_time_are_reset(lab: Lab, tmp_path: Path) -> None:
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(lab.server.known_hosts_line())
    connection = connection_to(WAREHOUSE, with_key(BASTION, lab.server.user, lab.key.path))
    with lab.laptop.inside(), stage(known_hosts, park_timeout_s=PARKED_S) as running:
        local = running.bring_up(connection)
        lab.server.stop()
        running.wait_for(connection, lambda now: now.state != "up")
        with lab.client(local.port) as client, pytest.raises(ConnectionResetError):
            client.recv(1)


def test_fifty_connections_share_one_login_before_and_after_a_change_of_address(lab: Lab) -> None:
    with lab.up(*NAMES) as running:
        lab.server.expect_logins(1)
        faults.change_address(lab)
        for name in NAMES:
            found = first_byte(lab, running.port(name), SOON_S)
            assert (found.refused, found.reset) == (0, 0)
    lab.server.expect_logins(2)


def test_fifty_connections_keep_their_session_over_a_blip(lab: Lab) -> None:
    with lab.up(*NAMES) as running, contextlib.ExitStack() as during:
        ports = [running.port(name) for name in NAMES]
        with faults.unplugged(lab):
            waiting = during.enter_context(crowd(lab, *ports, size=100))
            time.sleep(1.0)
        assert waiting.count_answered() == 100
    lab.server.expect_logins(1)
