"""The state machine of a link: pure, and owned by the engine thread, which is the only caller of `step`.

A link is one authenticated way to one bastion; all connections with the same route share it. Beside its current
session a link may have a *fallback*: an older session that went silent, keeps the clients it carries, and may yet
answer. Nothing is torn down on a suspicion: a new session dials beside it, and the first of the two to answer carries
new clients.

A login may *ask* the person: for a code, for a yes on their phone. A link whose last login did so must not ask at
night, when nobody is there: where any other link would dial by itself, this one dials for a client that waits, and
otherwise is held in WAITING *on demand*, until a client waits or the person says so. A question that nobody answers is
a failure: one question is all that a client can cause. The person's own word is followed like that for any other link,
until a login asks again.

=============  ==========================================================================================
state          what leads out of it
=============  ==========================================================================================
OFF            Connect -> CONNECTING, or WAITING while offline; StandBy -> WAITING on demand
CONNECTING     SessionUp -> UP; SessionEnded -> WAITING or FAILED; DialLost -> CONNECTING anew; NetworkDown ->
               WAITING; Declined -> WAITING on demand; Disconnect, Redial, Shutdown -> CLOSING
UP             SessionEnded -> WAITING or FAILED; Resumed, NetworkUp, NetworkChanged -> UP (Probe); ProbeMissed,
               PathGone -> CONNECTING, or WAITING on demand where it asks, or FAILED where a login was refused
               before, and NetworkDown -> WAITING, with the session as fallback; Disconnect, Redial, Shutdown -> CLOSING
CLOSING        SessionEnded of the last session -> CONNECTING, or WAITING while offline, if still wanted, else
               OFF; commands only flip `wanted`
WAITING        RetryDue, Connect, Redial, Answered, NetworkUp, NetworkChanged, Resumed -> CONNECTING; where only
               the network was missing, its return -> UP on the fallback (Probe); Hasten -> an earlier timer;
               NetworkDown -> no timer; Disconnect, Shutdown -> OFF
... on demand  ClientWaits, Answered -> CONNECTING unless offline; Connect -> CONNECTING; NetworkUp, NetworkChanged,
               Resumed -> the same (Probe of the fallback); Disconnect, Shutdown -> OFF
FAILED         Connect, Redial, Answered -> CONNECTING, or WAITING while offline; Disconnect, Shutdown -> OFF
any of these   Heard of the fallback -> UP on it, unless another is up or closing; FallbackOver, SessionEnded of the
               fallback -> the same state without it
=============  ==========================================================================================

An event that names a generation which is neither the current session's nor the fallback's is ignored, and so is
every pair of state and event that the table does not name.
"""

from __future__ import annotations

from dataclasses import replace

from desktop.core.challenge_errors import AwaitsClient
from desktop.core.errors import Cause, Offline
from desktop.core.events import (
    Abort,
    Action,
    Adopt,
    Answered,
    Asked,
    ClientWaits,
    Connect,
    Declined,
    DialLost,
    Disconnect,
    Event,
    FallbackOver,
    Hasten,
    Heard,
    Linger,
    NetworkChanged,
    NetworkDown,
    NetworkUp,
    Open,
    Park,
    PathGone,
    Probe,
    ProbeMissed,
    Redial,
    Refuse,
    Release,
    Resumed,
    RetryDue,
    SessionEnded,
    SessionUp,
    Shutdown,
    StandBy,
    StartRetryTimer,
    StopRetryTimer,
    generation_named_by,
)
from desktop.core.machine_memory import Machine
from desktop.core.model import State
from desktop.core.policy import STEADY_AFTER_S, clients_may_wait, is_shedding, retry_delay_s

__all__ = ["Machine", "step"]

Step = tuple[Machine, tuple[Action, ...]]


def step(machine: Machine, event: Event, now: float) -> Step:
    """The machine after `event`, and what its owner must do, in order. `now` is monotonic seconds."""
    machine = _note_wish(machine, event)
    machine = _note_network(machine, event)
    if machine.fallback is not None and generation_named_by(event) == machine.fallback:
        return _of_fallback(machine, event, now)
    match machine.state:
        case State.OFF:
            return _in_off(machine, event)
        case State.CONNECTING:
            return _in_connecting(machine, event, now)
        case State.UP:
            return _in_up(machine, event, now)
        case State.CLOSING:
            return _in_closing(machine, event)
        case State.WAITING:
            return _on_demand(machine, event) if machine.on_demand else _in_waiting(machine, event, now)
        case State.FAILED:
            return _in_failed(machine, event)


def _note_wish(machine: Machine, event: Event) -> Machine:
    match event:
        case Connect():
            return replace(machine, wanted=True, asks=machine.asks and machine.state is State.UP)
        case StandBy():
            return replace(machine, wanted=True)
        case Disconnect() | Shutdown():
            return replace(machine, wanted=False)
    return machine


def _note_network(machine: Machine, event: Event) -> Machine:
    match event:
        case NetworkDown():
            return replace(machine, online=False)
        case NetworkUp() | NetworkChanged():
            return replace(machine, online=True)
    return machine


# -- the older session beside the current one ------------------------------------------------------------------


def _of_fallback(machine: Machine, event: Event, now: float) -> Step:
    gone = replace(machine, fallback=None)
    match event:
        case SessionEnded(generation) if machine.state is State.CLOSING:
            return gone, ()
        case SessionEnded(generation):
            return gone, (Release(generation),)
        case FallbackOver(generation):
            return gone, (Release(generation), Abort(generation))
        case Heard(generation):
            return _fallback_answers(machine, generation, now)
    return machine, ()


def _fallback_answers(machine: Machine, generation: int, now: float) -> Step:
    up = replace(machine, state=State.UP, generation=generation, up_at=now, cause=None)
    back = replace(up, fallback=None, retry_at=None, on_demand=False)
    match machine.state:
        case State.CONNECTING:
            return back, (Abort(machine.generation), Adopt(generation))
        case State.WAITING:
            return replace(back, online=True), (StopRetryTimer(), Adopt(generation))
        case State.FAILED:
            return replace(back, cause=machine.cause), (Adopt(generation),)
    return machine, ()


def _to_fallback(machine: Machine) -> Step:
    """The current session steps aside and keeps its clients; one that had done so before is given up."""
    older = machine.fallback
    given_up: tuple[Action, ...] = () if older is None else (Release(older), Abort(older))
    aside = replace(machine, fallback=machine.generation)
    return aside, (*given_up, Linger(machine.generation), Park())


# -- the states ------------------------------------------------------------------------------------------------


def _in_off(machine: Machine, event: Event) -> Step:
    match event:
        case Connect():
            return _start(machine)
        case StandBy():
            return _held(machine), ()
    return machine, ()


def _in_connecting(machine: Machine, event: Event, now: float) -> Step:
    match event:
        case SessionUp(generation) if generation == machine.generation:
            up = replace(machine, state=State.UP, cause=None, up_at=now, turned_away=0)
            return replace(up, asks=machine.asked == generation), (Adopt(generation),)
        case Asked(generation) if generation == machine.generation:
            return replace(machine, asked=generation, asks=True), ()
        case Declined(cause):
            return _held(machine, cause), (Abort(machine.generation),)
        case SessionEnded() if event.generation == machine.generation:
            return _after_loss(machine, event, now)
        case DialLost(generation) if generation == machine.generation:
            opened, actions = _open(machine)
            return opened, (Abort(generation), *actions)
        case NetworkDown():
            held = replace(machine, state=State.WAITING, cause=Offline().cause)
            return held, (Abort(machine.generation),)
        case Disconnect() | Redial() | Shutdown():
            return _close(machine)
    return machine, ()


def _in_up(machine: Machine, event: Event, now: float) -> Step:
    match event:
        case SessionEnded() if event.generation == machine.generation:
            steadied = _steadied(machine, now)
            lost, actions = _after_loss(steadied, event, now, known=machine.cause)
            return lost, (Release(event.generation), *actions)
        case ProbeMissed() | PathGone() if event.generation == machine.generation:
            return _doubt(_steadied(machine, now), event)
        case NetworkDown():
            aside, actions = _to_fallback(_steadied(machine, now))
            return replace(aside, state=State.WAITING, cause=Offline().cause), actions
        case Resumed() | NetworkUp() | NetworkChanged():
            return machine, (Probe(machine.generation),)
        case Answered():
            return replace(machine, cause=None), ()
        case Disconnect() | Redial() | Shutdown():
            return _close(machine)
    return machine, ()


def _doubt(machine: Machine, doubt: ProbeMissed | PathGone) -> Step:
    """Dial beside a session that may be dead, unless a login has been refused before: then it is all there is."""
    aside, actions = _to_fallback(machine)
    if machine.cause is not None:
        return replace(aside, state=State.FAILED), (*actions, Refuse())
    if machine.asks and not doubt.eager:
        return _held(aside), actions
    opened, open_it = _open(replace(aside, cause=doubt.cause))
    return opened, (*actions, *open_it)


def _in_closing(machine: Machine, event: Event) -> Step:
    match event:
        case SessionEnded(generation) if generation == machine.generation:
            if machine.fallback is not None:
                return replace(machine, generation=machine.fallback, fallback=None), ()
            return _start(machine) if machine.wanted else (_off(machine), ())
    return machine, ()


def _in_waiting(machine: Machine, event: Event, now: float) -> Step:
    match event:
        case RetryDue() if machine.online:
            return _open(machine)
        case Connect():
            # The person's word counts for more than a monitor's.
            return _leave_waiting(machine)
        case Answered() if machine.online:
            return _leave_waiting(machine)
        case NetworkUp() | NetworkChanged() | Resumed() if machine.online:
            return _network_is_back(machine, now)
        case Hasten(delay_s) if machine.retry_at is not None and now + delay_s < machine.retry_at:
            return replace(machine, retry_at=now + delay_s), (StartRetryTimer(delay_s),)
        case NetworkDown():
            held = replace(machine, retry_at=None, cause=Offline().cause)
            return held, (StopRetryTimer(),)
        case Redial():
            alone, actions = _drop_fallback(machine)
            opened, more = _leave_waiting(alone) if machine.online else (alone, ())
            return opened, (*actions, *more)
        case Disconnect() | Shutdown():
            alone, actions = _drop_fallback(machine)
            return _off(alone), (StopRetryTimer(), *actions)
    return machine, ()


def _on_demand(machine: Machine, event: Event) -> Step:
    fallback = machine.fallback
    match event:
        case Connect():
            return _open(replace(machine, cause=None))
        case ClientWaits() | Answered() if machine.online:
            return _open(replace(machine, cause=None))
        case NetworkUp() | NetworkChanged() | Resumed() if fallback is not None:
            return machine, (Probe(fallback),)
        case Redial():
            return _drop_fallback(machine)
        case Disconnect() | Shutdown():
            alone, actions = _drop_fallback(machine)
            return _off(alone), actions
    return machine, ()


def _network_is_back(machine: Machine, now: float) -> Step:
    fallback = machine.fallback
    if machine.asks and fallback is None:
        return _held(machine), (StopRetryTimer(),)
    if fallback is None or machine.retry_at is not None:
        opened, actions = _leave_waiting(machine)
        return opened, actions if fallback is None else (*actions, Probe(fallback))
    # Nothing was tried since the network went: the session may not even have noticed.
    back = replace(machine, state=State.UP, generation=fallback, fallback=None, cause=None, up_at=now)
    return back, (Adopt(fallback), Probe(fallback))


def _in_failed(machine: Machine, event: Event) -> Step:
    match event:
        case Connect() | Answered():
            opened, actions = _start(machine)
            return opened, (Park(), *actions)
        case Redial():
            alone, dropped = _drop_fallback(machine)
            opened, actions = _start(alone)
            return opened, (Park(), *dropped, *actions)
        case Disconnect() | Shutdown():
            alone, dropped = _drop_fallback(machine)
            return _off(alone), dropped
    return machine, ()


# -- steps that several states share ---------------------------------------------------------------------------


def _start(machine: Machine) -> Step:
    """Begin anew: what failed before is over."""
    if machine.online:
        return _open(replace(machine, attempt=0, cause=None))
    return replace(machine, state=State.WAITING, attempt=0, cause=Offline().cause), ()


def _open(machine: Machine) -> Step:
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


def _held(machine: Machine, cause: Cause | None = None) -> Machine:
    """To be dialled on demand. `cause` is why it is not by itself; without one, because it is not needed."""
    waiting = replace(machine, state=State.WAITING, on_demand=True, attempt=0, retry_at=None)
    return replace(waiting, cause=cause or AwaitsClient().cause)


def _leave_waiting(machine: Machine) -> Step:
    opened, actions = _open(machine)
    return opened, (StopRetryTimer(), *actions)


def _steadied(machine: Machine, now: float) -> Machine:
    """Failures before a session that lasted do not count any more."""
    return replace(machine, attempt=0) if now - machine.up_at >= STEADY_AFTER_S else machine


def _close(machine: Machine) -> Step:
    """End the session; its fallback too, which is waited for like the session."""
    ends: list[Action] = []
    for generation in (machine.generation, machine.fallback):
        if generation is not None:
            ends += [Release(generation), Abort(generation)]
    return replace(machine, state=State.CLOSING, cause=None), tuple(ends)


def _drop_fallback(machine: Machine) -> Step:
    if machine.fallback is None:
        return machine, ()
    return replace(machine, fallback=None), (Release(machine.fallback), Abort(machine.fallback))


def _off(machine: Machine) -> Machine:
    return replace(machine, state=State.OFF, cause=None, attempt=0, retry_at=None, on_demand=False)


def _after_loss(machine: Machine, ended: SessionEnded, now: float, known: Cause | None = None) -> Step:
    """A session that nobody asked to end has ended. `known` is why another login would be refused."""
    cause = known or ended.cause
    if cause is not None and not cause.retryable:
        failed = replace(machine, state=State.FAILED, cause=cause, retry_at=None)
        return failed, () if clients_may_wait(cause) else (Refuse(),)
    if machine.asks and not ended.eager:
        return _held(machine), ()
    attempt = machine.attempt + 1
    turned_away = machine.turned_away + 1 if is_shedding(cause) else 0
    waiting = replace(machine, state=State.WAITING, attempt=attempt, turned_away=turned_away)
    if not machine.online:
        return replace(waiting, cause=Offline().cause, retry_at=None), ()
    # A server that restarts may turn one away; only one that does it again and again is to be left alone for long.
    delay_s = retry_delay_s(turned_away or attempt, ended.luck, cause, eager=ended.eager)
    return replace(waiting, cause=cause, retry_at=now + delay_s), (StartRetryTimer(delay_s),)
