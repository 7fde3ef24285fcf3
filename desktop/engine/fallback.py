"""How long a session that went silent keeps its clients."""

from __future__ import annotations

from collections.abc import Callable

from desktop.core.ports import Session
from desktop.core.system_ports import Clock
from desktop.core.timers import Timer
from desktop.engine.pulse import CallLater

# While nothing gets through to the bastion, the session may only be cut off: TCP goes on when the path is back. As long
# as OpenSSH's usual ServerAliveInterval 15 with ServerAliveCountMax 3 would hold on.
CHANCE_S = 45.0
# Where the bastion's host takes connections, the path is fine and the silence the session's own.
DEAD_AFTER_S = 6.0
# Beside a session that took its place: as long again as it was silent, within these. TCP repeats itself ever more
# slowly during a cut, and is heard at the latest as long after its end as the cut lasted.
LINGER_AT_LEAST_S = 2.0
LINGER_AT_MOST_S = 10.0
DRAIN_CHECK_S = 5.0


class Fallback:
    """Engine thread. Calls `on_over` when a session has had its chance. `begin` starts afresh with another."""

    def __init__(self, clock: Clock, call_later: CallLater, on_over: Callable[[], None]) -> None:
        self._clock = clock
        self._call_later = call_later
        self._on_over = on_over
        self._timer: Timer | None = None
        self._session: Session | None = None
        self._carried: Callable[[], int] = lambda: 0
        self._silent_since = 0.0
        self._path_gone = False

    def begin(
        self, session: Session, silent_since: float, carried: Callable[[], int], *, path_gone: bool
    ) -> None:
        """`carried` counts its clients. `path_gone`: its local address is no longer this computer's."""
        self._session = session
        self._carried = carried
        self._silent_since = silent_since
        self._path_gone = path_gone
        session.ping()
        self._ring_at(silent_since + CHANCE_S)

    def end(self) -> None:
        """Stop watching."""
        if self._timer is not None:
            self._timer.cancel()
        self._session = self._timer = None

    def path_answers(self) -> None:
        """The bastion's host takes connections."""
        if self._session is not None and not self._path_gone:
            now = self._clock.mono()
            self._ring_at(max(self._silent_since + DEAD_AFTER_S, now + LINGER_AT_LEAST_S))

    def replaced(self) -> None:
        """Another session carries new clients from now on."""
        if self._session is None:
            return
        now = self._clock.mono()
        if self._path_gone or self._carried() == 0:
            self._ring_at(now)
            return
        silent_s = now - self._silent_since
        self._ring_at(now + min(max(silent_s, LINGER_AT_LEAST_S), LINGER_AT_MOST_S))

    def heard(self) -> None:
        """It lives after all, beside the session that took its place: it ends with its last client."""
        if self._session is not None:
            self._silent_since = self._clock.mono()
            self._check_in(DRAIN_CHECK_S)

    def _check(self) -> None:
        session = self._session
        if session is None:
            return
        if self._carried() == 0 or session.silent_s() > CHANCE_S:
            self._on_over()
            return
        session.ping()
        self._check_in(DRAIN_CHECK_S)

    def _check_in(self, delay_s: float) -> None:
        self._start_timer(delay_s, self._check)

    def _ring_at(self, at: float) -> None:
        self._start_timer(max(at - self._clock.mono(), 0), self._on_over)

    def _start_timer(self, delay_s: float, task: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._call_later(delay_s, task)
