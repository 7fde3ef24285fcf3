from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPushButton, QTableView

from desktop.core.challenge_errors import ChallengeRejected
from desktop.core.errors import (
    AuthRejected,
    BastionRefused,
    PasswordNeeded,
    PeerLost,
    SecretStoreLocked,
    WarehouseRefused,
)
from desktop.core.model import (
    Client,
    Endpoint,
    PathFigures,
    Snapshot,
    State,
    Traffic,
)
from desktop.core.ports import Notice
from desktop.gui.event_log import KEPT
from desktop.gui.traffic_meter import TrafficMeter
from desktop.wording import messages
from tests.gui.conftest import OpenStage
from tests.gui.window_stage import EVENTS, ORDERS
from tests.support.host_keys import changed
from tests.support.standins import up

HOST = "bastion.example.com"
REFUSED = BastionRefused(host=HOST, port=2222).cause
NEEDED = PasswordNeeded(user="ada", host=HOST, store="").cause
CHANGED = changed(host=HOST).cause
KEY_REFUSED = AuthRejected(user="ada", host=HOST, method="key-file").cause
WRONG_CODE = ChallengeRejected(user="ada", host=HOST, offered="", password="").cause
STRICTLY_CHANGED = changed(host=HOST, key="").cause


def test_the_big_button_connects_and_disconnects(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS))
    stage.click("connectButton")
    stage.tell(up(ORDERS))
    assert stage.part(QPushButton, "connectButton").text() == "Disconnect"

    stage.click("connectButton")

    assert stage.tunnels.asked == [("connect", ORDERS.id), ("disconnect", ORDERS.id)]


@pytest.mark.parametrize(
    ("snapshot", "offered"),
    [
        (Snapshot(ORDERS, State.FAILED, NEEDED), "answerButton"),
        (Snapshot(ORDERS, State.WAITING, REFUSED), "retryButton"),
        (Snapshot(ORDERS, State.FAILED, STRICTLY_CHANGED), "hostKeysTroubleButton"),
        (Snapshot(ORDERS, State.FAILED, CHANGED), "answerButton"),
        (Snapshot(ORDERS, State.FAILED, WRONG_CODE), "connectAgainButton"),
        (Snapshot(ORDERS, State.FAILED, KEY_REFUSED), "editTroubleButton"),
        (up(ORDERS, cause=WarehouseRefused(bastion=HOST, target="db:1").cause), "editTroubleButton"),
    ],
)
def test_a_cause_is_told_with_its_advice_and_one_way_on(
    open_stage: OpenStage, snapshot: Snapshot, offered: str
) -> None:
    stage = open_stage(snapshot)
    cause = snapshot.cause
    assert cause is not None

    assert stage.text("troubleTitle") == messages.title(cause)
    assert stage.text("troubleAdvice") == messages.advice(cause)
    buttons = stage.part(QFrame, "troubleBanner").findChildren(QPushButton)
    visible = [each.objectName() for each in buttons if each.isVisible()]
    assert [name for name in visible if name != "checkTroubleButton"] == [offered]


def test_the_banner_goes_with_its_cause(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS, State.WAITING, REFUSED))
    assert stage.part(QFrame, "troubleBanner").isVisible()

    stage.tell(up(ORDERS))

    assert not stage.part(QFrame, "troubleBanner").isVisible()


def test_the_banner_waits_until_a_silent_session_has_had_its_chance(open_stage: OpenStage) -> None:
    lost = Snapshot(ORDERS, State.CONNECTING, PeerLost(host=HOST).cause, probing=True)
    stage = open_stage(up(ORDERS))

    stage.tell(lost)
    assert not stage.part(QFrame, "troubleBanner").isVisible()
    stage.tell(replace(lost, probing=False))
    assert stage.part(QFrame, "troubleBanner").isVisible()


def test_retry_and_answer_ask_for_what_they_say(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS, State.WAITING, REFUSED))
    asked_again: list[str] = []
    stage.window.answer_requested.connect(asked_again.append)

    stage.click("retryButton")
    stage.tell(Snapshot(ORDERS, State.FAILED, NEEDED))
    stage.click("answerButton")

    assert stage.tunnels.asked == [("connect", ORDERS.id)]
    assert asked_again == [ORDERS.id]


def test_copy_buttons_put_their_text_on_the_clipboard(open_stage: OpenStage) -> None:
    stage = open_stage(up(ORDERS))

    stage.click("copyUrl")
    assert QGuiApplication.clipboard().text() == "postgresql://reader@127.0.0.1:15432/sales"
    stage.click("copySshCommand")
    assert QGuiApplication.clipboard().text() == (
        "ssh -N -L 15432:db.internal:5432 -p 2222 ada@bastion.example.com"
    )


def test_without_an_open_port_only_the_ssh_command_can_be_copied(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS))
    copies = [each for each in stage.window.detail.copy.findChildren(QPushButton) if each.isVisible()]

    assert [each.objectName() for each in copies] == ["copySshCommand"]
    assert not stage.window.detail.traffic.isVisible()


def test_rates_come_from_the_difference_of_two_samples() -> None:
    meter = TrafficMeter()
    for at_mono, sent, received in ((10.0, 0, 0), (12.0, 100, 4000), (13.0, 100, 5000), (14.0, 0, 0)):
        meter.add(at_mono, Traffic(sent, received))

    assert list(meter.sent) == [50.0, 0.0, 0.0]
    assert list(meter.received) == [2000.0, 1000.0, 0.0]


def test_traffic_is_sampled_only_while_the_pane_can_be_seen(open_stage: OpenStage) -> None:
    stage = open_stage(up(ORDERS))
    stage.tunnels.counters[ORDERS.id] = Traffic(sent=1_200, received=3_400_000)
    assert stage.window.detail._sampler.isActive()

    stage.window.detail.sample()
    assert stage.text("trafficTotals") == "Since switched on: 3.40 MB received, 1.20 kB sent"
    stage.window.hide()

    assert not stage.window.detail._sampler.isActive()


def test_what_the_path_has_shown_stands_below_the_totals_while_it_is_known(open_stage: OpenStage) -> None:
    stage = open_stage(up(ORDERS))
    line = stage.part(QLabel, "pathFigures")
    assert not line.isVisible()

    stage.tunnels.paths[ORDERS.id] = PathFigures(51.2, 231e6, 19e6, 2)
    stage.window.detail.sample()
    assert line.isVisible()
    assert line.text().splitlines() == [
        "Path: 51 ms round trip · 2 SSH connections",
        "Fastest so far: 231 MB/s down, 19.0 MB/s up",
    ]
    assert QAccessible.queryAccessibleInterface(line).text(QAccessible.Text.Name) == line.text()

    del stage.tunnels.paths[ORDERS.id]
    stage.window.detail.sample()
    assert not line.isVisible()


def test_another_connection_does_not_show_the_path_of_the_one_before(open_stage: OpenStage) -> None:
    stage = open_stage(up(ORDERS), up(EVENTS))
    stage.tunnels.paths[ORDERS.id] = PathFigures(51.2, lanes=1)
    stage.choose(ORDERS)
    stage.window.detail.sample()
    assert stage.text("pathFigures") == "Path: 51 ms round trip"
    stage.choose(EVENTS)
    assert not stage.part(QLabel, "pathFigures").isVisible()


def test_open_clients_are_listed_and_parked_ones_said_to_wait(open_stage: OpenStage) -> None:
    stage = open_stage(up(ORDERS))
    peer = Endpoint("127.0.0.1", 53122)
    stage.tunnels.client_lists[ORDERS.id] = (Client(peer, 0.0, True, 10, 2_000),)

    stage.window.detail.sample()

    table = stage.part(QTableView, "clientsTable")
    row = [str(table.model().index(0, column).data()) for column in range(4)]
    assert row[0] == "127.0.0.1:53122"
    assert row[1].startswith("waiting for ")
    assert row[2:] == ["2.00 kB", "10 B"]


def test_clients_that_go_to_different_places_are_listed_with_them(open_stage: OpenStage) -> None:
    stage = open_stage(up(ORDERS))
    going = Endpoint("member-2.replica.internal", 27017)
    stage.tunnels.client_lists[ORDERS.id] = (
        Client(Endpoint("127.0.0.1", 53122), 0.0, False, 10, 2_000, going),
        Client(Endpoint("127.0.0.1", 53123), 0.0, True, 0, 0, Endpoint("::1", 5432)),
    )

    stage.window.detail.sample()

    model = stage.part(QTableView, "clientsTable").model()
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Destination"
    assert [model.index(row, 0).data() for row in range(2)] == [str(going), "[::1]:5432"]
    assert model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole) == f"127.0.0.1:53122 to {going}"


def test_events_are_told_newest_first_and_kept_for_each_connection(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS), Snapshot(EVENTS))
    stage.choose(ORDERS)
    stage.tell(Snapshot(ORDERS, State.CONNECTING))
    stage.tell(up(ORDERS))
    stage.tell(Snapshot(EVENTS, State.CONNECTING))

    words = [line for line in stage.events() if "onnect" in line]
    assert words == ["Connected; listening on 127.0.0.1:15432", "Connecting to bastion.example.com:2222"]
    stage.choose(EVENTS)
    assert len([line for line in stage.events() if "onnect" in line]) == 1


def test_the_event_log_is_bounded(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS))
    for _ in range(KEPT // 2 + 5):
        stage.tunnels.tell(Snapshot(ORDERS, State.CONNECTING))
        stage.tunnels.tell(Snapshot(ORDERS))
    stage.settle()

    assert len(stage.window.history.entries(ORDERS.id)) == KEPT


def test_a_notice_is_told_once_and_logged(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS))
    cause = SecretStoreLocked().cause

    stage.tunnels.notice(Notice(ORDERS.id, cause))
    stage.settle()

    assert messages.title(cause) in stage.text("toastWords")
    assert stage.part(QLabel, "toastWords").isVisible()
    assert messages.title(cause) in stage.events()


def test_a_button_that_disappears_with_the_trouble_takes_the_page_nowhere(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS, State.WAITING, REFUSED, Endpoint("127.0.0.1", 15432)))
    stage.window.resize(stage.window.minimumSize())
    stage.click("retryButton")
    stage.tell(up(ORDERS, 15432))
    detail = stage.window.detail
    assert detail.verticalScrollBar().maximum() > 0
    assert detail.verticalScrollBar().value() == 0
    assert QApplication.focusWidget() is detail
