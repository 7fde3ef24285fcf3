"""What the guard of a port tells, and what a person changes in it."""

from __future__ import annotations

from dataclasses import replace

from desktop.core.errors import WarehouseRefused
from desktop.core.identity import NO_GUARD, Guard, WarehouseIdentity
from desktop.core.model import State
from desktop.core.policy import Command, allowed_commands, needs_answer
from desktop.core.tls import Tls, TlsMode
from desktop.core.warehouse_errors import WarehouseChanged, WarehouseUnidentified
from tests.unit.engine.stage import Stage, a_connection

CHANGED = WarehouseChanged(
    target="db.internal:5432",
    kind="postgresql",
    changes="certificate",
    known="SHA256:abc",
    found="SHA256:def",
    certificate="SHA256:def",
    greeting="",
    cluster_mark="",
).cause
UNIDENTIFIED = WarehouseUnidentified(target="db.internal:5432", kind="postgresql", reason="").cause
REFUSED = WarehouseRefused(bastion="bastion", target="db.internal:5432").cause
SALES = replace(a_connection(), guard=Guard(True, WarehouseIdentity("SHA256:abc")))


def alarm(stage: Stage) -> None:
    stage.bring_up(SALES)
    stage.relays.last.report.guard_judged(SALES.id, CHANGED)
    stage.settle()


def test_an_alarm_is_a_question_while_the_connection_stays_up(stage: Stage) -> None:
    alarm(stage)
    shown = stage.shown(SALES)
    assert (shown.state, shown.cause) == (State.UP, CHANGED)
    assert needs_answer(shown)
    assert {Command.ANSWER, Command.DISCONNECT} <= allowed_commands(shown)


def test_no_other_finding_hides_an_alarm_and_nobody_looks_it_away(stage: Stage) -> None:
    alarm(stage)
    report = stage.relays.last.report
    report.forward_refused(SALES.id, REFUSED)
    report.warehouse_judged(SALES.id, None)
    report.forward_opened(SALES.id)
    stage.settle()
    assert stage.shown(SALES).cause == CHANGED
    stage.clock.advance(3600)
    assert stage.relays.last.looks == []


def test_a_doubt_is_no_question_and_ends_with_the_next_look_that_goes_well(stage: Stage) -> None:
    stage.bring_up(SALES)
    report = stage.relays.last.report
    report.guard_judged(SALES.id, UNIDENTIFIED)
    stage.settle()
    assert stage.shown(SALES).cause == UNIDENTIFIED
    assert not needs_answer(stage.shown(SALES))
    report.guard_judged(SALES.id, None)
    stage.settle()
    assert stage.shown(SALES).cause is None


def test_an_open_port_is_told_of_another_guard_and_of_nothing_else(stage: Stage) -> None:
    stage.bring_up(SALES)
    relay = stage.relays.last
    stage.add(replace(SALES, name="turnover"))
    assert relay.reguarded == []
    accepted = replace(SALES, guard=Guard(True, WarehouseIdentity("SHA256:def")))
    for changed in (accepted, replace(SALES, guard=NO_GUARD), replace(SALES, tls=Tls(TlsMode.OFF))):
        stage.add(changed)
        assert relay.reguarded[-1] == changed


def test_disconnecting_ends_the_alarm(stage: Stage) -> None:
    alarm(stage)
    report = stage.relays.last.report
    stage.disconnect(SALES)
    report.guard_judged(SALES.id, CHANGED)
    stage.settle()
    assert stage.shown(SALES).cause is None
