"""Another warehouse behind a guarded port: a person is asked, and nothing passes before the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.core.identity import NO_GUARD, UNKNOWN, Guard, WarehouseIdentity
from desktop.core.model import DIRECT, Connection, Snapshot, State
from desktop.core.tls import Tls, TlsMode
from desktop.core.warehouse_errors import WarehouseChanged
from desktop.gui.guard_offer import GuardOffer
from desktop.gui.state_look import ASKS, look_of
from tests.gui.test_prompts_desk import ORDERS, Desk

KNOWN = WarehouseIdentity(certificate="SHA256:abc", greeting="8.0.36")
FOUND = WarehouseIdentity(certificate="SHA256:def", greeting="8.4.0")
GUARDED = replace(ORDERS, guard=Guard(True, KNOWN))


def alarmed(found: WarehouseIdentity = FOUND) -> Snapshot:
    changed = WarehouseChanged(
        target="db.internal:3306",
        kind="mysql",
        changes="certificate,greeting",
        known=KNOWN.certificate,
        found=found.certificate,
        certificate=found.certificate,
        greeting=found.greeting,
        cluster_mark=found.cluster_mark,
    )
    return Snapshot(GUARDED, State.UP, changed.cause, since=1.0)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(qtbot)
    yield desk
    desk.close()


def answers(desk: Desk) -> list[tuple[str, Guard]]:
    given: list[tuple[str, Guard]] = []
    desk.prompts.guard_chosen.connect(lambda *answer: given.append(answer))
    return given


def ask(desk: Desk, snapshot: Snapshot) -> None:
    desk.tunnels.tell(snapshot)
    desk.settle()


def test_it_shows_what_was_remembered_and_what_stands_there_now(desk: Desk) -> None:
    ask(desk, alarmed())
    assert desk.shown == ["Another warehouse stands behind this port"]
    for words in (f"“{ORDERS.name}”", "db.internal:3306", "SHA256:abc", "8.0.36", "SHA256:def", "8.4.0"):
        assert words in desk.texts
    assert look_of(alarmed()) == ASKS


def test_clusters_are_told_apart_by_their_marks(desk: Desk) -> None:
    given = answers(desk)
    found = WarehouseIdentity(cluster_mark="SHA256:ghi")
    ask(desk, alarmed(found))
    for words in ("PostgreSQL cluster", "SHA256:ghi"):
        assert words in desk.texts
    desk.press("rememberWarehouse")
    assert given == [(ORDERS.id, Guard(True, found))]


def test_what_stands_there_now_is_remembered_by_pressing_the_button(desk: Desk) -> None:
    given = answers(desk)
    ask(desk, alarmed())
    desk.press("rememberWarehouse")
    assert given == [(ORDERS.id, Guard(True, FOUND))]
    assert desk.tunnels.asked == []
    assert desk.shown == []


def test_disconnecting_is_an_answer(desk: Desk) -> None:
    given = answers(desk)
    ask(desk, alarmed())
    desk.press("disconnectGuarded")
    assert desk.tunnels.asked == [("disconnect", ORDERS.id)]
    assert given == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_return_and_escape_leave_it_for_later_and_it_can_be_asked_for_again(desk: Desk, key: Qt.Key) -> None:
    ask(desk, alarmed())
    assert desk.prompts.dialog is not None
    QTest.keyClick(desk.prompts.dialog, key)
    desk.settle()
    assert desk.shown == []
    assert desk.tunnels.asked == []
    desk.prompts.ask_again(ORDERS.id)
    desk.settle()
    assert len(desk.shown) == 1


def test_it_goes_when_the_alarm_does(desk: Desk) -> None:
    ask(desk, alarmed())
    ask(desk, Snapshot(GUARDED, State.UP, since=1.0))
    assert desk.shown == []
    assert desk.tunnels.asked == []


def test_what_shows_nothing_of_itself_can_not_be_remembered(desk: Desk) -> None:
    ask(desk, alarmed(UNKNOWN))
    assert not desk.part(QPushButton, "rememberWarehouse").isVisible()
    assert "Nothing to know it by" in desk.texts


class Offer:
    """A `GuardOffer` that is saved unless it `fails`."""

    def __init__(self, qtbot: QtBot, connection: Connection) -> None:
        self.chosen: list[tuple[str, Guard]] = []
        self.fails = False
        self.widget = GuardOffer(connection, self._set_guard)
        qtbot.addWidget(self.widget)

    def _set_guard(self, connection_id: str, guard: Guard) -> bool:
        self.chosen.append((connection_id, guard))
        return not self.fails

    @property
    def words(self) -> str:
        words = self.widget.findChild(QLabel, "guardWords")
        assert words is not None
        return words.text()

    @property
    def buttons(self) -> list[str]:
        return [each.text() for each in self.widget.findChildren(QPushButton) if each.isVisible()]

    def press(self, name: str) -> None:
        pressed = self.widget.findChild(QPushButton, name)
        assert pressed is not None
        QTest.mouseClick(pressed, Qt.MouseButton.LeftButton)


def test_a_check_offers_to_remember_whom_it_found_and_to_stop_that(qtbot: QtBot) -> None:
    offer = Offer(qtbot, ORDERS)
    assert not offer.widget.isVisible()
    offer.widget.offer(FOUND)
    assert offer.buttons == ["Remember this warehouse"]
    offer.press("rememberWarehouse")
    assert offer.words == "Guarded: certificate SHA256:def · version 8.4.0"
    assert offer.buttons == ["Stop guarding"]
    offer.press("stopGuarding")
    assert offer.buttons == ["Remember this warehouse"]
    assert offer.chosen == [(ORDERS.id, Guard(True, FOUND)), (ORDERS.id, NO_GUARD)]


def test_a_guard_that_could_not_be_saved_is_not_shown_as_one(qtbot: QtBot) -> None:
    offer = Offer(qtbot, ORDERS)
    offer.fails = True
    offer.widget.offer(FOUND)
    offer.press("rememberWarehouse")
    assert offer.buttons == ["Remember this warehouse"]


@pytest.mark.parametrize(
    ("connection", "found", "why"),
    [
        (replace(ORDERS, route=DIRECT), FOUND, "direct connection"),
        (ORDERS, UNKNOWN, "shows no certificate"),
        (replace(ORDERS, tls=Tls(TlsMode.OFF)), UNKNOWN, "TLS is off"),
    ],
)
def test_where_there_can_be_no_guard_it_says_why(
    qtbot: QtBot, connection: Connection, found: WarehouseIdentity, why: str
) -> None:
    offer = Offer(qtbot, connection)
    offer.widget.offer(found)
    assert why in offer.words
    assert offer.buttons == []


def test_a_guarded_connection_shows_it_before_any_check(qtbot: QtBot) -> None:
    offer = Offer(qtbot, GUARDED)
    offer.widget.show()
    assert offer.words == "Guarded: certificate SHA256:abc · version 8.0.36"
    assert offer.buttons == ["Stop guarding"]
