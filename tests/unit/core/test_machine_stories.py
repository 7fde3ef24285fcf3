"""Longer stories of the machine: back-off, sessions in doubt, and a random walk that must keep the rules."""

from __future__ import annotations

import random

import pytest

from desktop.core import events as m
from desktop.core.challenge_errors import AuthCancelled
from desktop.core.errors import AuthRejected, Offline, PeerLost, ServerShedding
from desktop.core.events import (
    Abort,
    Action,
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
from desktop.core.policy import EAGER_RETRY_S, SHEDDING_RETRIES_S, STEADY_AFTER_S

LOST = PeerLost(host="bastion").cause
SHEDDING = ServerShedding(host="bastion", port=22).cause
CANCELLED = AuthCancelled(user="me", host="bastion").cause
REFUSED = AuthRejected(user="me", host="bastion", method="password").cause


def after(machine: Machine, *events: m.Event, now: float = 0.0) -> tuple[Machine, list[Action]]:
    """The machine after all events, and all their actions."""
    done: list[Action] = []
    for event in events:
        machine, actions = step(machine, event, now)
        done += actions
    return machine, done


def up_since(started: float) -> Machine:
    return after(Machine(), m.Connect(), m.SessionUp(1), now=started)[0]


def test_waits_double_up_to_the_cap_and_never_end() -> None:
    machine, _ = after(Machine(), m.Connect())
    delays_s = []
    for generation in range(1, 12):
        machine, actions = after(machine, m.SessionEnded(generation, LOST, luck=0.5), m.RetryDue())
        delays_s += [action.delay_s for action in actions if isinstance(action, StartRetryTimer)]
    assert delays_s == [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30, 30]


@pytest.mark.parametrize(("lasted_s", "attempt"), [(STEADY_AFTER_S - 1, 2), (STEADY_AFTER_S, 1)])
def test_failures_are_forgotten_only_after_a_session_that_lasted(lasted_s: float, attempt: int) -> None:
    machine, _ = after(Machine(), m.Connect(), m.SessionEnded(1, LOST), m.RetryDue(), m.SessionUp(2))
    lost, _ = after(machine, m.SessionEnded(2, LOST), now=lasted_s)
    assert lost.attempt == attempt


def in_doubt(failures: int = 0) -> Machine:
    """A session that lasted, did not answer, and is the fallback of the attempt to replace it."""
    machine = up_since(0)
    for generation in range(2, 2 + failures):
        machine, _ = after(machine, m.SessionEnded(generation - 1, LOST), m.RetryDue())
        machine, _ = after(machine, m.SessionUp(generation))
    return after(machine, m.ProbeMissed(machine.generation, LOST), now=STEADY_AFTER_S)[0]


def test_a_session_in_doubt_keeps_its_clients_while_another_dials() -> None:
    machine, actions = after(up_since(0), m.Resumed(), m.ProbeMissed(1, LOST))
    assert (machine.state, machine.generation, machine.fallback) == (State.CONNECTING, 2, 1)
    assert (machine.cause, actions) == (LOST, [Probe(1), Linger(1), Park(), Open(2)])


def test_the_session_that_answers_first_carries_on_and_the_attempt_is_called_off() -> None:
    machine, actions = after(in_doubt(), m.Heard(1))
    assert (machine.state, machine.generation, machine.fallback) == (State.UP, 1, None)
    assert actions == [Abort(2), Adopt(1)]
    assert after(machine, m.SessionEnded(2, None)) == (machine, [])


def test_beside_a_new_session_the_old_one_keeps_its_clients_until_its_chance_is_over() -> None:
    machine, actions = after(in_doubt(), m.SessionUp(2), m.Heard(1))
    assert (machine.state, machine.generation, machine.fallback) == (State.UP, 2, 1)
    assert actions == [Adopt(2)]
    alone, actions = after(machine, m.FallbackOver(1))
    assert (alone.state, alone.generation, alone.fallback) == (State.UP, 2, None)
    assert actions == [Release(1), Abort(1)]
    assert after(alone, m.SessionEnded(1, None)) == (alone, [])


def test_the_chance_of_a_session_may_end_before_another_is_up() -> None:
    machine, actions = after(in_doubt(), m.FallbackOver(1))
    assert (machine.state, machine.generation, machine.fallback) == (State.CONNECTING, 2, None)
    assert actions == [Release(1), Abort(1)]


def test_a_session_that_answers_between_two_attempts_carries_on() -> None:
    waiting, _ = after(in_doubt(), m.SessionEnded(2, LOST))
    assert (waiting.state, waiting.fallback) == (State.WAITING, 1)
    machine, actions = after(waiting, m.Heard(1))
    assert (machine.state, machine.generation, machine.retry_at) == (State.UP, 1, None)
    assert actions == [StopRetryTimer(), Adopt(1)]


def test_when_the_old_session_dies_the_attempt_goes_on_with_a_clean_count() -> None:
    machine, actions = after(in_doubt(failures=1), m.SessionEnded(2, LOST))
    assert (machine.state, machine.generation, machine.fallback) == (State.CONNECTING, 3, None)
    assert (machine.attempt, machine.cause, actions) == (0, LOST, [Release(2)])


def test_when_the_new_session_is_in_doubt_as_well_the_older_one_is_given_up() -> None:
    machine, _ = after(in_doubt(), m.SessionUp(2))
    machine, actions = after(machine, m.ProbeMissed(2, LOST))
    assert (machine.generation, machine.fallback) == (3, 2)
    assert actions == [Release(1), Abort(1), Linger(2), Park(), Open(3)]


def test_a_login_refused_beside_a_session_is_never_tried_again_by_itself() -> None:
    failed, actions = after(in_doubt(), m.SessionEnded(2, REFUSED))
    assert (failed.state, failed.fallback, actions) == (State.FAILED, 1, [Refuse()])
    machine, actions = after(failed, m.Heard(1))
    assert (machine.state, machine.generation, actions) == (State.UP, 1, [Adopt(1)])
    silent, actions = after(machine, m.Resumed(), m.ProbeMissed(1, LOST))
    assert (silent.state, silent.cause, silent.fallback) == (State.FAILED, REFUSED, 1)
    assert actions == [Probe(1), Linger(1), Park(), Refuse()]
    lost, actions = after(machine, m.SessionEnded(1, LOST))
    assert (lost.state, lost.cause, actions) == (State.FAILED, REFUSED, [Release(1), Refuse()])


def test_an_answer_lets_a_refused_login_be_followed_by_another() -> None:
    machine, _ = after(in_doubt(), m.SessionEnded(2, REFUSED), m.Heard(1), m.Answered())
    assert after(machine, m.ProbeMissed(1, LOST))[1][-1] == Open(3)


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_closing_waits_for_the_session_and_its_fallback(order: tuple[int, int]) -> None:
    closing, actions = after(in_doubt(), m.Redial())
    assert actions == [Release(2), Abort(2), Release(1), Abort(1)]
    half, _ = after(closing, m.SessionEnded(order[0], None))
    assert half.state is State.CLOSING
    assert after(half, m.SessionEnded(order[1], None))[1] == [Open(3)]


def test_a_network_that_was_away_for_a_moment_costs_no_login() -> None:
    away, actions = after(up_since(0), m.NetworkDown())
    assert (away.state, away.cause, away.fallback) == (State.WAITING, Offline().cause, 1)
    assert actions == [Linger(1), Park()]
    back, actions = after(away, m.NetworkUp())
    assert (back.state, back.generation, actions) == (State.UP, 1, [Adopt(1), Probe(1)])


def test_a_network_that_comes_back_after_failed_attempts_is_tried_at_once_by_both_ways() -> None:
    waiting, _ = after(in_doubt(), m.SessionEnded(2, LOST))
    machine, actions = after(waiting, m.NetworkChanged())
    assert (machine.state, machine.fallback) == (State.CONNECTING, 1)
    assert actions == [StopRetryTimer(), Open(3), Probe(1)]


@pytest.mark.parametrize("event", [m.Disconnect(), m.Shutdown()])
def test_switching_off_while_waiting_ends_the_fallback_too(event: m.Event) -> None:
    waiting, _ = after(in_doubt(), m.SessionEnded(2, LOST))
    machine, actions = after(waiting, event)
    assert (machine.state, machine.fallback) == (State.OFF, None)
    assert actions == [StopRetryTimer(), Release(1), Abort(1)]


def test_other_login_details_are_no_reason_to_wait_for_a_session_with_the_old_ones() -> None:
    waiting, _ = after(in_doubt(), m.SessionEnded(2, LOST))
    machine, actions = after(waiting, m.Redial())
    assert (machine.state, machine.fallback) == (State.CONNECTING, None)
    assert actions == [Release(1), Abort(1), StopRetryTimer(), Open(3)]


def test_only_a_server_that_turns_away_again_and_again_is_left_alone_for_long() -> None:
    machine, _ = after(Machine(), m.Connect())
    delays_s = []
    for generation, cause in enumerate((LOST, LOST, LOST, SHEDDING, SHEDDING, LOST, SHEDDING), start=1):
        machine, actions = after(machine, m.SessionEnded(generation, cause), m.RetryDue())
        delays_s += [action.delay_s for action in actions if isinstance(action, StartRetryTimer)]
    assert delays_s == [0.5, 1, 2, SHEDDING_RETRIES_S[0], SHEDDING_RETRIES_S[1], 16, SHEDDING_RETRIES_S[0]]


def test_a_waiting_client_shortens_the_wait() -> None:
    machine, actions = after(Machine(), m.Connect(), *[m.SessionEnded(n, LOST) for n in (1,)])
    for generation in range(2, 8):
        machine, _ = after(machine, m.RetryDue())
        machine, actions = after(machine, m.SessionEnded(generation, LOST, eager=True))
    assert actions == [StartRetryTimer(EAGER_RETRY_S)]


class World:
    """What an engine would hold beside a machine; checks each action against it."""

    def __init__(self) -> None:
        self.machine = Machine()
        self.live: set[int] = set()
        self.aborted: set[int] = set()
        self.opened = 0
        self.timer = False

    def send(self, event: m.Event, now: float) -> None:
        if isinstance(event, m.RetryDue):
            self.timer = False
        if isinstance(event, m.SessionEnded):
            self.live.discard(event.generation)
        self.machine, actions = step(self.machine, event, now)
        for action in actions:
            self._do(action, event)
        self._check()

    def _do(self, action: Action, event: m.Event) -> None:
        match action:
            case m.Open(generation):
                assert generation == self.opened + 1
                assert self.live <= self.aborted | {self.machine.fallback}
                self.opened = generation
                self.live.add(generation)
            case m.Abort(generation) | m.Adopt(generation) | m.Probe(generation) | m.Linger(generation):
                assert generation in self.live
                if isinstance(action, m.Abort):
                    self.aborted.add(generation)
            case m.StartRetryTimer(delay_s):
                assert not self.timer or isinstance(event, m.Hasten)
                assert delay_s > 0
                self.timer = True
            case m.StopRetryTimer():
                self.timer = False

    def _check(self) -> None:
        machine = self.machine
        assert len(self.live - self.aborted) <= 2
        assert self.timer == (machine.retry_at is not None)
        assert not self.timer or machine.state is State.WAITING
        assert machine.wanted or machine.state in (State.OFF, State.CLOSING)
        if machine.state in (State.CONNECTING, State.UP, State.CLOSING):
            assert machine.generation in self.live
        else:
            assert self.live <= self.aborted | {machine.fallback}
        if machine.fallback is not None:
            assert machine.fallback in self.live - self.aborted or machine.state is State.CLOSING
            assert machine.fallback != machine.generation or machine.state not in (State.CONNECTING, State.UP)
        if machine.state is State.OFF:
            assert machine.fallback is None


def random_event(world: World, dice: random.Random) -> m.Event:
    """Something that can happen: sessions report once they live, and the timer rings where one runs."""
    generation = dice.choice(sorted(world.live)) if world.live else 0
    ended = m.SessionEnded(generation, dice.choice([None, LOST, LOST, REFUSED]), dice.random())
    of_session: list[m.Event] = [
        m.SessionUp(generation),
        ended,
        ended,
        m.ProbeMissed(generation, LOST),
        m.PathGone(generation, LOST),
        m.Heard(generation),
        m.FallbackOver(generation),
        m.DialLost(generation),
        m.Asked(generation),
    ]
    others: list[m.Event] = [
        m.Connect(),
        m.Connect(),
        m.Disconnect(),
        m.Redial(),
        m.Answered(),
        m.StandBy(),
        m.ClientWaits(),
        m.Declined(CANCELLED),
        m.Shutdown(),
        m.NetworkUp(),
        m.Hasten(0.1),
    ]
    others += [m.NetworkDown(), m.NetworkChanged(), m.Resumed(), *([m.RetryDue()] * 3 if world.timer else [])]
    return dice.choice([*others, *(of_session * 2 if world.live else [])])


@pytest.mark.parametrize("seed", range(20))
def test_no_order_of_events_breaks_the_rules(seed: int) -> None:
    world, dice, now = World(), random.Random(seed), 0.0
    for _ in range(1000):
        now += dice.choice([0.1, 5.0, 60.0])
        world.send(random_event(world, dice), now)
    assert world.opened > 50
