"""What can happen to a link (`Event`) and what its machine asks for in return (`Action`)."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.errors import Cause


@dataclass(frozen=True, slots=True)
class Connect:
    """The person wants the link up, or wants the next attempt now."""


@dataclass(frozen=True, slots=True)
class StandBy:
    """The person wants the link up as soon as a client needs it."""


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
class Declined:
    """The person does not want to answer what the login asks. `cause` is how that is called."""

    cause: Cause


@dataclass(frozen=True, slots=True)
class Shutdown:
    """The program is ending."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A login asks the person."""

    generation: int


@dataclass(frozen=True, slots=True)
class SessionUp:
    """`needs_person` says of a login that asked something that the next one would ask again."""

    generation: int
    needs_person: bool = True


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """`cause` is None where an Abort asked for the end. `luck` in [0, 1) spreads retries of many links.

    `eager` says that clients wait for the link.
    """

    generation: int
    cause: Cause | None
    luck: float = 0.5
    eager: bool = False


@dataclass(frozen=True, slots=True)
class RetryDue:
    """The retry timer rang."""


@dataclass(frozen=True, slots=True)
class Hasten:
    """A client waits: the next attempt is to come in `delay_s` at the latest."""

    delay_s: float


@dataclass(frozen=True, slots=True)
class ClientWaits:
    """A client waits for a link that dials on demand."""


@dataclass(frozen=True, slots=True)
class ProbeMissed:
    """A session did not answer in time. `cause` is how that is called should it stay so; `eager`: clients wait."""

    generation: int
    cause: Cause
    eager: bool = False


@dataclass(frozen=True, slots=True)
class PathGone:
    """The local address that a session uses is no longer this computer's: it can't answer before that is back."""

    generation: int
    cause: Cause
    eager: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """A session answered."""

    generation: int


@dataclass(frozen=True, slots=True)
class FallbackOver:
    """The fallback has had its chance, or carries no client any more."""

    generation: int


@dataclass(frozen=True, slots=True)
class DialLost:
    """The network changed under a login, which has no chance any more."""

    generation: int


@dataclass(frozen=True, slots=True)
class NetworkUp:
    pass


@dataclass(frozen=True, slots=True)
class NetworkDown:
    pass


@dataclass(frozen=True, slots=True)
class NetworkChanged:
    """Still online, perhaps by another way than before."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The computer woke from sleep."""


Event = (
    Connect
    | StandBy
    | Disconnect
    | Redial
    | Answered
    | Declined
    | Shutdown
    | Asked
    | SessionUp
    | SessionEnded
    | RetryDue
    | Hasten
    | ClientWaits
    | ProbeMissed
    | PathGone
    | Heard
    | FallbackOver
    | DialLost
    | NetworkUp
    | NetworkDown
    | NetworkChanged
    | Resumed
)


def generation_named_by(event: Event) -> int | None:
    """The generation that an event is about."""
    match event:
        case (
            Asked()
            | SessionUp()
            | SessionEnded()
            | ProbeMissed()
            | PathGone()
            | Heard()
            | FallbackOver()
            | DialLost()
        ):
            return event.generation
    return None


@dataclass(frozen=True, slots=True)
class Open:
    """Dial a session of this generation."""

    generation: int


@dataclass(frozen=True, slots=True)
class Abort:
    generation: int


@dataclass(frozen=True, slots=True)
class Adopt:
    """Carry new and parked clients over this session from now on."""

    generation: int


@dataclass(frozen=True, slots=True)
class Park:
    """Let new clients wait; those that a session carries stay with it."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Reset new and parked clients: only the person can help, and programs should say so."""


@dataclass(frozen=True, slots=True)
class Release:
    """A session is gone for good: reset the clients it carries, and park new ones if it was the current."""

    generation: int


@dataclass(frozen=True, slots=True)
class Linger:
    """The session is the fallback from now on: report FallbackOver when it has had its chance."""

    generation: int


@dataclass(frozen=True, slots=True)
class Probe:
    """Ask the session for an answer: Heard, or ProbeMissed if there is none in time."""

    generation: int


@dataclass(frozen=True, slots=True)
class StartRetryTimer:
    """Ring in `delay_s`; a timer that runs is replaced."""

    delay_s: float


@dataclass(frozen=True, slots=True)
class StopRetryTimer:
    pass


Action = Open | Abort | Adopt | Park | Refuse | Release | Linger | Probe | StartRetryTimer | StopRetryTimer
