"""The sessions of one link: asked for, under way, and up."""

from __future__ import annotations

import logging
from collections.abc import Callable

from desktop.core.errors import Cause, Unexpected
from desktop.core.model import Route
from desktop.core.ports import (
    Dialer,
    DialRequest,
    Session,
    SessionReport,
)
from desktop.engine.dial_gate import DialGate, Ticket

log = logging.getLogger(__name__)


class Attempts:
    """Engine thread. `request` makes the request of a generation at the moment it is dialled.

    What never came to a session is reported like one that ended.
    """

    def __init__(
        self,
        route: Route,
        dialer: Dialer,
        gate: DialGate,
        report: SessionReport,
        request: Callable[[int], DialRequest],
        is_urgent: Callable[[], bool],
    ) -> None:
        self._route = route
        self._dialer = dialer
        self._gate = gate
        self._report = report
        self._request = request
        self._is_urgent = is_urgent
        self._sessions: dict[int, Session] = {}
        self._tickets: dict[int, Ticket] = {}

    def __bool__(self) -> bool:
        return bool(self._sessions or self._tickets)

    def get(self, generation: int) -> Session | None:
        return self._sessions.get(generation)

    def open(self, generation: int) -> None:
        """Dial as soon as the gate lets us."""
        # It is the first server that gets a connection of ours, and counts it.
        ticket = Ticket(self._route.hops[0].endpoint, self._is_urgent, lambda: self._dial(generation))
        self._tickets[generation] = ticket
        self._gate.enter(ticket)

    def abort(self, generation: int) -> None:
        ticket = self._tickets.get(generation)
        session = self._sessions.get(generation)
        if session is not None:
            session.abort()
        elif ticket is not None and ticket.is_waiting:
            self._report.ended(generation, None)

    def login_over(self, generation: int) -> None:
        """It is up, or has ended: the next in line may dial. Idempotent."""
        ticket = self._tickets.pop(generation, None)
        if ticket is not None:
            self._gate.leave(ticket)

    def forget(self, generation: int) -> None:
        """It has ended, and everybody who carries clients over it knows."""
        self._sessions.pop(generation, None)

    def _dial(self, generation: int) -> None:
        try:
            self._sessions[generation] = self._dialer.dial(self._request(generation), self._report)
        except (OSError, RuntimeError) as error:
            # No room for another socket or thread: as good as a session that was lost.
            log.exception("%s: no session could be started", self._route.bastion.host)
            cause: Cause = Unexpected(detail=type(error).__name__).cause
            self._report.ended(generation, cause)
