"""Links whose login asks the person: nobody is asked at night, and a link that waits for a client dials for one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core import events as m
from desktop.core.challenge_errors import AuthCancelled, AwaitsClient, ChallengeExpired, ChallengeRejected
from desktop.core.errors import Cause, PeerLost
from desktop.core.events import Abort, Action, Linger, Open, Park, Probe, Refuse, Release, StopRetryTimer
from desktop.core.machine import Machine, step
from desktop.core.model import State

LOST = PeerLost(host="bastion").cause
AWAITS = AwaitsClient().cause
CANCELLED = AuthCancelled(user="me", host="bastion").cause
EXPIRED = ChallengeExpired(user="me", host="bastion", after_s=120).cause
REJECTED = ChallengeRejected(user="me", host="bastion", offered="", password="").cause


def after(machine: Machine, *events: m.Event) -> tuple[Machine, list[Action]]:
    done: list[Action] = []
    for event in events:
        machine, actions = step(machine, event, 0.0)
        done += actions
    return machine, done


def asking() -> Machine:
    """A question stands."""
    return after(Machine(), m.Connect(), m.Asked(1))[0]


def answered() -> Machine:
    """Up, by a login that asked."""
    return after(asking(), m.SessionUp(1))[0]


def on_demand() -> Machine:
    return after(Machine(), m.StandBy())[0]


def held(machine: Machine) -> tuple[State, Cause | None, float | None, bool]:
    return machine.state, machine.cause, machine.retry_at, machine.on_demand


HELD = (State.WAITING, AWAITS, None, True)


# The rows of the table for WAITING on demand. Pairs that are not listed change nothing.
ON_DEMAND = {
    "connect": (State.CONNECTING, (Open(1),)),
    "client-waits": (State.CONNECTING, (Open(1),)),
    "answered": (State.CONNECTING, (Open(1),)),
    "disconnect": (State.OFF, ()),
    "shutdown": (State.OFF, ()),
}
EVENTS: dict[str, m.Event] = {
    "connect": m.Connect(),
    "client-waits": m.ClientWaits(),
    "answered": m.Answered(),
    "disconnect": m.Disconnect(),
    "shutdown": m.Shutdown(),
    "stand-by": m.StandBy(),
    "redial": m.Redial(),
    "declined": m.Declined(CANCELLED),
    "retry-due": m.RetryDue(),
    "hasten": m.Hasten(0.1),
    "network-up": m.NetworkUp(),
    "network-down": m.NetworkDown(),
    "network-changed": m.NetworkChanged(),
    "resumed": m.Resumed(),
}


@pytest.mark.parametrize("name", EVENTS)
def test_on_demand_only_a_client_or_the_person_has_it_dial(name: str) -> None:
    machine, actions = step(on_demand(), EVENTS[name], 0.0)
    assert (machine.state, actions) == ON_DEMAND.get(name, (State.WAITING, ()))
    assert machine.on_demand is (machine.state is State.WAITING)


def test_a_client_that_waits_while_offline_is_served_when_the_person_says_so_or_the_network_is_back() -> None:
    offline, _ = after(on_demand(), m.NetworkDown())
    assert after(offline, m.ClientWaits())[1] == []
    assert after(offline, m.Connect())[1] == [Open(1)]
    assert after(offline, m.NetworkUp(), m.ClientWaits())[1] == [Open(1)]


def test_standing_by_changes_nothing_where_a_link_is_up_or_on_its_way() -> None:
    for machine in (asking(), answered(), after(asking(), m.SessionEnded(1, REJECTED))[0]):
        assert step(machine, m.StandBy(), 0.0) == (machine, ())


def test_a_lost_session_of_a_login_that_asked_is_not_followed_by_a_question_at_night() -> None:
    lost, actions = after(answered(), m.SessionEnded(1, LOST))
    assert held(lost) == HELD
    assert actions == [Release(1)]
    for event in (m.Resumed(), m.NetworkChanged(), m.NetworkDown(), m.NetworkUp()):
        lost, actions = after(lost, event)
        assert (held(lost), actions) == (HELD, [])


def test_where_clients_wait_the_lost_session_is_replaced_as_always() -> None:
    lost, _ = after(answered(), m.SessionEnded(1, LOST, eager=True))
    assert (lost.state, lost.on_demand) == (State.WAITING, False)
    assert after(lost, m.RetryDue())[1] == [Open(2)]


def test_the_one_question_a_client_causes_is_not_repeated_for_the_next_client() -> None:
    lost, _ = after(answered(), m.SessionEnded(1, LOST), m.ClientWaits(), m.Asked(2))
    failed, actions = after(lost, m.SessionEnded(2, EXPIRED, eager=True))
    assert (failed.state, failed.cause, actions) == (State.FAILED, EXPIRED, [Refuse()])
    assert after(failed, m.ClientWaits(), m.NetworkUp(), m.Resumed()) == (failed, [])
    assert after(failed, m.Connect())[1] == [Park(), Open(3)]


def test_an_answer_that_was_not_accepted_is_not_tried_again() -> None:
    failed, actions = after(asking(), m.SessionEnded(1, REJECTED))
    assert (failed.state, failed.cause, actions) == (State.FAILED, REJECTED, [Refuse()])


def test_a_login_that_was_asked_for_is_tried_like_any_other_until_it_asks() -> None:
    lost, _ = after(answered(), m.SessionEnded(1, LOST), m.Connect(), m.SessionEnded(2, LOST))
    assert (lost.state, lost.on_demand, lost.cause) == (State.WAITING, False, LOST)
    assert after(lost, m.RetryDue())[1] == [Open(3)]


def test_a_client_s_login_that_fails_before_it_asks_is_given_up_with_the_client() -> None:
    dialling, _ = after(answered(), m.SessionEnded(1, LOST), m.ClientWaits())
    again, _ = after(dialling, m.SessionEnded(2, LOST, eager=True))
    assert (again.on_demand, again.retry_at is not None) == (False, True)
    assert held(after(dialling, m.SessionEnded(2, LOST))[0]) == HELD


def test_a_login_that_did_without_a_question_is_repeated_by_itself() -> None:
    trusted, _ = after(answered(), m.SessionEnded(1, LOST), m.ClientWaits(), m.SessionUp(2))
    lost, _ = after(trusted, m.SessionEnded(2, LOST))
    assert (lost.state, lost.on_demand, lost.cause) == (State.WAITING, False, LOST)


def test_a_connect_for_another_connection_does_not_make_one_forget_that_it_asks() -> None:
    assert held(after(answered(), m.Connect(), m.SessionEnded(1, LOST))[0]) == HELD


@pytest.mark.parametrize("doubt", [m.ProbeMissed, m.PathGone])
def test_a_session_in_doubt_keeps_its_chance_and_nobody_is_asked_for_another(
    doubt: type[m.ProbeMissed | m.PathGone],
) -> None:
    machine, actions = after(answered(), doubt(1, LOST))
    assert (held(machine), machine.fallback) == (HELD, 1)
    assert actions == [Linger(1), Park()]
    assert after(machine, m.NetworkChanged())[1] == [Probe(1)]
    back, _ = after(machine, m.Heard(1))
    assert (back.state, back.generation, back.on_demand, back.asks) == (State.UP, 1, False, True)
    assert after(machine, m.ClientWaits())[1] == [Open(2)]
    assert after(answered(), doubt(1, LOST, eager=True))[1] == [Linger(1), Park(), Open(2)]


def test_the_network_s_return_asks_nobody_where_the_session_is_gone() -> None:
    offline, _ = after(answered(), m.NetworkDown(), m.FallbackOver(1))
    back, actions = after(offline, m.NetworkUp())
    assert (held(back), actions) == (HELD, [StopRetryTimer()])


def test_one_who_does_not_want_to_answer_is_not_asked_by_clients_that_waited_before() -> None:
    declined, actions = after(asking(), m.Declined(CANCELLED), m.SessionEnded(1, None))
    assert held(declined) == (State.WAITING, CANCELLED, None, True)
    assert actions == [Abort(1)]
    assert after(declined, m.ClientWaits())[1] == [Open(2)]


def test_a_redial_on_demand_drops_the_session_with_the_old_details() -> None:
    doubted, _ = after(answered(), m.ProbeMissed(1, LOST), m.Redial())
    assert (doubted.state, doubted.fallback) == (State.WAITING, None)


def test_switching_off_forgets_that_it_was_on_demand() -> None:
    off, _ = after(on_demand(), m.Disconnect())
    assert off == replace(Machine(), state=State.OFF)
