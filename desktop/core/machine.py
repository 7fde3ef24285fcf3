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

from desktop.core import machine_moves as moves
from desktop.core.errors import Offline
from desktop.core.events import (
    Abort,
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
    NetworkChanged,
    NetworkDown,
    NetworkUp,
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
from desktop.core.machine_moves import Step
from desktop.core.model import State

__all__ = ["Machine", "step"]


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


# -- the states ------------------------------------------------------------------------------------------------


def _in_off(machine: Machine, event: Event) -> Step:
    match event:
        case Connect():
            return moves.start(machine)
        case StandBy():
            return moves.hold(machine), ()
    return machine, ()


def _in_connecting(machine: Machine, event: Event, now: float) -> Step:
    match event:
        case SessionUp(generation, needs_person) if generation == machine.generation:
            up = replace(machine, state=State.UP, cause=None, up_at=now, turned_away=0)
            asks = machine.asked == generation and needs_person
            return replace(up, asks=asks), (Adopt(generation),)
        case Asked(generation) if generation == machine.generation:
            return replace(machine, asked=generation, asks=True), ()
        case Declined(cause):
            return moves.hold(machine, cause), (Abort(machine.generation),)
        case SessionEnded() if event.generation == machine.generation:
            return moves.after_loss(machine, event, now)
        case DialLost(generation) if generation == machine.generation:
            opened, actions = moves.dial(machine)
            return opened, (Abort(generation), *actions)
        case NetworkDown():
            held = replace(machine, state=State.WAITING, cause=Offline().cause)
            return held, (Abort(machine.generation),)
        case Disconnect() | Redial() | Shutdown():
            return moves.close(machine)
    return machine, ()


def _in_up(machine: Machine, event: Event, now: float) -> Step:
    match event:
        case SessionEnded() if event.generation == machine.generation:
            steadied = moves.steadied(machine, now)
            lost, actions = moves.after_loss(steadied, event, now, known=machine.cause)
            return lost, (Release(event.generation), *actions)
        case ProbeMissed() | PathGone() if event.generation == machine.generation:
            return _doubt(moves.steadied(machine, now), event)
        case NetworkDown():
            aside, actions = moves.step_aside(moves.steadied(machine, now))
            return replace(aside, state=State.WAITING, cause=Offline().cause), actions
        case Resumed() | NetworkUp() | NetworkChanged():
            return machine, (Probe(machine.generation),)
        case Answered():
            return replace(machine, cause=None), ()
        case Disconnect() | Redial() | Shutdown():
            return moves.close(machine)
    return machine, ()


def _doubt(machine: Machine, doubt: ProbeMissed | PathGone) -> Step:
    """Dial beside a session that may be dead, unless a login has been refused before: then it is all there is."""
    aside, actions = moves.step_aside(machine)
    if machine.cause is not None:
        return replace(aside, state=State.FAILED), (*actions, Refuse())
    if machine.asks and not doubt.eager:
        return moves.hold(aside), actions
    opened, open_it = moves.dial(replace(aside, cause=doubt.cause))
    return opened, (*actions, *open_it)


def _in_closing(machine: Machine, event: Event) -> Step:
    match event:
        case SessionEnded(generation) if generation == machine.generation:
            if machine.fallback is not None:
                return replace(machine, generation=machine.fallback, fallback=None), ()
            return moves.start(machine) if machine.wanted else (moves.switch_off(machine), ())
    return machine, ()


def _in_waiting(machine: Machine, event: Event, now: float) -> Step:
    match event:
        case RetryDue() if machine.online:
            return moves.dial(machine)
        case Connect():
            # The person's word counts for more than a monitor's.
            return moves.leave_waiting(machine)
        case Answered() if machine.online:
            return moves.leave_waiting(machine)
        case NetworkUp() | NetworkChanged() | Resumed() if machine.online:
            return _network_is_back(machine, now)
        case Hasten(delay_s) if machine.retry_at is not None and now + delay_s < machine.retry_at:
            return replace(machine, retry_at=now + delay_s), (StartRetryTimer(delay_s),)
        case NetworkDown():
            held = replace(machine, retry_at=None, cause=Offline().cause)
            return held, (StopRetryTimer(),)
        case Redial():
            alone, actions = moves.drop_fallback(machine)
            opened, more = moves.leave_waiting(alone) if machine.online else (alone, ())
            return opened, (*actions, *more)
        case Disconnect() | Shutdown():
            alone, actions = moves.drop_fallback(machine)
            return moves.switch_off(alone), (StopRetryTimer(), *actions)
    return machine, ()


def _on_demand(machine: Machine, event: Event) -> Step:
    fallback = machine.fallback
    match event:
        case Connect():
            return moves.dial(replace(machine, cause=None))
        case ClientWaits() | Answered() if machine.online:
            return moves.dial(replace(machine, cause=None))
        case NetworkUp() | NetworkChanged() | Resumed() if fallback is not None:
            return machine, (Probe(fallback),)
        case Redial():
            return moves.drop_fallback(machine)
        case Disconnect() | Shutdown():
            alone, actions = moves.drop_fallback(machine)
            return moves.switch_off(alone), actions
    return machine, ()


def _network_is_back(machine: Machine, now: float) -> Step:
    fallback = machine.fallback
    if machine.asks and fallback is None:
        return moves.hold(machine), (StopRetryTimer(),)
    if fallback is None or machine.retry_at is not None:
        opened, actions = moves.leave_waiting(machine)
        return opened, actions if fallback is None else (*actions, Probe(fallback))
    # Nothing was tried since the network went: the session may not even have noticed.
    back = replace(machine, state=State.UP, generation=fallback, fallback=None, cause=None, up_at=now)
    return back, (Adopt(fallback), Probe(fallback))


def _in_failed(machine: Machine, event: Event) -> Step:
    match event:
        case Connect() | Answered():
            opened, actions = moves.start(machine)
            return opened, (Park(), *actions)
        case Redial():
            alone, dropped = moves.drop_fallback(machine)
            opened, actions = moves.start(alone)
            return opened, (Park(), *dropped, *actions)
        case Disconnect() | Shutdown():
            alone, dropped = moves.drop_fallback(machine)
            return moves.switch_off(alone), dropped
    return machine, ()
