"""What happens around a link: the network changes, the computer wakes, clients come. What is healthy stays."""

from __future__ import annotations

from typing import Protocol

from desktop.core import events as e
from desktop.core.errors import Cause
from desktop.core.machine import Machine
from desktop.core.model import State
from desktop.core.policy import eager_retry_s, may_hasten
from desktop.core.system_ports import Clock, NetworkView
from desktop.core.timers import Timer
from desktop.engine.attempts import Attempts
from desktop.engine.pulse import CallLater, Pulse

# A login under way when the network changes may have lost its path; one that has not is done by then.
DIAL_PATIENCE_S = 2.0
NETWORK_CHECK_S = 2.0
AFTER_WAKE_S = 5.0


class Subject(Protocol):
    """The link. `lost` is how the loss of its session is called."""

    machine: Machine
    attempts: Attempts
    pulse: Pulse
    lost: Cause

    def feed(self, event: e.Event) -> None: ...

    def is_urgent(self) -> bool: ...


class Surroundings:
    """Engine thread."""

    def __init__(self, link: Subject, network: NetworkView, clock: Clock, call_later: CallLater) -> None:
        self._link = link
        self._network = network
        self._clock = clock
        self._call_later = call_later
        self._bastion_address = ""
        self._last_end_at = clock.mono()
        self._woke_at: float | None = None
        self._check: Timer | None = None

    @property
    def just_woke(self) -> bool:
        """What goes wrong now is likely a consequence of the sleep."""
        return self._woke_at is not None and self._clock.mono() - self._woke_at < AFTER_WAKE_S

    def has_lost_address(self, generation: int) -> bool:
        """The local address of a session is no longer this computer's."""
        session = self._link.attempts.get(generation)
        addresses = session.addresses if session is not None else None
        return addresses is not None and not self._network.has_address(addresses[0])

    def note_reached(self, generation: int) -> None:
        session = self._link.attempts.get(generation)
        if session is not None and session.addresses is not None:
            self._bastion_address = session.addresses[1]

    def note_ended(self) -> None:
        """A session or an attempt is over."""
        self._last_end_at = self._clock.mono()

    def network_changed(self) -> None:
        """Or may have."""
        if self._bastion_address and self._network.source_towards(self._bastion_address) is None:
            self._link.feed(e.NetworkDown())
            self._look_again()
            return
        if not self._link.machine.online:
            self._give_up_lost_fallback()
            self._link.feed(e.NetworkUp())
        elif self._link.machine.state is not State.WAITING:
            self._link.feed(e.NetworkChanged())
        else:
            self._try_again_soon()
        self._look_at_path()

    def woke_up(self) -> None:
        """The computer slept: timers stood still, and sessions may be long dead."""
        self._woke_at = self._clock.mono()
        self._link.feed(e.Resumed())
        self._look_at_path()

    def client_waits(self) -> None:
        match self._link.machine.state:
            case State.UP:
                self._link.pulse.client_came()
            case State.CONNECTING:
                self._nudge()
            case State.WAITING if self._link.machine.on_demand:
                self._link.feed(e.ClientWaits())
            case State.WAITING:
                self._try_again_soon()

    def _look_again(self) -> None:
        """The network's return rings a bell, but a link without a timer must not depend on that."""
        if self._check is not None:
            self._check.cancel()
        self._check = self._call_later(NETWORK_CHECK_S, self._look_for_network)

    def _look_for_network(self) -> None:
        machine = self._link.machine
        if machine.wanted and not machine.online:
            self.network_changed()

    def _give_up_lost_fallback(self) -> None:
        """Back online by another address: what used the old one is dead."""
        fallback = self._link.machine.fallback
        if fallback is not None and self.has_lost_address(fallback):
            self._link.feed(e.FallbackOver(fallback))

    def _look_at_path(self) -> None:
        generation, state = self._link.machine.generation, self._link.machine.state
        if state is State.UP and self.has_lost_address(generation):
            self._link.feed(e.PathGone(generation, self._link.lost, self._link.is_urgent()))
        elif state is State.CONNECTING:
            self._renew_dial(generation)

    def _renew_dial(self, generation: int) -> None:
        session = self._link.attempts.get(generation)
        if session is None or session.addresses is None:
            self._nudge()
        elif self.has_lost_address(generation):
            self._link.feed(e.DialLost(generation))
        elif self._link.machine.asked != generation:
            # A login that has come as far as to ask the person has its path, and takes its time.
            self._call_later(DIAL_PATIENCE_S, lambda: self._link.feed(e.DialLost(generation)))

    def _nudge(self) -> None:
        session = self._link.attempts.get(self._link.machine.generation)
        if session is not None:
            session.nudge()

    def _try_again_soon(self) -> None:
        machine = self._link.machine
        if may_hasten(machine.cause):
            since_s = self._clock.mono() - self._last_end_at
            self._link.feed(e.Hasten(max(eager_retry_s(machine.attempt) - since_s, 0)))
