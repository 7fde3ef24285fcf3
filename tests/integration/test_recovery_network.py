"""The laptop's network changes, or goes away for a while."""

from __future__ import annotations

import time

import psutil
import pytest

from tests.support.lab import faults
from tests.support.lab.clients import first_byte
from tests.support.lab.hosts import Lab
from tests.support.local_clients import answer, receive
from tests.support.netns import needs_namespaces
from tests.support.waiting import wait_until

pytestmark = needs_namespaces

SOON_S = 10.0
CUT_S = 4.0
BLIP_S = 2.0
MEMORY_BYTES = 8 * 1024 * 1024


def test_a_new_client_is_answered_after_a_change_of_address(lab: Lab) -> None:
    with lab.up("orders") as running:
        faults.change_address(lab)
        found = first_byte(lab, running.port(), SOON_S)
    assert (found.refused, found.reset) == (0, 0)
    lab.server.expect_logins(2)


def test_an_open_client_is_reset_when_its_address_is_gone(lab: Lab) -> None:
    with lab.up("orders") as running, lab.client(running.port()) as client:
        assert answer(client, b"before") == b"before"
        faults.change_address(lab)
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_a_new_client_is_answered_after_a_cut(lab: Lab) -> None:
    with lab.up("orders") as running:
        with faults.cut(lab):
            time.sleep(CUT_S)
        found = first_byte(lab, running.port(), SOON_S)
    assert (found.refused, found.reset) == (0, 0)


@pytest.mark.parametrize("fault", [faults.cut, faults.unplugged])
def test_a_blip_keeps_the_session_and_its_client(lab: Lab, fault: faults.Fault) -> None:
    with lab.up("orders") as running, lab.client(running.port()) as client:
        assert answer(client, b"before") == b"before"
        with fault(lab):
            client.sendall(b"during, ")
            time.sleep(BLIP_S)
        client.sendall(b"after")
        assert receive(client, 13) == b"during, after"
        wait_until(lambda: running.events[-1]["state"] == "up")
        assert answer(client, b"later") == b"later"
    lab.server.expect_logins(1)


def test_many_network_changes_leave_nothing_behind(lab: Lab) -> None:
    with lab.up("orders") as running:
        assert first_byte(lab, running.port(), SOON_S).refused == 0
        program = psutil.Process(running.pid)
        before, memory_before = _used(program), program.memory_info().rss
        faults.flap(lab, changes=10, within_s=5.0)
        assert first_byte(lab, running.port(), SOON_S).refused == 0
        wait_until(lambda: _used(program) == before, timeout_s=20.0)
        assert program.memory_info().rss - memory_before < MEMORY_BYTES
        assert running.events[-1]["state"] == "up"


def _used(program: psutil.Process) -> tuple[int, int]:
    """Threads, and open files with sockets among them."""
    return program.num_threads(), program.num_fds()
