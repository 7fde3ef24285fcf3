"""Every pair of state and event, and what follows from it."""

from __future__ import annotations

import pytest

from desktop.core import events as m
from desktop.core.challenge_errors import AuthCancelled
from desktop.core.errors import AuthRejected, Offline, PasswordNeeded, PeerLost
from desktop.core.events import (
    Abort,
    Adopt,
    Linger,
    Open,
    Park,
    Probe,
    Refuse,
    Release,
    StartRetryTimer,
    StopRetryTimer,
)
from desktop.core.machine import Machine, step
from desktop.core.model import State

NOW = 1000.0
LOST = PeerLost(host="bastion").cause
CANCELLED = AuthCancelled(user="me", host="bastion").cause
REFUSED = AuthRejected(user="me", host="bastion", method="password").cause

START = {
    State.OFF: Machine(generation=3, latest=3),
    State.CONNECTING: Machine(State.CONNECTING, wanted=True, generation=3, latest=3, attempt=2, cause=LOST),
    State.UP: Machine(State.UP, wanted=True, generation=3, latest=3, attempt=2, up_at=NOW - 1),
    State.CLOSING: Machine(State.CLOSING, wanted=False, generation=3, latest=3),
    State.WAITING: Machine(
        State.WAITING, wanted=True, generation=3, latest=3, attempt=2, cause=LOST, retry_at=NOW + 1
    ),
    State.FAILED: Machine(State.FAILED, wanted=True, generation=3, latest=3, cause=REFUSED),
}
EVENTS: dict[str, m.Event] = {
    "connect": m.Connect(),
    "stand-by": m.StandBy(),
    "disconnect": m.Disconnect(),
    "redial": m.Redial(),
    "answered": m.Answered(),
    "declined": m.Declined(CANCELLED),
    "shutdown": m.Shutdown(),
    "asked": m.Asked(3),
    "up": m.SessionUp(3),
    "lost": m.SessionEnded(3, LOST),
    "refused": m.SessionEnded(3, REFUSED),
    "ended": m.SessionEnded(3, None),
    "retry-due": m.RetryDue(),
    "hasten": m.Hasten(0.2),
    "client-waits": m.ClientWaits(),
    "probe-missed": m.ProbeMissed(3, LOST),
    "path-gone": m.PathGone(3, LOST),
    "heard": m.Heard(3),
    "fallback-over": m.FallbackOver(3),
    "dial-lost": m.DialLost(3),
    "network-up": m.NetworkUp(),
    "network-down": m.NetworkDown(),
    "network-changed": m.NetworkChanged(),
    "resumed": m.Resumed(),
}
STALE: dict[str, m.Event] = {
    "asked": m.Asked(2),
    "up": m.SessionUp(2),
    "lost": m.SessionEnded(2, LOST),
    "refused": m.SessionEnded(2, REFUSED),
    "probe-missed": m.ProbeMissed(2, LOST),
    "path-gone": m.PathGone(2, LOST),
    "heard": m.Heard(2),
    "fallback-over": m.FallbackOver(2),
    "dial-lost": m.DialLost(2),
}

# Pairs that are not listed keep their state and ask for nothing.
TABLE = {
    (State.OFF, "connect"): (State.CONNECTING, (Open(4),)),
    (State.OFF, "stand-by"): (State.WAITING, ()),
    (State.CONNECTING, "up"): (State.UP, (Adopt(3),)),
    (State.CONNECTING, "lost"): (State.WAITING, (StartRetryTimer(2.0),)),
    (State.CONNECTING, "ended"): (State.WAITING, (StartRetryTimer(2.0),)),
    (State.CONNECTING, "refused"): (State.FAILED, (Refuse(),)),
    (State.CONNECTING, "declined"): (State.WAITING, (Abort(3),)),
    (State.CONNECTING, "dial-lost"): (State.CONNECTING, (Abort(3), Open(4))),
    (State.CONNECTING, "network-down"): (State.WAITING, (Abort(3),)),
    (State.CONNECTING, "disconnect"): (State.CLOSING, (Release(3), Abort(3))),
    (State.CONNECTING, "redial"): (State.CLOSING, (Release(3), Abort(3))),
    (State.CONNECTING, "shutdown"): (State.CLOSING, (Release(3), Abort(3))),
    (State.UP, "lost"): (State.WAITING, (Release(3), StartRetryTimer(2.0))),
    (State.UP, "ended"): (State.WAITING, (Release(3), StartRetryTimer(2.0))),
    (State.UP, "refused"): (State.FAILED, (Release(3), Refuse())),
    (State.UP, "probe-missed"): (State.CONNECTING, (Linger(3), Park(), Open(4))),
    (State.UP, "path-gone"): (State.CONNECTING, (Linger(3), Park(), Open(4))),
    (State.UP, "network-down"): (State.WAITING, (Linger(3), Park())),
    (State.UP, "network-up"): (State.UP, (Probe(3),)),
    (State.UP, "network-changed"): (State.UP, (Probe(3),)),
    (State.UP, "resumed"): (State.UP, (Probe(3),)),
    (State.UP, "disconnect"): (State.CLOSING, (Release(3), Abort(3))),
    (State.UP, "redial"): (State.CLOSING, (Release(3), Abort(3))),
    (State.UP, "shutdown"): (State.CLOSING, (Release(3), Abort(3))),
    (State.CLOSING, "lost"): (State.OFF, ()),
    (State.CLOSING, "refused"): (State.OFF, ()),
    (State.CLOSING, "ended"): (State.OFF, ()),
    (State.WAITING, "retry-due"): (State.CONNECTING, (Open(4),)),
    (State.WAITING, "connect"): (State.CONNECTING, (StopRetryTimer(), Open(4))),
    (State.WAITING, "redial"): (State.CONNECTING, (StopRetryTimer(), Open(4))),
    (State.WAITING, "answered"): (State.CONNECTING, (StopRetryTimer(), Open(4))),
    (State.WAITING, "network-up"): (State.CONNECTING, (StopRetryTimer(), Open(4))),
    (State.WAITING, "network-changed"): (State.CONNECTING, (StopRetryTimer(), Open(4))),
    (State.WAITING, "resumed"): (State.CONNECTING, (StopRetryTimer(), Open(4))),
    (State.WAITING, "hasten"): (State.WAITING, (StartRetryTimer(0.2),)),
    (State.WAITING, "network-down"): (State.WAITING, (StopRetryTimer(),)),
    (State.WAITING, "disconnect"): (State.OFF, (StopRetryTimer(),)),
    (State.WAITING, "shutdown"): (State.OFF, (StopRetryTimer(),)),
    (State.FAILED, "connect"): (State.CONNECTING, (Park(), Open(4))),
    (State.FAILED, "redial"): (State.CONNECTING, (Park(), Open(4))),
    (State.FAILED, "answered"): (State.CONNECTING, (Park(), Open(4))),
    (State.FAILED, "disconnect"): (State.OFF, ()),
    (State.FAILED, "shutdown"): (State.OFF, ()),
}


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("state", State)
def test_each_event_in_each_state_leads_where_the_table_says(state: State, name: str) -> None:
    after, actions = step(START[state], EVENTS[name], NOW)
    assert (after.state, actions) == TABLE.get((state, name), (state, ()))


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("state", State)
def test_the_wish_follows_connect_disconnect_and_shutdown_only(state: State, name: str) -> None:
    after, _ = step(START[state], EVENTS[name], NOW)
    wishes = {"connect": True, "stand-by": True, "disconnect": False, "shutdown": False}
    assert after.wanted is wishes.get(name, START[state].wanted)


@pytest.mark.parametrize("name", STALE)
@pytest.mark.parametrize("state", State)
def test_events_of_an_older_generation_change_nothing(state: State, name: str) -> None:
    assert step(START[state], STALE[name], NOW) == (START[state], ())


@pytest.mark.parametrize("name", ["connect", "redial", "answered"])
def test_a_fresh_start_after_a_failure_forgets_its_cause(name: str) -> None:
    assert step(START[State.FAILED], EVENTS[name], NOW)[0].cause is None


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("state", State)
def test_closing_and_off_have_no_cause(state: State, name: str) -> None:
    after, _ = step(START[state], EVENTS[name], NOW)
    assert after.cause is None or after.state not in (State.CLOSING, State.OFF)


@pytest.mark.parametrize("state", [State.OFF, State.FAILED])
def test_connecting_while_offline_waits_for_the_network_without_a_timer(state: State) -> None:
    offline, _ = step(START[state], m.NetworkDown(), NOW)
    waiting, actions = step(offline, m.Connect(), NOW)
    assert (waiting.state, waiting.cause, waiting.retry_at) == (State.WAITING, Offline().cause, None)
    assert not any(isinstance(action, Open) for action in actions)


def test_the_person_can_have_it_tried_while_offline() -> None:
    held, _ = step(START[State.WAITING], m.NetworkDown(), NOW)
    dialling, actions = step(held, m.Connect(), NOW)
    assert (dialling.state, actions) == (State.CONNECTING, (StopRetryTimer(), Open(4)))
    again, _ = step(dialling, m.SessionEnded(4, LOST), NOW)
    assert (again.state, again.cause, again.retry_at) == (State.WAITING, Offline().cause, None)


@pytest.mark.parametrize("name", ["redial", "answered", "resumed", "retry-due"])
def test_nothing_is_dialled_by_itself_while_offline(name: str) -> None:
    held, _ = step(START[State.WAITING], m.NetworkDown(), NOW)
    after, actions = step(held, EVENTS[name], NOW)
    assert (after, actions) == (held, ())


def test_a_loss_while_offline_sets_no_timer_and_the_network_s_return_dials() -> None:
    offline, _ = step(START[State.UP], m.NetworkDown(), NOW)
    held, actions = step(offline, EVENTS["lost"], NOW)
    assert (held.state, held.cause, held.retry_at) == (State.WAITING, Offline().cause, None)
    assert actions == (Release(3),)
    assert step(held, m.NetworkUp(), NOW)[1][-1] == Open(4)


def test_a_question_that_was_not_asked_before_leaves_clients_waiting() -> None:
    needed = m.SessionEnded(3, PasswordNeeded(user="me", host="bastion", store="").cause)
    failed, actions = step(START[State.CONNECTING], needed, NOW)
    assert (failed.state, actions) == (State.FAILED, ())


@pytest.mark.parametrize("delay_s", [1.0, 5.0])
def test_a_timer_is_never_put_off_by_haste(delay_s: float) -> None:
    assert step(START[State.WAITING], m.Hasten(delay_s), NOW) == (START[State.WAITING], ())


@pytest.mark.parametrize(("online", "state"), [(True, State.CONNECTING), (False, State.WAITING)])
def test_a_wish_made_while_closing_is_remembered(online: bool, state: State) -> None:
    closing, _ = step(START[State.CLOSING], m.Connect(), NOW)
    if not online:
        closing, _ = step(closing, m.NetworkDown(), NOW)
    assert step(closing, EVENTS["ended"], NOW)[0].state is state


def test_a_redial_closes_first_and_then_opens_the_next_session() -> None:
    closing, _ = step(START[State.UP], m.Redial(), NOW)
    assert step(closing, EVENTS["ended"], NOW)[1] == (Open(4),)


@pytest.mark.parametrize("state", State)
def test_after_shutdown_the_end_of_the_session_leaves_nothing(state: State) -> None:
    ending, _ = step(START[state], m.Shutdown(), NOW)
    ended, actions = step(ending, EVENTS["ended"], NOW)
    assert (ended.state, ended.retry_at, actions) == (State.OFF, None, ())
