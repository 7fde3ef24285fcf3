"""Who may dial: never many at one bastion, and whose clients wait goes first."""

from __future__ import annotations

from desktop.core.model import Endpoint
from desktop.engine.dial_gate import LOGINS_AT_ONCE, SLOT_S, SLOTS, SPACING_S, DialGate, Ticket
from tests.support.fakes import Later

BASTION = Endpoint("bastion", 22)


class Door:
    """A gate, and the names of those it let in, in order."""

    def __init__(self) -> None:
        self.later = Later()
        self.gate = DialGate(self.later.clock, self.later.call_later)
        self.entered: list[str] = []
        self.urgent: set[str] = set()

    def knock(self, name: str, bastion: Endpoint = BASTION) -> Ticket:
        ticket = Ticket(bastion, lambda: name in self.urgent, lambda: self.entered.append(name))
        self.gate.enter(ticket)
        return ticket


def test_the_first_dials_at_once() -> None:
    door = Door()
    door.knock("sales")
    assert door.entered == ["sales"]


def test_logins_at_one_bastion_are_spaced() -> None:
    door = Door()
    door.knock("sales")
    door.knock("stock")
    assert door.entered == ["sales"]
    door.later.advance(SPACING_S)
    assert door.entered == ["sales", "stock"]


def test_no_more_than_the_budget_dial_at_one_bastion() -> None:
    door = Door()
    tickets = [door.knock(str(number)) for number in range(10)]
    door.later.advance(60)
    assert len(door.entered) == LOGINS_AT_ONCE
    door.gate.leave(tickets[0])
    door.later.advance(SPACING_S)
    assert len(door.entered) == LOGINS_AT_ONCE + 1


def test_another_bastion_is_not_held_up() -> None:
    door = Door()
    for number in range(10):
        door.knock(str(number))
    door.knock("other", Endpoint("other", 22))
    assert "other" in door.entered


def test_whose_clients_wait_goes_first() -> None:
    door = Door()
    tickets = [door.knock(name) for name in ("a", "b", "c", "d")]
    door.later.advance(SPACING_S)
    door.urgent = {"d"}
    door.gate.leave(tickets[0])
    door.later.advance(SPACING_S)
    assert door.entered == ["a", "b", "d"]


def test_many_bastions_do_not_log_in_all_at_once_and_silent_ones_hold_nobody_up() -> None:
    door = Door()
    for number in range(3 * SLOTS):
        door.knock(str(number), Endpoint(f"bastion{number}", 22))
    assert len(door.entered) == SLOTS
    door.later.advance(SLOT_S + SPACING_S)
    assert len(door.entered) == 2 * SLOTS


def test_who_leaves_before_its_turn_is_not_called() -> None:
    door = Door()
    door.knock("a")
    second = door.knock("b")
    door.gate.leave(second)
    door.gate.leave(second)
    door.later.advance(60)
    assert door.entered == ["a"]
    assert second.is_waiting
