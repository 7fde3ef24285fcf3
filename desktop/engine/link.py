"""One link: runs the state machine's actions on real sessions, and tells the machine what came of them."""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from typing import Protocol

from desktop.core import events as e
from desktop.core.challenge import Challenge
from desktop.core.challenge_errors import AwaitsClient
from desktop.core.errors import CaptivePortal, Cause, PeerLost
from desktop.core.machine import Machine, step
from desktop.core.model import Route, State, WayPicture
from desktop.core.ports import (
    Dialer,
    DialRequest,
    Relay,
    SecretSource,
)
from desktop.core.system_ports import Clock, NetworkView
from desktop.core.timers import Timer
from desktop.engine.attempts import Attempts
from desktop.engine.dial_gate import DialGate
from desktop.engine.fallback import Fallback
from desktop.engine.pulse import Pulse
from desktop.engine.questioning import Questioning, TypedPassword
from desktop.engine.surroundings import Surroundings
from desktop.engine.worker import Task

log = logging.getLogger(__name__)

# What a sign-in page that answers for every host looks like from here.
_LIKE_A_PORTAL = frozenset(
    {"not_ssh", "name_not_found", "bastion_timeout", "bastion_refused", "peer_lost", "server_shedding"}
)

_OnSession = e.Open | e.Abort | e.Adopt | e.Release | e.Linger | e.Probe


class Host(Protocol):
    """The engine, as its links see it."""

    @property
    def network(self) -> NetworkView: ...

    @property
    def gate(self) -> DialGate: ...

    @property
    def is_behind_portal(self) -> bool: ...

    def post(self, task: Task) -> None:
        """Run on the engine thread. Any thread."""

    def call_later(self, delay_s: float, task: Task) -> Timer: ...

    def link_changed(self, link: Link) -> None: ...

    def has_parked(self, link: Link) -> bool:
        """True while a client waits for this link."""

    def asker_of(self, link: Link) -> str:
        """The id of the connection in whose name this link asks the person."""

    def secrets_for(self, link: Link) -> SecretSource: ...

    def accepted_keys_for(self, link: Link) -> frozenset[str]: ...

    def keep_password(self, password: TypedPassword) -> None:
        """It was typed in for a login, and has let us in."""


class Link:
    """Engine thread only, but for the reports of `core.ports.SessionReport`, which post.

    `surroundings` is told what happens around the link; it implements `Subject` for it. `caller` is the id of the
    connection that was switched on last while no login was under way.
    """

    def __init__(self, route: Route, relay: Relay, dialer: Dialer, host: Host, clock: Clock) -> None:
        self.route = route
        self.relay = relay
        self.machine = Machine()
        self.caller = ""
        self.retry_at_wall: float | None = None
        self.way = WayPicture()
        self._host = host
        self._clock = clock
        self.attempts = Attempts(route, dialer, host.gate, self, self._request, self.is_urgent)
        self._retry_timer: Timer | None = None
        self.lost = PeerLost(host=route.bastion.host).cause
        self.pulse = Pulse(clock, host.call_later, self._on_silence)
        self._fallback = Fallback(clock, host.call_later, self._on_fallback_over)
        self._questioning = Questioning(host.call_later, lambda: host.asker_of(self), self._on_question)
        self.surroundings = Surroundings(self, host.network, clock, host.call_later)

    @property
    def has_sessions(self) -> bool:
        return bool(self.attempts)

    @property
    def round_trip_ms(self) -> float | None:
        return self.pulse.round_trip_ms

    @property
    def is_probing(self) -> bool:
        """A session is in doubt, and no attempt to replace it has failed."""
        in_doubt = self.machine.fallback is not None and self.machine.attempt == 0
        return self.pulse.probing or (self.machine.state is State.CONNECTING and in_doubt)

    @property
    def challenge(self) -> Challenge | None:
        """What its login asks the person now."""
        is_dialling = self.machine.state is State.CONNECTING
        return self._questioning.of(self.machine.generation) if is_dialling else None

    def answer(self, number: int, answers: Sequence[str] | None, *, remember: bool) -> None:
        """To its challenge, if that has this number. `remember` as in `Tunnels.answer_challenge`."""
        session, challenge = self.attempts.get(self.machine.generation), self.challenge
        if session is not None and challenge is not None and challenge.number == number:
            session.answer(number, answers)
            self._questioning.note_answered(answers, remember=remember)
            self._host.link_changed(self)

    def renew_asker(self) -> None:
        """A connection that may have asked is not wanted any more."""
        self._questioning.renew_asker()
        self._host.link_changed(self)

    def is_urgent(self) -> bool:
        """Clients wait for it."""
        return self._host.has_parked(self)

    def feed(self, event: e.Event) -> None:
        before = self.machine
        self.machine, actions = step(self.machine, event, self._clock.mono())
        if self.machine.state is not before.state:
            log.info("%s: %s -> %s", self.route.bastion.host, before.state, self.machine.state)
        self._note_retry(before.retry_at)
        for action in actions:
            self._perform(action)
        if self.machine != before or actions:
            self._host.link_changed(self)
        if self._is_needed():
            self.feed(e.ClientWaits())

    # -- SessionReport, any thread ---------------------------------------------------------------------------

    def reached(self, generation: int) -> None:
        self._host.post(lambda: self._on_reached(generation))

    def walked(self, generation: int, way: WayPicture) -> None:
        self._host.post(lambda: self._on_walked(generation, way))

    def asked(self, generation: int, challenge: Challenge) -> None:
        self._host.post(lambda: self._on_asked(generation, challenge))

    def up(self, generation: int, round_trip_ms: float | None) -> None:
        self._host.post(lambda: self._on_up(generation, round_trip_ms))

    def ended(self, generation: int, cause: Cause | None) -> None:
        self._host.post(lambda: self._on_ended(generation, cause))

    def pinged(self, generation: int, round_trip_ms: float) -> None:
        self._host.post(lambda: self._on_pinged(generation, round_trip_ms))

    # -- what sessions report --------------------------------------------------------------------------------

    def _on_reached(self, generation: int) -> None:
        self.surroundings.note_reached(generation)
        if generation == self.machine.generation:
            self._fallback.path_answers()

    def _on_walked(self, generation: int, way: WayPicture) -> None:
        if generation == self.machine.generation:
            self.way = way
            self._host.link_changed(self)

    def _on_asked(self, generation: int, challenge: Challenge) -> None:
        if generation == self.machine.generation and self.machine.state is State.CONNECTING:
            self._questioning.put(generation, challenge)

    def _on_question(self, generation: int) -> None:
        # Other logins are not to stand in line behind somebody who looks for their phone.
        self.attempts.login_over(generation)
        self.feed(e.Asked(generation))
        self._host.link_changed(self)

    def _on_up(self, generation: int, round_trip_ms: float | None) -> None:
        self.attempts.login_over(generation)
        self.feed(e.SessionUp(generation, needs_person=self._questioning.needs_person(generation)))
        for password in self._questioning.take_passwords(generation):
            self._host.keep_password(password)
        if generation == self.machine.generation and self.machine.state is State.UP:
            self.pulse.round_trip_ms = round_trip_ms
            self._fallback.replaced()

    def _on_ended(self, generation: int, cause: Cause | None) -> None:
        self.attempts.login_over(generation)
        self._questioning.take_passwords(generation)
        self.surroundings.note_ended()
        if cause is not None:
            log.info("%s: session %d ended: %s", self.route.bastion.host, generation, cause.code)
            if self._host.is_behind_portal and cause.code in _LIKE_A_PORTAL:
                cause = CaptivePortal().cause
        # Spreads the retries of many links; guessing it would gain nobody anything.
        luck = random.random()  # noqa: S311
        self.feed(e.SessionEnded(generation, cause, luck, eager=self.is_urgent()))
        self.attempts.forget(generation)
        self._host.link_changed(self)

    def _on_pinged(self, generation: int, round_trip_ms: float) -> None:
        if generation == self.machine.fallback:
            self._fallback.heard()
            self.feed(e.Heard(generation))
        if generation == self.machine.generation and self.machine.state is State.UP:
            self.pulse.heard(round_trip_ms)
            self._host.link_changed(self)

    def _on_silence(self) -> None:
        self.feed(e.ProbeMissed(self.machine.generation, self.lost, self.is_urgent()))

    def _on_fallback_over(self) -> None:
        if self.machine.fallback is not None:
            self.feed(e.FallbackOver(self.machine.fallback))

    # -- actions ---------------------------------------------------------------------------------------------

    def _perform(self, action: e.Action) -> None:
        match action:
            case e.Park():
                self.pulse.stop()
                self.relay.park()
            case e.Refuse():
                self.relay.refuse()
            case e.StartRetryTimer(delay_s):
                _stop(self._retry_timer)
                self._retry_timer = self._host.call_later(delay_s, lambda: self.feed(e.RetryDue()))
            case e.StopRetryTimer():
                _stop(self._retry_timer)
            case _:
                self._perform_on_session(action, action.generation)

    def _perform_on_session(self, action: _OnSession, generation: int) -> None:
        match action:
            case e.Open():
                _stop(self._retry_timer)
                self.attempts.open(generation)
            case e.Abort():
                self.attempts.abort(generation)
            case e.Adopt():
                self._adopt(generation)
            case e.Release():
                self._release(generation)
            case e.Linger():
                self._linger(generation)
            case e.Probe():
                self._probe(generation)

    def _request(self, generation: int) -> DialRequest:
        secrets, accepted = self._host.secrets_for(self), self._host.accepted_keys_for(self)
        fallback = self.machine.fallback
        beside = fallback is not None and not self.surroundings.has_lost_address(fallback)
        return DialRequest(generation, self.route, secrets, accepted, beside)

    def _is_needed(self) -> bool:
        """Held on demand while a client waits already. After a refusal to answer it takes a new one."""
        machine = self.machine
        held = machine.on_demand and machine.online and machine.cause == AwaitsClient().cause
        return held and self.is_urgent()

    def _adopt(self, generation: int) -> None:
        session = self.attempts.get(generation)
        if session is not None:
            self.relay.attach(session)
            self.pulse.start(
                session,
                is_awaited=self.relay.is_awaited,
                has_clients=lambda: self.relay.carried_by(session) > 0,
            )
        self._review_fallback()

    def _release(self, generation: int) -> None:
        session = self.attempts.get(generation)
        if session is not None:
            self.relay.detach(session)
        if self.machine.state is not State.UP:
            self.pulse.stop()
        self._review_fallback()

    def _linger(self, generation: int) -> None:
        session, asked_at = self.attempts.get(generation), self.pulse.asked_at
        if session is not None:
            self._fallback.begin(
                session,
                self._clock.mono() if asked_at is None else asked_at,
                lambda: self.relay.carried_by(session),
                path_gone=self.surroundings.has_lost_address(generation),
            )

    def _probe(self, generation: int) -> None:
        session = self.attempts.get(generation)
        if generation == self.machine.generation:
            self.pulse.probe()
        elif session is not None:
            session.ping()

    def _review_fallback(self) -> None:
        if self.machine.fallback is None:
            self._fallback.end()

    def _note_retry(self, before: float | None) -> None:
        at = self.machine.retry_at
        if at is None:
            self.retry_at_wall = None
        elif at != before:
            self.retry_at_wall = self._clock.wall() + at - self._clock.mono()


def _stop(timer: Timer | None) -> None:
    if timer is not None:
        timer.cancel()
