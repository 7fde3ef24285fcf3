"""Which link may dial now: a budget for each bastion, and whose clients wait goes first."""

from __future__ import annotations

from collections.abc import Callable

from desktop.core.model import Endpoint
from desktop.core.system_ports import Clock
from desktop.core.timers import Timer
from desktop.engine.pulse import CallLater

# Logins under way at one bastion, whatever user they are for: what an administrator sees as one person's.
LOGINS_AT_ONCE = 2
SPACING_S = 0.1
# A key exchange costs some 50 ms of computing: after a wake, fifty at once would all be late.
SLOTS = 8
# A bastion that does not answer must not hold a slot against those that do.
SLOT_S = 2.0


class Ticket:
    """A link's wish to dial; `start` is called when it is this one's turn."""

    def __init__(self, bastion: Endpoint, is_urgent: Callable[[], bool], start: Callable[[], None]) -> None:
        self.bastion = bastion
        self.is_urgent = is_urgent
        self.start = start
        self.started_at: float | None = None

    @property
    def is_waiting(self) -> bool:
        return self.started_at is None


class DialGate:
    """Engine thread."""

    def __init__(self, clock: Clock, call_later: CallLater) -> None:
        self._clock = clock
        self._call_later = call_later
        self._waiting: list[Ticket] = []
        self._dialling: list[Ticket] = []
        self._last_start: dict[Endpoint, float] = {}
        self._timer: Timer | None = None

    def enter(self, ticket: Ticket) -> None:
        """Wait in line. Its turn may be now, before this returns. Its owner lets it `leave` in the end."""
        self._waiting.append(ticket)
        self._admit()

    def leave(self, ticket: Ticket) -> None:
        """The attempt is over, or not wanted any more. Idempotent."""
        if ticket in self._waiting:
            self._waiting.remove(ticket)
        elif ticket in self._dialling:
            self._dialling.remove(ticket)
            self._admit()

    def _admit(self) -> None:
        while (ticket := self._next()) is not None:
            now = self._clock.mono()
            self._waiting.remove(ticket)
            self._dialling.append(ticket)
            ticket.started_at = self._last_start[ticket.bastion] = now
            ticket.start()
        if any(self._logins_at(ticket.bastion) < LOGINS_AT_ONCE for ticket in self._waiting):
            self._look_again()
        elif not self._waiting and not self._dialling:
            self._last_start.clear()

    def _next(self) -> Ticket | None:
        """Whose clients wait first, then who asked first."""
        now = self._clock.mono()
        held = sum(
            1 for each in self._dialling if each.started_at is not None and now - each.started_at < SLOT_S
        )
        if held >= SLOTS:
            return None
        ready = [ticket for ticket in self._waiting if self._has_room(ticket.bastion, now)]
        return next((ticket for ticket in ready if ticket.is_urgent()), ready[0] if ready else None)

    def _has_room(self, bastion: Endpoint, now: float) -> bool:
        last_start = self._last_start.get(bastion)
        spaced = last_start is None or now - last_start >= SPACING_S
        return spaced and self._logins_at(bastion) < LOGINS_AT_ONCE

    def _logins_at(self, bastion: Endpoint) -> int:
        return sum(1 for ticket in self._dialling if ticket.bastion == bastion)

    def _look_again(self) -> None:
        if self._timer is None:
            self._timer = self._call_later(SPACING_S, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._admit()
