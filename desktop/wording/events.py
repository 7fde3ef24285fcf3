"""What happened to a connection, in lines for the event log."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.error_tree import leaves
from desktop.core.errors import ForwardError
from desktop.core.model import Client, Outage, Snapshot, State, address_of
from desktop.core.policy import is_on_demand
from desktop.wording.challenges import challenge_title
from desktop.wording.messages import title
from desktop.wording.quantities import age_text, bytes_text, counted, lasted_text
from desktop.wording.status import NETWORK_CAUSES

# So many client connections are named; the others are counted.
LOST_NAMED = 4
# The first attempts of an outage are news. After them a line comes each time their number has doubled, so that a night
# of 1,000 attempts leaves a dozen lines, and each says how far it has come.
FIRST_ATTEMPTS = 3
# Up to here a new reason is told as well. Reasons that take turns all night long are not news.
REASONS_TOLD_UNTIL = 16

_NOT_REACHED = frozenset(leaf.code for leaf in leaves(ForwardError))


@dataclass(frozen=True, slots=True)
class Line:
    """`loud` marks what went wrong."""

    words: str
    loud: bool = False


def change_lines(before: Snapshot | None, after: Snapshot) -> tuple[Line, ...]:
    """What is worth telling about a change, oldest first. `before` is None at first sight.

    An outage that is gone without an end was none: the session answered after all.
    """
    if before is None:
        return () if after.state is State.OFF else _of_state(None, after)
    stands = _of_outage_end(before, after) or _of_state(before, after)
    return (*stands, *_of_lost_clients(before, after))


# -- outages ---------------------------------------------------------------------------------------------------


def _of_outage_end(before: Snapshot, after: Snapshot) -> tuple[Line, ...]:
    if after.state is not State.UP:
        return ()
    earlier, outage = before.outage, after.outage
    if earlier is not None and earlier.ended_at is None and _is_taken_back(earlier, outage):
        lasted = lasted_text(after.since - earlier.began_at)
        return (Line(f"The session had only been silent: it answered after {lasted}, nothing was lost"),)
    if outage is None or outage.ended_at is None or _is_same_end(earlier, outage):
        return ()
    return (Line(_connected_again(before, outage.ended_at - outage.began_at)), *_of_trouble(after))


def _connected_again(before: Snapshot, lasted_s: float) -> str:
    attempts = f" (attempt {before.attempt})" if before.attempt > 1 else ""
    return f"Connected again after {lasted_text(lasted_s)}{attempts}"


def _of_lost_clients(before: Snapshot, after: Snapshot) -> tuple[Line, ...]:
    outage, earlier = after.outage, before.outage
    if outage is None:
        return ()
    known = earlier.lost if earlier is not None and _is_same(earlier, outage) else ()
    lost = tuple(client for client in outage.lost if client not in known)
    return (Line(_lost_clients(lost, outage.began_at), loud=True),) if lost else ()


def _lost_clients(lost: tuple[Client, ...], at: float) -> str:
    were = "was" if len(lost) == 1 else "were"
    named = ", ".join(_lost_client(client, at) for client in lost[:LOST_NAMED])
    more = f" and {len(lost) - LOST_NAMED} more" if len(lost) > LOST_NAMED else ""
    return f"{counted(len(lost), 'client connection')} {were} lost: {named}{more}"


def _lost_client(client: Client, at: float) -> str:
    going = f" to {client.destination}" if client.destination is not None else ""
    age, received = age_text(at - client.opened_at), bytes_text(client.received)
    return f"{client.peer}{going} (open for {age}, {received} received)"


def _is_taken_back(outage: Outage, left: Outage | None) -> bool:
    return left is None or left.began_at < outage.began_at


def _is_same(one: Outage, other: Outage | None) -> bool:
    return other is not None and one.began_at == other.began_at


def _is_same_end(earlier: Outage | None, outage: Outage) -> bool:
    return earlier is not None and _is_same(earlier, outage) and earlier.ended_at == outage.ended_at


# -- states ----------------------------------------------------------------------------------------------------


def _of_state(before: Snapshot | None, after: Snapshot) -> tuple[Line, ...]:
    changed = before is None or before.state is not after.state
    match after.state:
        case State.OFF:
            return (Line("Disconnected"),) if changed else ()
        case State.CLOSING:
            return (Line("Disconnecting"),) if changed else ()
        case State.CONNECTING:
            return _of_connecting(before, after)
        case State.UP:
            return _of_up(before, after)
        case State.WAITING:
            loud = not is_on_demand(after.cause)
            return (Line(_waiting(after), loud=loud),) if _tells_waiting(before, after) else ()
        case State.FAILED:
            told = not changed and before is not None and before.cause == after.cause
            return () if told else _of_trouble(after) or (Line("Failed", loud=True),)


def _of_connecting(before: Snapshot | None, after: Snapshot) -> tuple[Line, ...]:
    """Attempts that follow a wait are told when they fail or succeed."""
    bastion = after.connection.route.bastion
    challenge = after.challenge
    if challenge is not None and challenge.wants_typing and (before is None or before.challenge != challenge):
        return (Line(challenge_title(challenge)),)
    match before.state if before is not None else State.OFF:
        case State.CONNECTING | State.WAITING:
            return ()
        case State.UP if after.probing:
            slept = after.outage is not None and after.outage.woke
            when = " after the computer slept" if slept else ""
            return (Line(f"{bastion.host} does not answer{when}; connecting anew", loud=True),)
        case State.UP:
            reason = title(after.cause) if after.cause else "The connection ended"
            return (Line(f"{reason}; connecting anew", loud=True),)
    return (Line(f"Connecting to {address_of(bastion.endpoint)}"),)


def _of_up(before: Snapshot | None, after: Snapshot) -> tuple[Line, ...]:
    if before is None or before.state is not State.UP:
        listening = f"Connected; listening on {after.local}" if after.local else "Connected"
        return _of_trouble(after) or (Line(listening),)
    if before.cause == after.cause:
        return ()
    was_reached = before.cause is not None and before.cause.code not in _NOT_REACHED
    again = "The warehouse works again" if was_reached else "The warehouse can be reached again"
    return _of_trouble(after) or (Line(again),)


def _of_trouble(snapshot: Snapshot) -> tuple[Line, ...]:
    return (Line(title(snapshot.cause), loud=True),) if snapshot.cause else ()


def _tells_waiting(before: Snapshot | None, after: Snapshot) -> bool:
    if before is None or before.state not in (State.WAITING, State.CONNECTING):
        return True
    if before.cause != after.cause:
        held = after.cause is not None and after.cause.code in NETWORK_CAUSES
        return held or after.attempt <= REASONS_TOLD_UNTIL
    if before.attempt == after.attempt:
        return False
    return after.attempt <= FIRST_ATTEMPTS or after.attempt.bit_count() == 1


def _waiting(snapshot: Snapshot) -> str:
    reason = title(snapshot.cause) if snapshot.cause else "The connection ended"
    if snapshot.retry_at is None:
        return f"{reason}; waiting"
    follows = f"attempt {snapshot.attempt} follows" if snapshot.attempt > 1 else "trying again soon"
    return f"{reason}; {follows}"
