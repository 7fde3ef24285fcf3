"""What is noted for the next start, while connections are switched on and off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from desktop.app.wanted_again import WantedAgain
from desktop.core.errors import PasswordNeeded
from desktop.core.model import Connection, Endpoint, Forward, Hop, Route, Snapshot, State
from desktop.demo.demo import DEMO_NAME
from desktop.gui.bridge import Bridge
from desktop.gui.connections_model import ConnectionsModel
from desktop.store.paths import Paths
from desktop.store.wanted import WantedFile
from tests.support.logs import LogGuard
from tests.support.standins import StandInTunnels, up

SALES = Connection(
    "Sales", Route((Hop("bastion.example.com", "ada"),)), Forward(Endpoint("db.internal", 5432)), id="sales"
)
ORDERS = replace(SALES, name="Orders", id="orders")
DEMO = replace(SALES, name=DEMO_NAME, id="demo")
ALL = (SALES, ORDERS, DEMO)


class Start:
    """One start of the program, over tunnels that a test plays."""

    def __init__(self, *, again: bool = True) -> None:
        self.file = WantedFile(Paths.from_environment())
        self.tunnels = StandInTunnels(map(Snapshot, ALL))
        self.bridge = Bridge(self.tunnels)
        self.model = ConnectionsModel(self.bridge)
        self.again = WantedAgain(self.file, self.model, self.tunnels)
        self.again.begin(ALL, again=again)

    @property
    def asked(self) -> list[str]:
        """What was connected by itself."""
        return [connection_id for verb, connection_id in self.tunnels.asked if verb == "connect"]

    def tell(self, *snapshots: Snapshot) -> None:
        for snapshot in snapshots:
            self.tunnels.tell(snapshot)
        QApplication.processEvents()

    def noted(self) -> set[str]:
        self.again.flush()
        return set(self.file.load())

    def end(self) -> None:
        self.again.close()
        self.bridge.close()


@pytest.fixture
def start(qapp: QApplication) -> Iterator[Start]:
    first = Start()
    yield first
    first.end()


def test_what_is_switched_on_is_noted_until_it_is_switched_off(start: Start) -> None:
    start.tell(up(SALES), up(ORDERS))
    assert start.noted() == {"sales", "orders"}
    start.tell(Snapshot(SALES, State.CLOSING), Snapshot(SALES))
    assert start.noted() == {"orders"}


@pytest.mark.parametrize("state", [State.CONNECTING, State.WAITING, State.FAILED])
def test_what_fares_badly_is_wanted_all_the_same(start: Start, state: State) -> None:
    start.tell(Snapshot(SALES, state, PasswordNeeded(user="ada", host="bastion", store="").cause))
    assert start.noted() == {"sales"}


def test_a_removed_connection_is_wanted_no_more(start: Start) -> None:
    start.tell(up(SALES))
    start.tunnels.remove(SALES.id)
    QApplication.processEvents()
    assert start.noted() == set()


def test_the_demo_is_never_noted(start: Start) -> None:
    start.tell(up(DEMO), up(SALES))
    assert start.noted() == {"sales"}


def test_an_end_in_order_is_no_disconnect(start: Start) -> None:
    start.tell(up(SALES))
    start.again.close()
    start.tell(Snapshot(SALES))
    assert start.file.load() == {"sales"}


def test_the_next_start_connects_it_again_and_notes_it_still(start: Start) -> None:
    start.tell(up(SALES))
    start.end()
    second = Start()
    assert second.asked == ["sales"]
    # The engine tells of every connection before it has connected any.
    second.tell(Snapshot(SALES), Snapshot(ORDERS))
    assert second.noted() == {"sales"}
    second.tell(up(SALES), Snapshot(SALES))
    assert second.noted() == set()
    second.end()


def test_a_connection_deleted_meanwhile_is_skipped(start: Start) -> None:
    start.file.save({"sales", "deleted meanwhile"})
    second = Start()
    assert second.asked == ["sales"]
    second.end()


def test_a_person_who_does_not_want_that_starts_with_nothing(start: Start) -> None:
    start.tell(up(SALES))
    start.end()
    second = Start(again=False)
    assert second.asked == []
    assert second.noted() == set()
    second.tell(up(ORDERS))
    second.end()
    third = Start()
    assert third.asked == ["orders"]
    third.end()


def test_a_folder_that_can_t_be_written_is_said_in_the_log_and_nothing_else(
    qapp: QApplication, log_guard: LogGuard
) -> None:
    log_guard.expect("can't be noted")
    paths = Paths.from_environment()
    paths.state_dir.parent.mkdir(parents=True)
    paths.state_dir.touch()
    log_guard.expect("is ignored")
    start = Start()
    start.tell(up(SALES))
    assert start.noted() == set()
    start.end()
