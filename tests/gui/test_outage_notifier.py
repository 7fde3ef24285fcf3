from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.errors import AuthRejected, CaptivePortal, Offline, PeerLost
from desktop.core.model import Connection, Endpoint, Forward, Hop, Outage, Route, Snapshot, State
from desktop.core.warehouse_errors import WarehouseChanged
from desktop.gui.bridge import Bridge
from desktop.gui.connections_model import ConnectionsModel
from desktop.gui.outage_notifier import NOTIFY_AFTER_S, QUIET_S, OutageNotifier
from tests.support.standins import StandInTunnels, up

HOST = "bastion.example.com"
ORDERS = Connection("Orders", Route((Hop(HOST, "ada"),)), Forward(Endpoint("db.internal", 5432)), id="orders")
SALES = replace(ORDERS, name="Sales", id="sales")
LOST = PeerLost(host=HOST).cause
WRONG = AuthRejected(user="ada", host=HOST, method="password").cause


def away(connection: Connection, **changes: object) -> Snapshot:
    snapshot = Snapshot(connection, State.WAITING, LOST, attempt=1, outage=Outage(0.0, LOST))
    return replace(snapshot, **changes)  # type: ignore[arg-type]  # names are a test's


class Desk:
    """A notifier whose clock a test moves, and what it told."""

    def __init__(self, *connections: Connection) -> None:
        self.mono = 0.0
        self._rings_at = 0.0
        self.told: list[tuple[str, str]] = []
        self.tunnels = StandInTunnels(up(each) for each in connections)
        self._bridge = Bridge(self.tunnels)
        model = ConnectionsModel(self._bridge)
        self.notifier = OutageNotifier(
            model, lambda heading, text: self.told.append((heading, text)), model, mono=lambda: self.mono
        )
        self._model = model
        QApplication.processEvents()

    def tell(self, *snapshots: Snapshot) -> None:
        for snapshot in snapshots:
            self.tunnels.tell(snapshot)
        QApplication.processEvents()
        self._note_timer()

    def pass_s(self, seconds: float) -> None:
        """Let time pass; the timer rings if it is due."""
        self.mono += seconds
        if self.notifier._timer.isActive() and self._rings_at <= self.mono:
            self.notifier._timer.timeout.emit()
            self._note_timer()

    def _note_timer(self) -> None:
        self._rings_at = self.mono + self.notifier._timer.interval() / 1000

    def headings(self) -> list[str]:
        return [heading for heading, _ in self.told]

    def close(self) -> None:
        self._bridge.close()
        self._model.deleteLater()


@pytest.fixture
def desk(qapp: QApplication) -> Iterator[Desk]:
    desk = Desk(ORDERS, SALES)
    yield desk
    desk.close()


def test_an_outage_that_lasts_is_told_once(desk: Desk) -> None:
    desk.tell(away(ORDERS))
    desk.pass_s(NOTIFY_AFTER_S)
    desk.tell(away(ORDERS, state=State.CONNECTING), away(ORDERS, attempt=2))
    desk.pass_s(10 * QUIET_S)

    assert desk.told == [
        (
            "Orders is interrupted",
            f"The connection to {HOST} was lost. Caponier reconnects by itself as soon as it can.",
        )
    ]


def test_a_short_outage_is_not_told(desk: Desk) -> None:
    desk.tell(away(ORDERS))
    desk.pass_s(NOTIFY_AFTER_S - 0.1)
    desk.tell(up(ORDERS))
    desk.pass_s(60)

    assert desk.told == []
    assert not desk.notifier._timer.isActive()


def test_a_first_attempt_that_fails_is_no_outage(desk: Desk) -> None:
    desk.tell(Snapshot(ORDERS, State.CONNECTING), Snapshot(ORDERS, State.WAITING, LOST, attempt=1))
    desk.pass_s(60)

    assert desk.told == []


def test_several_connections_get_one_message(desk: Desk) -> None:
    desk.tell(away(ORDERS))
    desk.pass_s(2)
    desk.tell(away(SALES))
    desk.pass_s(3)
    desk.pass_s(60)

    assert desk.headings() == ["2 connections are interrupted"]


def test_the_one_that_stays_away_is_told_when_the_first_is_back(desk: Desk) -> None:
    desk.tell(away(ORDERS))
    desk.pass_s(3)
    desk.tell(away(SALES), up(ORDERS))
    desk.pass_s(3)
    assert desk.told == []
    desk.pass_s(2)

    assert desk.headings() == ["Sales is interrupted"]


def test_switching_it_off_takes_the_message_back(desk: Desk) -> None:
    desk.tell(away(ORDERS), away(SALES))
    desk.tell(Snapshot(ORDERS), Snapshot(SALES, State.CLOSING))
    desk.pass_s(60)

    assert desk.told == []


def test_a_connection_that_is_removed_is_not_told(desk: Desk) -> None:
    desk.tell(away(ORDERS))
    desk.tunnels.remove("orders")
    QApplication.processEvents()
    desk.pass_s(60)

    assert desk.told == []


def test_a_network_that_comes_and_goes_is_told_every_few_minutes_at_most(desk: Desk) -> None:
    for _ in range(40):
        desk.tell(away(ORDERS), away(SALES))
        desk.pass_s(NOTIFY_AFTER_S)
        desk.tell(up(ORDERS), up(SALES))
        desk.pass_s(10)

    assert len(desk.told) == 2  # in ten minutes


def test_an_outage_that_outlasts_the_quiet_time_is_told_after_it(desk: Desk) -> None:
    desk.tell(away(ORDERS))
    desk.pass_s(NOTIFY_AFTER_S)
    desk.tell(up(ORDERS), away(ORDERS))
    desk.pass_s(QUIET_S - 1)
    assert len(desk.told) == 1
    desk.pass_s(1)

    assert len(desk.told) == 2


def test_another_connection_does_not_wait_for_the_quiet_time_of_the_first(desk: Desk) -> None:
    desk.tell(away(ORDERS))
    desk.pass_s(NOTIFY_AFTER_S)
    desk.tell(up(ORDERS), away(ORDERS), away(SALES))
    desk.pass_s(NOTIFY_AFTER_S)

    assert desk.headings() == ["Orders is interrupted", "Sales is interrupted"]


def test_a_failure_is_left_to_the_tray_also_after_the_answer(desk: Desk) -> None:
    desk.tell(away(ORDERS))
    desk.pass_s(NOTIFY_AFTER_S - 1)
    desk.tell(away(ORDERS, state=State.FAILED, cause=WRONG))
    desk.pass_s(60)
    desk.tell(away(ORDERS, state=State.CONNECTING, cause=None))
    desk.pass_s(60)

    assert desk.told == []


def test_who_looks_at_a_window_of_ours_is_not_told(desk: Desk, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)

    desk.tell(away(ORDERS))
    desk.pass_s(NOTIFY_AFTER_S)
    window.hide()
    desk.pass_s(10 * QUIET_S)

    assert desk.told == []


def test_a_menu_that_is_closed_at_once_is_not_looked_at(desk: Desk, qtbot: QtBot) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addAction("Quit")
    menu.popup(QPoint(0, 0))
    menu.hide()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is menu)

    desk.tell(away(ORDERS))
    desk.pass_s(NOTIFY_AFTER_S)

    assert desk.headings() == ["Orders is interrupted"]


def test_a_sign_in_page_is_told_with_what_to_do(desk: Desk) -> None:
    portal = CaptivePortal().cause
    desk.tell(away(ORDERS, cause=portal))
    desk.pass_s(NOTIFY_AFTER_S)

    assert "sign-in page" in desk.told[0][1]


def test_a_heading_and_a_text_fit_a_message_of_windows(desk: Desk) -> None:
    """64 and 256 characters, with their ends (NOTIFYICONDATAW)."""
    for cause in (Offline().cause, LOST, CaptivePortal().cause):
        desk.told.clear()
        desk.mono += QUIET_S
        desk.tell(up(ORDERS), away(ORDERS, cause=cause))
        desk.pass_s(NOTIFY_AFTER_S)
        assert len(desk.told[0][0]) < 64
        assert len(desk.told[0][1]) < 256


def test_the_timer_rings_by_itself(qapp: QApplication, qtbot: QtBot) -> None:
    tunnels = StandInTunnels([up(ORDERS)])
    bridge = Bridge(tunnels)
    model = ConnectionsModel(bridge)
    told: list[str] = []
    OutageNotifier(model, lambda heading, _: told.append(heading), model, after_s=0.02)

    tunnels.tell(away(ORDERS))
    qtbot.waitUntil(lambda: told == ["Orders is interrupted"])
    bridge.close()


def test_another_warehouse_behind_a_guarded_port_is_told_once_and_at_once(qtbot: QtBot) -> None:
    desk = Desk(ORDERS)
    facts = dict.fromkeys(WarehouseChanged.fact_names, "x")
    alarmed = Snapshot(ORDERS, State.UP, WarehouseChanged(**facts).cause)
    desk.tell(alarmed, replace(alarmed, parked=1))
    assert [heading for heading, _ in desk.told] == ["Orders asks you"]
