from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core.errors import PasswordNeeded, PeerLost, WarehouseRefused
from desktop.core.model import Connection, Endpoint, Forward, Hop, Route, Snapshot, State
from desktop.gui.bridge import Bridge
from desktop.gui.connections_model import ConnectionsModel
from desktop.gui.tray import Tray, worst
from tests.support.standins import StandInTunnels, up

ORDERS = Connection(
    "Orders & more",
    Route((Hop("bastion.example.com", "ada"),)),
    Forward(Endpoint("db.internal", 5432)),
    database="shop",
    id="orders",
)
SALES = replace(ORDERS, name="Sales", id="sales")
LOST = PeerLost(host="bastion.example.com").cause
NEEDED = PasswordNeeded(user="ada", host="bastion.example.com", store="").cause
REFUSED = WarehouseRefused(bastion="bastion.example.com", target="db.internal:5432").cause


class Desk:
    """A tray without a host: its menu works all the same."""

    def __init__(self) -> None:
        self.tunnels = StandInTunnels(Snapshot(each) for each in (ORDERS, SALES))
        self.bridge = Bridge(self.tunnels)
        self.model = ConnectionsModel(self.bridge, now=lambda: 1000.0)
        self.shown: list[str] = []
        self.tray = Tray(
            self.model, self.tunnels, lambda: self.shown.append("window"), lambda: self.shown.append("quit")
        )
        self.settle()

    def settle(self) -> None:
        QApplication.processEvents()

    def tell(self, *snapshots: Snapshot) -> None:
        for snapshot in snapshots:
            self.tunnels.tell(snapshot)
        self.settle()

    def action(self, start: str) -> QAction:
        return next(action for action in self.tray.menu.actions() if action.text().startswith(start))

    def texts(self) -> list[str]:
        return [action.text() for action in self.tray.menu.actions() if action.text()]

    def copy_texts(self) -> list[str]:
        return [action.text() for action in self.copy_actions()]

    def copy_actions(self) -> list[QAction]:
        return self.tray.menu.copy_menu.actions()


@pytest.fixture
def desk(qapp: QApplication) -> Desk:
    return Desk()


def test_the_menu_lists_every_connection_with_its_state(desk: Desk) -> None:
    desk.tell(up(ORDERS), Snapshot(SALES, state=State.WAITING, cause=LOST, attempt=2, retry_at=1004.0))
    assert desk.texts() == [
        "Orders && more  –  Connected · 23 ms",
        "Sales  –  Reconnecting in 4 s (attempt 2)",
        "Connect all",
        "Disconnect all",
        "Copy",
        "Open Caponier",
        "Preferences…",
        "Quit",
    ]
    assert [desk.action(name).isChecked() for name in ("Orders", "Sales")] == [True, True]


def test_an_entry_switches_its_connection_and_its_mark_follows_the_engine(desk: Desk) -> None:
    switch = desk.action("Orders")
    switch.trigger()
    assert desk.tunnels.asked == [("connect", "orders")]
    assert not switch.isChecked()
    desk.tell(Snapshot(ORDERS, state=State.CONNECTING))
    assert switch.isChecked()
    switch.trigger()
    assert desk.tunnels.asked[1:] == [("disconnect", "orders")]
    assert switch.isChecked()


def test_entries_come_and_go_with_the_connections(desk: Desk) -> None:
    desk.tunnels.remove("orders")
    desk.tell(Snapshot(replace(SALES, name="Sales EU")))
    assert desk.texts()[0] == "Sales EU  –  Off"
    assert len(desk.texts()) == 7


def test_all_are_connected_and_disconnected_at_once(desk: Desk) -> None:
    assert not desk.action("Disconnect all").isEnabled()
    desk.tell(up(SALES))
    desk.action("Connect all").trigger()
    desk.action("Disconnect all").trigger()
    assert desk.tunnels.asked == [("connect", "orders"), ("disconnect", "sales")]
    desk.tell(up(ORDERS))
    assert not desk.action("Connect all").isEnabled()


def test_only_what_is_connected_can_be_copied(desk: Desk) -> None:
    assert not desk.action("Copy").isEnabled()
    desk.tell(up(ORDERS, port=15999))
    assert desk.action("Copy").isEnabled()
    assert desk.copy_texts() == ["URL of Orders && more"]
    desk.copy_actions()[0].trigger()
    assert QApplication.clipboard().text() == "postgresql://127.0.0.1:15999/shop"


def test_the_menu_opens_and_ends_the_program(desk: Desk) -> None:
    desk.action("Open").trigger()
    desk.action("Quit").trigger()
    assert desk.shown == ["window", "quit"]


def test_without_a_host_there_is_no_tray_and_nothing_fails(desk: Desk) -> None:
    desk.tray.say_staying()
    desk.tell(Snapshot(ORDERS, state=State.FAILED, cause=NEEDED))
    assert not desk.tray.available
    assert desk.tray.icon is None


def test_countdowns_run_only_while_the_menu_is_open(desk: Desk, qtbot: QtBot) -> None:
    desk.tell(Snapshot(ORDERS, state=State.WAITING, cause=LOST, attempt=2, retry_at=1004.0))
    assert not desk.tray.menu.counts_down
    desk.tray.menu.popup(desk.tray.menu.pos())
    qtbot.waitUntil(lambda: desk.tray.menu.counts_down)
    desk.tray.menu.hide()
    assert not desk.tray.menu.counts_down


@pytest.mark.parametrize(
    ("snapshots", "look"),
    [
        ([], (State.OFF, False)),
        ([Snapshot(ORDERS), up(SALES)], (State.UP, False)),
        ([up(ORDERS), Snapshot(SALES, state=State.CONNECTING)], (State.CONNECTING, False)),
        (
            [Snapshot(ORDERS, state=State.CONNECTING), Snapshot(SALES, state=State.WAITING)],
            (State.WAITING, False),
        ),
        ([up(ORDERS), Snapshot(SALES, state=State.FAILED, cause=NEEDED)], (State.FAILED, True)),
        ([up(ORDERS, probing=True), up(SALES)], (State.UP, False)),
        ([up(ORDERS), Snapshot(SALES, State.CONNECTING, probing=True)], (State.CONNECTING, False)),
        ([up(ORDERS), up(SALES, cause=REFUSED)], (State.FAILED, False)),
        ([Snapshot(ORDERS, state=State.CLOSING)], (State.CLOSING, False)),
    ],
)
def test_the_icon_shows_the_worst_state(snapshots: list[Snapshot], look: tuple[State, bool]) -> None:
    assert worst(tuple(snapshots)) == look
