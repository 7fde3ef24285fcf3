from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from desktop.core.errors import BastionRefused, PasswordNeeded, ServerShedding, WarehouseRefused
from desktop.core.model import Endpoint, Snapshot, State
from desktop.gui.connection_delegate import port_text
from desktop.gui.connections_model import Role
from desktop.gui.state_look import look_of
from tests.gui.conftest import OpenStage
from tests.gui.window_stage import EVENTS, ORDERS, SCRATCH, connection
from tests.support.standins import up

REFUSED = BastionRefused(host="bastion.example.com", port=2222).cause
SHEDDING = ServerShedding(host="bastion.example.com", port=2222).cause
WAITING = Snapshot(EVENTS, State.WAITING, REFUSED, attempt=3, retry_at=1004.0)


def test_groups_follow_what_has_none_and_names_are_sorted(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS), Snapshot(SCRATCH), Snapshot(EVENTS))

    assert stage.rows() == ["Scratch", "[Production]", "Events", "Orders"]


def test_a_heading_makes_its_row_taller_and_moves_when_rows_change(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS), Snapshot(EVENTS))
    rows = stage.window.sidebar.list
    first, second = (rows.visualRect(rows.model().index(row, 0)).height() for row in (0, 1))
    assert first > second

    stage.tunnels.remove(EVENTS.id)
    stage.settle()

    assert rows.visualRect(rows.model().index(0, 0)).height() == first


def test_every_word_of_a_search_must_occur_somewhere(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS), Snapshot(SCRATCH), up(EVENTS, 18123))
    search = stage.part(QLineEdit, "search")

    search.setText("prod click")
    assert stage.rows() == ["[Production]", "Events"]
    search.setText("18123")
    assert stage.rows() == ["[Production]", "Events"]
    search.setText("nothing like that")
    assert stage.rows() == []


def test_escape_leaves_the_search_and_shows_everything_again(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS), Snapshot(SCRATCH))
    stage.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    stage.press(Qt.Key.Key_Z)
    assert stage.part(QLineEdit, "search").text() == "z"

    stage.press(Qt.Key.Key_Escape)

    assert len(stage.rows()) == 3
    assert stage.window.sidebar.list.hasFocus()


def test_a_row_speaks_to_a_screen_reader(open_stage: OpenStage) -> None:
    stage = open_stage(up(ORDERS, clients=3))

    spoken = stage.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)

    assert spoken == "Orders, PostgreSQL, Connected · 23 ms · 3 clients"


def test_states_differ_in_outline_and_not_only_in_colour() -> None:
    asks = Snapshot(
        ORDERS, State.FAILED, PasswordNeeded(user="ada", host="bastion.example.com", store="").cause
    )
    troubled = up(ORDERS, cause=WarehouseRefused(bastion="b", target="t").cause)
    probing = up(ORDERS, probing=True)
    snapshots = [*(Snapshot(ORDERS, state) for state in State), asks, troubled, probing]

    assert len({look_of(each).drawing for each in snapshots}) == len(snapshots)


def test_a_countdown_ticks_only_while_there_is_one_and_somebody_can_see_it(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS), Snapshot(EVENTS))
    ticker = stage.window._ticker
    assert not ticker.isActive()

    stage.tell(WAITING)
    assert ticker.isActive()
    stage.window.hide()
    assert not ticker.isActive()
    stage.window.show()
    assert ticker.isActive()
    stage.tell(up(EVENTS))
    assert not ticker.isActive()


def test_the_countdown_is_read_anew_at_each_tick(open_stage: OpenStage) -> None:
    stage = open_stage(WAITING)
    index = stage.model.index(0, 0)
    assert index.data(Role.STATE_LINE) == "Reconnecting in 4 s (attempt 3)"
    assert stage.text("stateLine") == "Reconnecting in 4 s (attempt 3)"

    stage.now += 3
    stage.window._ticker.timeout.emit()

    assert stage.text("stateLine") == "Reconnecting in 1 s (attempt 3)"


@pytest.mark.parametrize(
    ("waiting", "first", "then"),
    [
        (WAITING, "Reconnecting in 4 s (attempt 3)", "Reconnecting in 3 s (attempt 3)"),
        (
            replace(WAITING, cause=SHEDDING),
            "Turned away; trying again in 4 s",
            "Turned away; trying again in 3 s",
        ),
    ],
)
def test_every_countdown_runs_to_the_second(
    open_stage: OpenStage, waiting: Snapshot, first: str, then: str
) -> None:
    stage = open_stage(waiting)
    shown = [stage.text("stateLine")]

    # The tick comes a little after its second, never before.
    for _ in range(4):
        stage.now += 1.001
        stage.window._ticker.timeout.emit()
        shown.append(stage.text("stateLine"))

    assert shown[:2] == [first, then]
    assert len(set(shown)) == 5
    assert stage.window._ticker.timerType() is Qt.TimerType.PreciseTimer


def test_the_port_shown_is_the_bound_one_or_the_one_to_come() -> None:
    assert port_text(up(ORDERS, 40001)) == ":40001"
    assert port_text(Snapshot(ORDERS)) == ":15432"
    assert port_text(Snapshot(SCRATCH)) == ""


def test_the_model_answers_all_its_roles(open_stage: OpenStage) -> None:
    snapshot = Snapshot(EVENTS, State.WAITING, REFUSED, local=Endpoint("127.0.0.1", 18123))
    index = open_stage(snapshot).model.index(0, 0)

    answers = {role: index.data(role) for role in Role}

    assert answers == {
        Role.ID: EVENTS.id,
        Role.NAME: "Events",
        Role.KIND: "clickhouse",
        Role.STATE: State.WAITING,
        Role.STATE_LINE: "Waiting to reconnect",
        Role.LOCAL: Endpoint("127.0.0.1", 18123),
        Role.CAUSE: REFUSED,
        Role.GROUP: "Production",
        Role.SNAPSHOT: snapshot,
    }


def test_after_the_bridge_is_closed_nothing_arrives(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS))
    stage.tunnels.tell(up(ORDERS))
    stage.bridge.close()
    stage.bridge.close()
    stage.settle()

    assert not stage.tunnels.has_listeners
    assert stage.model.snapshot(ORDERS.id) == Snapshot(ORDERS)


def test_the_first_connection_replaces_the_empty_state_and_the_last_brings_it_back(
    open_stage: OpenStage,
) -> None:
    stage = open_stage()
    assert stage.window.empty.isVisible()

    stage.tell(Snapshot(connection("First")))
    assert stage.window.sidebar.isVisible()
    assert stage.text("connectionName") == "First"
    stage.tunnels.remove("first")
    stage.settle()

    assert stage.window.empty.isVisible()
