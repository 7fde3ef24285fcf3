"""One link: runs the state machine's actions on real sessions, and tells the machine what came of them."""

from __future__ import annotations

import logging
import random
from typing import Protocol

from desktop.core.errors import Cause, PeerLost, Unexpected
from desktop.core.machine import (
    Abort,
    Action,
    Adopt,
    Event,
    Machine,
    Open,
    Probe,
    ProbeMissed,
    Release,
    RetryDue,
    SessionEnded,
    SessionUp,
    StartRetryTimer,
    StopRetryTimer,
    step,
)
from desktop.core.model import Route
from desktop.core.ports import Clock, Dialer, DialRequest, Relay, SecretSource, Session
from desktop.core.timers import Timer
from desktop.engine.worker import Task

log = logging.getLogger(__name__)

PING_EVERY_S = 15.0
MISSED_PINGS = 2
PROBE_AT_LEAST_S = 0.2
PROBE_AT_MOST_S = 0.5


class Host(Protocol):
    """The engine, as its links see it."""

    def post(self, task: Task) -> None:
        """Run on the engine thread. Any thread."""

    def call_later(self, delay_s: float, task: Task) -> Timer: ...

    def link_changed(self, link: Link) -> None: ...

    def secrets_for(self, link: Link) -> SecretSource: ...

    def accepted_keys_for(self, link: Link) -> frozenset[str]: ...


class Link:
    """Engine thread only, but for the three reports of `core.ports.SessionReport`, which post."""

    def __init__(self, route: Route, relay: Relay, dialer: Dialer, host: Host, clock: Clock) -> None:
        self.route = route
        self.relay = relay
        self.machine = Machine()
        self.round_trip_ms: float | None = None
        self.retry_at_wall: float | None = None
        self._dialer = dialer
        self._host = host
        self._clock = clock
        self._sessions: dict[int, Session] = {}
        self._retry_timer: Timer | None = None
        self._ping_timer: Timer | None = None
        self._probe_timer: Timer | None = None
        self._unanswered_pings = 0

    @property
    def has_sessions(self) -> bool:
        return bool(self._sessions)

    def feed(self, event: Event) -> None:
        before = self.machine
        self.machine, actions = step(self.machine, event, self._clock.mono())
        if self.machine.state is not before.state:
            log.info("%s: %s -> %s", self.route.bastion.host, before.state, self.machine.state)
        self._note_retry()
        for action in actions:
            self._perform(action)
        if self.machine != before or actions:
            self._host.link_changed(self)

    # -- SessionReport, any thread ---------------------------------------------------------------------------

    def up(self, generation: int, round_trip_ms: float) -> None:
        self._host.post(lambda: self._on_up(generation, round_trip_ms))

    def ended(self, generation: int, cause: Cause | None) -> None:
        self._host.post(lambda: self._on_ended(generation, cause))

    def pinged(self, generation: int, round_trip_ms: float) -> None:
        self._host.post(lambda: self._on_pinged(generation, round_trip_ms))

    # -- engine thread ---------------------------------------------------------------------------------------

    def _on_up(self, generation: int, round_trip_ms: float) -> None:
        self.feed(SessionUp(generation))
        if generation == self.machine.generation:
            self.round_trip_ms = round_trip_ms

    def _on_ended(self, generation: int, cause: Cause | None) -> None:
        self._sessions.pop(generation, None)
        if cause is not None:
            log.info("%s: session %d ended: %s", self.route.bastion.host, generation, cause.code)
        # Spreads the retries of many links; guessing it would gain nobody anything.
        self.feed(SessionEnded(generation, cause, random.random()))  # noqa: S311
        self._host.link_changed(self)

    def _on_pinged(self, generation: int, round_trip_ms: float) -> None:
        if generation == self.machine.generation:
            self._unanswered_pings = 0
            _stop(self._probe_timer)
            self.round_trip_ms = round_trip_ms
            self._host.link_changed(self)

    def _perform(self, action: Action) -> None:
        match action:
            case Open(generation):
                self._open(generation)
            case Abort(generation):
                if generation in self._sessions:
                    self._sessions[generation].abort()
            case Adopt(generation):
                self._adopt(generation)
            case Release():
                self._release()
            case Probe(generation):
                self._probe(generation)
            case StartRetryTimer(delay_s):
                self._retry_timer = self._host.call_later(delay_s, lambda: self.feed(RetryDue()))
            case StopRetryTimer():
                _stop(self._retry_timer)

    def _open(self, generation: int) -> None:
        _stop(self._retry_timer)
        secrets, accepted = self._host.secrets_for(self), self._host.accepted_keys_for(self)
        request = DialRequest(generation, self.route, secrets, accepted)
        try:
            self._sessions[generation] = self._dialer.dial(request, self)
        except (OSError, RuntimeError) as error:
            # No room for another socket or thread: as good as a session that was lost.
            log.exception("%s: no session could be started", self.route.bastion.host)
            self.ended(generation, Unexpected(detail=type(error).__name__).cause)

    def _adopt(self, generation: int) -> None:
        self.relay.attach(self._sessions[generation])
        self._unanswered_pings = 0
        self._ping()

    def _release(self) -> None:
        self.relay.detach()
        self.round_trip_ms = None
        _stop(self._ping_timer)
        _stop(self._probe_timer)

    def _ping(self) -> None:
        """Now and every `PING_EVERY_S`; a session that leaves several unanswered is lost."""
        session = self._sessions.get(self.machine.generation)
        if session is None:
            return
        if self._unanswered_pings >= MISSED_PINGS:
            session.abort(PeerLost(host=self.route.bastion.host).cause)
            return
        self._unanswered_pings += 1
        session.ping()
        self._ping_timer = self._host.call_later(PING_EVERY_S, self._ping)

    def _probe(self, generation: int) -> None:
        session = self._sessions.get(generation)
        if session is None:
            return
        wait_s = 2 * (self.round_trip_ms or 0) / 1000
        wait_s = min(max(wait_s, PROBE_AT_LEAST_S), PROBE_AT_MOST_S)
        _stop(self._probe_timer)
        self._probe_timer = self._host.call_later(wait_s, lambda: self.feed(ProbeMissed(generation)))
        session.ping()

    def _note_retry(self) -> None:
        at = self.machine.retry_at
        if at is None:
            self.retry_at_wall = None
        elif self.retry_at_wall is None:
            self.retry_at_wall = self._clock.wall() + at - self._clock.mono()


def _stop(timer: Timer | None) -> None:
    if timer is not None:
        timer.cancel()
