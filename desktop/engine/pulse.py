"""Answered keep-alives: whether the session that carries clients still lives. No library's silence is trusted."""

from __future__ import annotations

from collections.abc import Callable

from desktop.core.ports import Session
from desktop.core.system_ports import Clock
from desktop.core.timers import Timer

PING_EVERY_S = 15.0
# While a client waits for data, so that a frozen server is noticed within 10 s.
EAGER_PING_S = 3.0
ANSWER_WITHIN_S = 5.0
EAGER_ANSWER_WITHIN_S = 2.0
# After a wake or a network change: twice the known round trip, within these.
PROBE_AT_LEAST_S = 0.2
PROBE_AT_MOST_S = 0.5
# When a client comes after a silence: a radio that has gone to sleep takes its time, and nothing says that it is dead.
FIRST_PROBE_AT_LEAST_S = 0.3
FIRST_PROBE_AT_MOST_S = 1.0
FRESH_S = 1.0

CallLater = Callable[[float, Callable[[], None]], Timer]


class Pulse:
    """Engine thread. Asks one session at a time; `on_missed` is called when an answer is late.

    Any byte from the server after the question counts as an answer: an answer proper may be queued behind bulk data.
    """

    def __init__(self, clock: Clock, call_later: CallLater, on_missed: Callable[[], None]) -> None:
        self._clock = clock
        self._call_later = call_later
        self._on_missed = on_missed
        self._session: Session | None = None
        self._is_awaited: Callable[[], bool] = lambda: False
        self._has_clients: Callable[[], bool] = lambda: False
        self._deadline_set_at = 0.0
        self._ticker: Timer | None = None
        self._deadline: Timer | None = None
        self.round_trip_ms: float | None = None
        self.asked_at: float | None = None
        self.probing = False

    def start(
        self, session: Session, *, is_awaited: Callable[[], bool], has_clients: Callable[[], bool]
    ) -> None:
        """`is_awaited` tells whether a client waits for data now, `has_clients` whether one may at any moment."""
        self.stop()
        self._session = session
        self._is_awaited = is_awaited
        self._has_clients = has_clients
        self._ask(ANSWER_WITHIN_S)
        self._tick_in(PING_EVERY_S)

    def stop(self) -> None:
        _cancel(self._ticker)
        _cancel(self._deadline)
        self._session = self.asked_at = self.round_trip_ms = self._deadline = None
        self.probing = False

    def probe(self) -> None:
        """Something happened after which the session may be dead."""
        self.probing = True
        self._ask(self._twice_round_trip(PROBE_AT_LEAST_S, PROBE_AT_MOST_S))

    def client_came(self) -> None:
        """Look closer, and at once after a silence: this client is not to wait for a dead session."""
        session = self._session
        if session is None:
            return
        if session.silent_s() > FRESH_S:
            self._ask(self._twice_round_trip(FIRST_PROBE_AT_LEAST_S, FIRST_PROBE_AT_MOST_S))
        self._tick_in(EAGER_PING_S)

    def heard(self, round_trip_ms: float) -> None:
        """The session answered."""
        if self._session is not None:
            self.round_trip_ms = round_trip_ms
            self._settle()

    def _settle(self) -> None:
        self.asked_at = None
        self.probing = False
        _cancel(self._deadline)
        self._deadline = None

    def _ask(self, within_s: float) -> None:
        """One question at a time: TCP repeats it for as long as it takes."""
        if self._session is None:
            return
        if self.asked_at is None:
            self.asked_at = self._clock.mono()
            self._session.ping()
        at = self._clock.mono() + within_s
        if self._deadline is None or at < self._deadline.at:
            _cancel(self._deadline)
            self._deadline = self._call_later(within_s, self._judge)
            self._deadline_set_at = self._clock.mono()

    def _judge(self) -> None:
        self._deadline = None
        if self._session is None or self.asked_at is None:
            return
        # What came before this deadline was set says nothing: the path may have been cut since.
        if self._session.silent_s() < self._clock.mono() - self._deadline_set_at:
            self._settle()
        else:
            self._on_missed()

    def _tick_in(self, delay_s: float) -> None:
        at = self._clock.mono() + delay_s
        if self._ticker is None or self._ticker.cancelled or at < self._ticker.at:
            _cancel(self._ticker)
            self._ticker = self._call_later(delay_s, self._tick)

    def _tick(self) -> None:
        self._ticker = None
        session = self._session
        if session is None:
            return
        awaited = self._is_awaited()
        patience_s = EAGER_PING_S if awaited else PING_EVERY_S
        left_s = patience_s - session.silent_s()
        if left_s <= 0:
            self._ask(EAGER_ANSWER_WITHIN_S if awaited else ANSWER_WITHIN_S)
            left_s = patience_s
        self._tick_in(min(left_s, EAGER_PING_S) if self._has_clients() else left_s)

    def _twice_round_trip(self, at_least_s: float, at_most_s: float) -> float:
        return min(max(2 * (self.round_trip_ms or 0) / 1000, at_least_s), at_most_s)


def _cancel(timer: Timer | None) -> None:
    if timer is not None:
        timer.cancel()
