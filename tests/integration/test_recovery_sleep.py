"""The laptop sleeps and wakes; logind tells, as it does on a computer of one's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.lab import faults
from tests.support.lab.clients import first_byte
from tests.support.lab.hosts import Lab
from tests.support.local_clients import answer
from tests.support.logind import Logind, private_logind
from tests.support.netns import needs_namespaces
from tests.support.system_bus import needs_dbus

pytestmark = [needs_namespaces, needs_dbus]

SOON_S = 10.0


@pytest.fixture
def logind(monkeypatch: pytest.MonkeyPatch) -> Iterator[Logind]:
    """What a program that starts after this takes for the computer's own."""
    with private_logind() as running:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", running.address)
        yield running


def test_a_session_that_survives_the_sleep_is_kept_with_its_client(logind: Logind, lab: Lab) -> None:
    with lab.up("orders") as running, lab.client(running.port()) as client:
        assert answer(client, b"good night") == b"good night"
        _sleep(logind)
        logind.wake()
        assert first_byte(lab, running.port(), SOON_S).reset == 0
        assert answer(client, b"good morning") == b"good morning"
    lab.server.expect_logins(1)


def test_a_session_that_died_in_the_sleep_is_replaced(logind: Logind, lab: Lab) -> None:
    with lab.up("orders") as running:
        _sleep(logind)
        with faults.sessions_forgotten(lab):
            logind.wake()
            found = first_byte(lab, running.port(), SOON_S)
    assert (found.refused, found.reset) == (0, 0)
    lab.server.expect_logins(2)


def _sleep(logind: Logind) -> None:
    logind.wait_for_lock()
    assert logind.sleep(), "the program held sleep up"
