"""Longer stories of the machine: back-off, candidates, and a random walk that must keep the rules."""

from __future__ import annotations

import random

import pytest

from desktop.core import machine as m
from desktop.core.errors import AuthRejected, PeerLost
from desktop.core.machine import Abort, Action, Adopt, Machine, Open, Release, StartRetryTimer, step
from desktop.core.model import State
from desktop.core.policy import STEADY_AFTER_S

LOST = PeerLost(host="bastion").cause
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


def test_a_candidate_that_comes_up_takes_over_and_the_old_session_is_aborted() -> None:
    machine, actions = after(up_since(0), m.Resumed(), m.ProbeMissed(1), m.SessionUp(2))
    assert (machine.state, machine.generation, machine.candidate) == (State.UP, 2, None)
    assert actions[-3:] == [Release(), Adopt(2), Abort(1)]
    assert after(machine, m.SessionEnded(1, None)) == (machine, [])


def test_a_candidate_takes_over_the_good_record_of_a_session_that_lasted() -> None:
    failed_once, _ = after(Machine(), m.Connect(), m.SessionEnded(1, LOST), m.RetryDue(), m.SessionUp(2))
    machine, _ = after(failed_once, m.ProbeMissed(2), m.SessionUp(3), now=STEADY_AFTER_S)
    assert (machine.attempt, machine.up_at) == (0, STEADY_AFTER_S)


def test_only_one_candidate_dials_at_a_time() -> None:
    beside, _ = after(up_since(0), m.ProbeMissed(1))
    assert after(beside, m.ProbeMissed(1)) == (beside, [])


def test_a_candidate_that_fails_leaves_the_session_alone_and_its_number_is_not_used_again() -> None:
    machine, actions = after(up_since(0), m.ProbeMissed(1), m.SessionEnded(2, LOST), m.ProbeMissed(1))
    assert (machine.state, machine.generation, machine.candidate) == (State.UP, 1, 3)
    assert actions == [Open(2), Open(3)]


def test_when_the_old_session_dies_the_candidate_goes_on_dialling_with_a_clean_count() -> None:
    failed_once, _ = after(Machine(), m.Connect(), m.SessionEnded(1, LOST), m.RetryDue(), m.SessionUp(2))
    machine, actions = after(failed_once, m.ProbeMissed(2), m.SessionEnded(2, LOST), now=STEADY_AFTER_S)
    assert (machine.state, machine.generation, machine.candidate) == (State.CONNECTING, 3, None)
    assert (machine.attempt, machine.cause, actions) == (0, LOST, [Open(3), Release()])


def test_a_login_refused_to_a_candidate_is_never_tried_again_by_itself() -> None:
    machine, _ = after(up_since(0), m.ProbeMissed(1), m.SessionEnded(2, REFUSED))
    assert machine.state is State.UP
    assert after(machine, m.Resumed(), m.ProbeMissed(1))[0].candidate is None
    lost, actions = after(machine, m.SessionEnded(1, LOST))
    assert (lost.state, lost.cause, actions) == (State.FAILED, REFUSED, [Release()])


def test_an_answer_lets_a_refused_candidate_be_followed_by_another() -> None:
    machine, _ = after(up_since(0), m.ProbeMissed(1), m.SessionEnded(2, REFUSED))
    assert after(machine, m.Answered(), m.ProbeMissed(1))[1] == [Open(3)]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_closing_waits_for_the_session_and_its_candidate(order: tuple[int, int]) -> None:
    closing, actions = after(up_since(0), m.ProbeMissed(1), m.Redial())
    assert actions[-3:] == [Release(), Abort(1), Abort(2)]
    half, _ = after(closing, m.SessionEnded(order[0], None))
    assert half.state is State.CLOSING
    assert after(half, m.SessionEnded(order[1], None))[1] == [Open(3)]


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
                assert isinstance(event, m.ProbeMissed) or self.live <= self.aborted
                self.opened = generation
                self.live.add(generation)
            case m.Abort(generation) | m.Adopt(generation) | m.Probe(generation):
                assert generation in self.live
                if isinstance(action, m.Abort):
                    self.aborted.add(generation)
            case m.StartRetryTimer(delay_s):
                assert not self.timer
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
            assert machine.candidate is None
            assert self.live <= self.aborted


def random_event(world: World, dice: random.Random) -> m.Event:
    """Something that can happen: sessions report once they live, and the timer rings where one runs."""
    generation = dice.choice(sorted(world.live)) if world.live else 0
    ended = m.SessionEnded(generation, dice.choice([None, LOST, LOST, REFUSED]), dice.random())
    of_session: list[m.Event] = [m.SessionUp(generation), ended, ended, m.ProbeMissed(generation)]
    others: list[m.Event] = [
        m.Connect(),
        m.Connect(),
        m.Disconnect(),
        m.Redial(),
        m.Answered(),
        m.Shutdown(),
        m.NetworkUp(),
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
