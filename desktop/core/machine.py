"""The state machine of a link: pure, and owned by the engine thread, which is the only caller of `step`.

A link is one authenticated way to one bastion; all connections with the same route share it.

=============  ==========================================================================================
state          what leads out of it
=============  ==========================================================================================
OFF            Connect -> CONNECTING, or WAITING while offline
CONNECTING     SessionUp -> UP; SessionEnded -> WAITING or FAILED; Disconnect, Redial, Shutdown -> CLOSING
UP             SessionEnded -> WAITING, FAILED, or CONNECTING while a candidate dials; Resumed, NetworkUp,
               NetworkChanged -> UP (Probe); ProbeMissed -> UP (Open a candidate beside the session);
               SessionUp of the candidate -> UP (the old session is aborted); Disconnect, Redial, Shutdown
               -> CLOSING
CLOSING        SessionEnded of the last session -> CONNECTING, or WAITING while offline, if still wanted, else
               OFF; commands only flip `wanted`
WAITING        RetryDue, Connect, NetworkUp, NetworkChanged, Resumed -> CONNECTING; NetworkDown drops the
               timer; Disconnect, Shutdown -> OFF
FAILED         Connect, Redial, Answered -> CONNECTING, or WAITING while offline; Disconnect, Shutdown -> OFF
=============  ==========================================================================================

An event that names a generation which is neither the current session's nor the candidate's is ignored, and so
is every pair of state and event that the table does not name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop.core.errors import Cause, Offline
from desktop.core.model import State
from desktop.core.policy import STEADY_AFTER_S, retry_delay_s


@dataclass(frozen=True, slots=True)
class Connect:
    """The person wants the link up, or wants the next attempt now."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Nobody wants the link any more."""


@dataclass(frozen=True, slots=True)
class Redial:
    """What is needed to log in was changed: end the session, if any, and start afresh."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The person gave what the last attempt lacked: a secret, or their yes to a host key."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """The program is ending."""


@dataclass(frozen=True, slots=True)
class SessionUp:
    generation: int


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """`cause` is None where an Abort asked for the end. `luck` in [0, 1) spreads retries of many links."""

    generation: int
    cause: Cause | None
    luck: float = 0.5


@dataclass(frozen=True, slots=True)
class RetryDue:
    """The retry timer rang."""


@dataclass(frozen=True, slots=True)
class ProbeMissed:
    """A session did not answer a Probe within its deadline."""

    generation: int


@dataclass(frozen=True, slots=True)
class NetworkUp:
    pass


@dataclass(frozen=True, slots=True)
class NetworkDown:
    pass


@dataclass(frozen=True, slots=True)
class NetworkChanged:
    """Still online, by another way than before."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The computer woke from sleep."""


Event = (
    Connect
    | Disconnect
    | Redial
    | Answered
    | Shutdown
    | SessionUp
    | SessionEnded
    | RetryDue
    | ProbeMissed
    | NetworkUp
    | NetworkDown
    | NetworkChanged
    | Resumed
)


@dataclass(frozen=True, slots=True)
class Open:
    """Dial a session of this generation."""

    generation: int


@dataclass(frozen=True, slots=True)
class Abort:
    generation: int


@dataclass(frozen=True, slots=True)
class Adopt:
    """Carry clients over this session from now on."""

    generation: int


@dataclass(frozen=True, slots=True)
class Release:
    """The session that carried clients is gone: reset them and park new ones."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Ask the session for an answer; report ProbeMissed if there is none in time."""

    generation: int


@dataclass(frozen=True, slots=True)
class StartRetryTimer:
    delay_s: float


@dataclass(frozen=True, slots=True)
class StopRetryTimer:
    pass


Action = Open | Abort | Adopt | Release | Probe | StartRetryTimer | StopRetryTimer
Step = tuple["Machine", tuple[Action, ...]]


@dataclass(frozen=True, slots=True)
class Machine:
    """The whole memory of a link.

    `wanted` is what the person asked for, `state` how it stands. `generation` numbers the current session,
    `candidate` the one that dials beside it, and `latest` is the highest number ever given to a session.
    `attempt` counts failures in a row. In UP, `cause` is what a candidate failed with for good: the session
    lives on, but its end will not be followed by another login. `up_at` and `retry_at` are monotonic seconds.
    """

    state: State = State.OFF
    wanted: bool = False
    online: bool = True
    generation: int = 0
    candidate: int | None = None
    latest: int = 0
    attempt: int = 0
    cause: Cause | None = None
    up_at: float = 0.0
    retry_at: float | None = None


def step(machine: Machine, event: Event, now: float) -> Step:
    """The machine after `event`, and what its owner must do, in order. `now` is monotonic seconds."""
    machine = _note_wish(machine, event)
    machine = _note_network(machine, event)
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
            return _in_waiting(machine, event)
        case State.FAILED:
            return _in_failed(machine, event)


def _note_wish(machine: Machine, event: Event) -> Machine:
    match event:
        case Connect():
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


def _in_off(machine: Machine, event: Event) -> Step:
    return _start(machine) if isinstance(event, Connect) else (machine, ())


def _in_connecting(machine: Machine, event: Event, now: float) -> Step:
    match event:
        case SessionUp(generation) if generation == machine.generation:
            up = replace(machine, state=State.UP, cause=None, up_at=now)
            return up, (Adopt(generation),)
        case SessionEnded(generation, cause, luck) if generation == machine.generation:
            return _after_loss(machine, cause, luck, now)
        case Disconnect() | Redial() | Shutdown():
            return _close(machine)
    return machine, ()


def _in_up(machine: Machine, event: Event, now: float) -> Step:
    match event:
        case SessionEnded(generation, cause, luck):
            return _session_ended_while_up(machine, generation, cause, luck, now)
        case SessionUp(generation) if generation == machine.candidate:
            return _candidate_won(machine, generation, now)
        case Resumed() | NetworkUp() | NetworkChanged():
            return machine, (Probe(machine.generation),)
        case ProbeMissed(generation) if generation == machine.generation:
            return _open_beside(machine)
        case Answered():
            return replace(machine, cause=None), ()
        case Disconnect() | Redial() | Shutdown():
            return _close(machine)
    return machine, ()


def _session_ended_while_up(
    machine: Machine, generation: int, cause: Cause | None, luck: float, now: float
) -> Step:
    if generation == machine.candidate:
        return replace(machine, candidate=None, cause=None if _may_retry(cause) else cause), ()
    if generation != machine.generation:
        return machine, ()
    machine = _steadied(machine, now)
    if machine.candidate is not None:
        heir = replace(
            machine, state=State.CONNECTING, generation=machine.candidate, candidate=None, cause=cause
        )
        return heir, (Release(),)
    lost, actions = _after_loss(machine, machine.cause or cause, luck, now)
    return lost, (Release(), *actions)


def _candidate_won(machine: Machine, generation: int, now: float) -> Step:
    loser = machine.generation
    won = replace(_steadied(machine, now), generation=generation, candidate=None, up_at=now, cause=None)
    return won, (Release(), Adopt(generation), Abort(loser))


def _in_closing(machine: Machine, event: Event) -> Step:
    match event:
        case SessionEnded(generation) if generation == machine.candidate:
            return replace(machine, candidate=None), ()
        case SessionEnded(generation) if generation == machine.generation:
            if machine.candidate is not None:
                return replace(machine, generation=machine.candidate, candidate=None), ()
            return _start(machine) if machine.wanted else (_off(machine), ())
    return machine, ()


def _in_waiting(machine: Machine, event: Event) -> Step:
    match event:
        case RetryDue() if machine.online:
            return _open(machine)
        case Connect() | Redial() | Answered() | NetworkUp() | NetworkChanged() | Resumed() if machine.online:
            return _leave_waiting(machine)
        case NetworkDown():
            held = replace(machine, retry_at=None, cause=Offline().cause)
            return held, (StopRetryTimer(),)
        case Disconnect() | Shutdown():
            return _off(machine), (StopRetryTimer(),)
    return machine, ()


def _in_failed(machine: Machine, event: Event) -> Step:
    match event:
        case Connect() | Redial() | Answered():
            return _start(machine)
        case Disconnect() | Shutdown():
            return _off(machine), ()
    return machine, ()


def _start(machine: Machine) -> Step:
    """Begin anew: what failed before is over."""
    if machine.online:
        return _open(replace(machine, attempt=0, cause=None))
    return replace(machine, state=State.WAITING, attempt=0, cause=Offline().cause), ()


def _open(machine: Machine) -> Step:
    generation = _next_generation(machine)
    dialling = replace(
        machine, state=State.CONNECTING, generation=generation, latest=generation, retry_at=None
    )
    return dialling, (Open(generation),)


def _open_beside(machine: Machine) -> Step:
    if machine.candidate is not None or machine.cause is not None:
        return machine, ()
    beside = _next_generation(machine)
    return replace(machine, candidate=beside, latest=beside), (Open(beside),)


def _next_generation(machine: Machine) -> int:
    return max(machine.generation, machine.latest) + 1


def _steadied(machine: Machine, now: float) -> Machine:
    """Failures before a session that lasted do not count any more."""
    return replace(machine, attempt=0) if now - machine.up_at >= STEADY_AFTER_S else machine


def _leave_waiting(machine: Machine) -> Step:
    opened, actions = _open(machine)
    return opened, (StopRetryTimer(), *actions)


def _close(machine: Machine) -> Step:
    aborts: tuple[Action, ...] = (Abort(machine.generation),)
    if machine.candidate is not None:
        aborts = (*aborts, Abort(machine.candidate))
    release: tuple[Action, ...] = (Release(),) if machine.state is State.UP else ()
    return replace(machine, state=State.CLOSING, cause=None), (*release, *aborts)


def _off(machine: Machine) -> Machine:
    return replace(machine, state=State.OFF, cause=None, attempt=0, retry_at=None)


def _may_retry(cause: Cause | None) -> bool:
    return cause is None or cause.retryable


def _after_loss(machine: Machine, cause: Cause | None, luck: float, now: float) -> Step:
    """A session that nobody asked to end has ended."""
    if not _may_retry(cause):
        return replace(machine, state=State.FAILED, cause=cause, retry_at=None), ()
    attempt = machine.attempt + 1
    waiting = replace(machine, state=State.WAITING, attempt=attempt)
    if not machine.online:
        return replace(waiting, cause=Offline().cause, retry_at=None), ()
    delay_s = retry_delay_s(attempt, luck)
    return replace(waiting, cause=cause, retry_at=now + delay_s), (StartRetryTimer(delay_s),)
