"""When somebody looks at a warehouse by themselves: only while it is in trouble, and less and less often."""

from __future__ import annotations

import pytest

from desktop.core.errors import Cause, ForwardProhibited, WarehouseRefused
from desktop.core.warehouse_errors import WarehouseHungUp, WarehouseStarting, WrongProtocol
from desktop.engine.warehouse_watch import LAST_LOOK_S, MOST_LOOKS
from tests.unit.engine.stage import LOST, Stage, a_connection

REFUSED = WarehouseRefused(bastion="bastion", target="db.internal:5432").cause
PROHIBITED = ForwardProhibited(bastion="bastion", target="db.internal:5432").cause
STARTING = WarehouseStarting(target="db.internal:5432", kind="postgresql", detail="starting up").cause
HUNG_UP = WarehouseHungUp(target="db.internal:5432", kind="postgresql").cause
STRANGER = WrongProtocol(target="db.internal:5432", kind="postgresql", found="ssh", answer="SSH-2.0").cause
SALES = a_connection()
AN_HOUR_S = 3600


def looks(stage: Stage) -> int:
    return len(stage.relays.last.looks)


def test_nobody_looks_at_a_warehouse_that_works(stage: Stage) -> None:
    stage.bring_up(SALES)
    stage.relays.last.report.forward_opened(SALES.id)
    stage.relays.last.report.warehouse_judged(SALES.id, None)
    stage.settle()
    stage.clock.advance(AN_HOUR_S)
    assert looks(stage) == 0


def test_the_looks_at_one_in_trouble_become_rare_and_end_after_an_hour(stage: Stage) -> None:
    stage.bring_up(SALES)
    stage.relays.last.report.forward_refused(SALES.id, REFUSED)
    stage.settle()
    made: list[int] = []
    for second in range(120):
        stage.clock.advance(1)
        if looks(stage) > len(made):
            made.append(second + 1)
    assert made == [5, 15, 35, 75]
    for _ in range(MOST_LOOKS):
        stage.clock.advance(LAST_LOOK_S)
    assert looks(stage) == MOST_LOOKS
    stage.clock.advance(AN_HOUR_S)
    assert looks(stage) == MOST_LOOKS


def test_the_looks_end_when_it_is_back_and_begin_anew_the_next_time(stage: Stage) -> None:
    stage.bring_up(SALES)
    report = stage.relays.last.report
    report.warehouse_judged(SALES.id, HUNG_UP)
    stage.settle()
    assert stage.code(SALES) == "warehouse_hung_up"
    stage.clock.advance(5)
    report.warehouse_judged(SALES.id, None)
    stage.settle()
    assert stage.code(SALES) == ""
    stage.clock.advance(AN_HOUR_S)
    assert looks(stage) == 1
    report.forward_refused(SALES.id, REFUSED)
    stage.settle()
    stage.clock.advance(5)
    assert looks(stage) == 2


def test_the_looks_end_when_the_port_closes(stage: Stage) -> None:
    stage.bring_up(SALES)
    stage.relays.last.report.forward_refused(SALES.id, REFUSED)
    stage.settle()
    relay = stage.relays.last
    stage.disconnect(SALES)
    stage.clock.advance(AN_HOUR_S)
    assert relay.looks == []


def test_without_a_session_nobody_looks_and_with_the_next_they_go_on(stage: Stage) -> None:
    session = stage.bring_up(SALES)
    stage.relays.last.report.forward_refused(SALES.id, REFUSED)
    stage.settle()
    stage.end(session, LOST)
    stage.clock.advance(10)
    assert looks(stage) == 0
    stage.come_up()
    stage.clock.advance(LAST_LOOK_S)
    assert looks(stage) > 0


@pytest.mark.parametrize("cause", [PROHIBITED, STRANGER, STARTING], ids=lambda cause: cause.code)
def test_what_a_look_can_not_find_out_is_left_to_the_next_program(cause: Cause, stage: Stage) -> None:
    stage.bring_up(SALES)
    if cause is PROHIBITED:
        stage.relays.last.report.forward_refused(SALES.id, cause)
    else:
        stage.relays.last.report.warehouse_judged(SALES.id, cause)
    stage.settle()
    assert stage.code(SALES) == cause.code
    stage.clock.advance(AN_HOUR_S)
    assert looks(stage) == 0


def test_a_way_that_opens_again_leaves_what_the_warehouse_said_standing(stage: Stage) -> None:
    stage.bring_up(SALES)
    report = stage.relays.last.report
    report.warehouse_judged(SALES.id, STARTING)
    report.forward_opened(SALES.id)
    stage.settle()
    assert stage.code(SALES) == "warehouse_starting"
    report.forward_refused(SALES.id, REFUSED)
    report.forward_opened(SALES.id)
    stage.settle()
    assert stage.code(SALES) == ""
