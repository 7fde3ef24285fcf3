"""Moves of the state machine of a link that several of its states share. Pure, as `desktop.core.machine` is."""

from __future__ import annotations

from dataclasses import replace

from desktop.core.challenge_errors import AwaitsClient
from desktop.core.errors import Cause, Offline
from desktop.core.events import (
    Abort,
    Action,
    Linger,
    Open,
    Park,
    Refuse,
    Release,
    SessionEnded,
    StartRetryTimer,
    StopRetryTimer,
)
from desktop.core.machine_memory import Machine
from desktop.core.model import State
from desktop.core.policy import STEADY_AFTER_S, clients_may_wait, is_shedding, retry_delay_s

Step = tuple[Machine, tuple[Action, ...]]


def step_aside(machine: Machine) -> Step:
    """The current session steps aside and keeps its clients; one that had done so before is given up."""
    older = machine.fallback
    given_up: tuple[Action, ...] = () if older is None else (Release(older), Abort(older))
    aside = replace(machine, fallback=machine.generation)
    return aside, (*given_up, Linger(machine.generation), Park())


def start(machine: Machine) -> Step:
    """Begin anew: what failed before is over."""
    if machine.online:
        return dial(replace(machine, attempt=0, cause=None))
    return replace(machine, state=State.WAITING, attempt=0, cause=Offline().cause), ()


def dial(machine: Machine) -> Step:
    generation = machine.latest + 1
    dialling = replace(
        machine,
        state=State.CONNECTING,
        generation=generation,
        latest=generation,
        retry_at=None,
        on_demand=False,
    )
    return dialling, (Open(generation),)


def hold(machine: Machine, cause: Cause | None = None) -> Machine:
    """To be dialled on demand. `cause` is why it is not by itself; without one, because it is not needed."""
    waiting = replace(machine, state=State.WAITING, on_demand=True, attempt=0, retry_at=None)
    return replace(waiting, cause=cause or AwaitsClient().cause)


def leave_waiting(machine: Machine) -> Step:
    opened, actions = dial(machine)
    return opened, (StopRetryTimer(), *actions)


def steadied(machine: Machine, now: float) -> Machine:
    """Failures before a session that lasted do not count any more."""
    return replace(machine, attempt=0) if now - machine.up_at >= STEADY_AFTER_S else machine


def close(machine: Machine) -> Step:
    """End the session; its fallback too, which is waited for like the session."""
    ends: list[Action] = []
    for generation in (machine.generation, machine.fallback):
        if generation is not None:
            ends += [Release(generation), Abort(generation)]
    return replace(machine, state=State.CLOSING, cause=None), tuple(ends)


def drop_fallback(machine: Machine) -> Step:
    if machine.fallback is None:
        return machine, ()
    return replace(machine, fallback=None), (Release(machine.fallback), Abort(machine.fallback))


def switch_off(machine: Machine) -> Machine:
    return replace(machine, state=State.OFF, cause=None, attempt=0, retry_at=None, on_demand=False)


def after_loss(machine: Machine, ended: SessionEnded, now: float, known: Cause | None = None) -> Step:
    """A session that nobody asked to end has ended. `known` is why another login would be refused."""
    cause = known or ended.cause
    if cause is not None and not cause.retryable:
        failed = replace(machine, state=State.FAILED, cause=cause, retry_at=None)
        return failed, () if clients_may_wait(cause) else (Refuse(),)
    if machine.asks and not ended.eager:
        return hold(machine), ()
    attempt = machine.attempt + 1
    turned_away = machine.turned_away + 1 if is_shedding(cause) else 0
    waiting = replace(machine, state=State.WAITING, attempt=attempt, turned_away=turned_away)
    if not machine.online:
        return replace(waiting, cause=Offline().cause, retry_at=None), ()
    # A server that restarts may turn one away; only one that does it again and again is to be left alone for long.
    delay_s = retry_delay_s(turned_away or attempt, ended.luck, cause, eager=ended.eager)
    return replace(waiting, cause=cause, retry_at=now + delay_s), (StartRetryTimer(delay_s),)
