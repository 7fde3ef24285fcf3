"""The SSH connections of one session: a further one while all carry bulk data, so that queries need not queue.

What a server has put on one connection arrives in its order: a query's answer stands behind megabytes of an export. A
larger window makes that queue longer, another connection avoids it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from desktop.core.challenge import Challenge
from desktop.core.errors import Cause
from desktop.core.model import PathFigures, WayPicture
from desktop.core.preferences import DEFAULT_LANES
from desktop.core.timers import Timer
from desktop.ssh.carrier import Carrier
from desktop.ssh.loop import Loop
from desktop.ssh.receive_window import WindowBudget
from desktop.ssh.session import SshSession
from desktop.ssh.throughput import Throughput

log = logging.getLogger(__name__)

QUIET_S = 60.0
# A server that turned a further login away is not asked again soon.
RETRY_AFTER_S = 300.0
# As long as a session keeps its clients where nothing gets through.
SILENT_S = 45.0
_PING_EVERY_S = 15.0
_MEASURE_EVERY_S = 0.25
# Less of a delay is as good as none.
_NOTICED_S = 0.005
_END_WITHIN_S = 2.0


@dataclass(slots=True)
class LaneLimit:
    """How many SSH connections a session may have, with its first: bastions count them, and every one is a login.

    One for all relays. Its owner may change it at any time and from any thread; they look when it matters.
    """

    most: int = DEFAULT_LANES


class Lanes:
    """Relay thread, except where a method says otherwise.

    `on_lost` gets a further lane that ended, whose clients are to be reset.
    """

    def __init__(
        self,
        session: SshSession,
        loop: Loop,
        budget: WindowBudget,
        limit: LaneLimit,
        on_lost: Callable[[Carrier], None],
    ) -> None:
        self._session = session
        self._loop = loop
        self._budget = budget
        self._limit = limit
        self._on_lost = on_lost
        self._throughput = Throughput()
        self._first = Carrier(session, loop, budget, self._throughput, self._on_bulk)
        self._sides: dict[SshSession, _Side] = {}
        self._measuring: Timer | None = None
        self._not_before_mono = 0.0
        self._closed = False

    def start(self) -> None:
        self._first.start()

    @property
    def carriers(self) -> list[Carrier]:
        """Those that are up, the session's own first, then in the order in which they were opened."""
        return [
            self._first,
            *(side.carrier for side in tuple(self._sides.values()) if side.carrier is not None),
        ]

    def pick(self) -> Carrier:
        """Where the next client is served soonest; among equals the least busy one, then that with the fewest clients.

        sshd goes through all channels of a connection for each packet: a hundred of them, even idle, cost a download a
        third of its rate.
        """
        if not self._sides:
            return self._first
        now = time.monotonic()
        return min(
            self._welcoming(),
            key=lambda carrier: (
                carrier.delay_s(now) // _NOTICED_S,
                carrier.load.busy(now),
                carrier.count_passengers(),
            ),
        )

    def count_open(self) -> int:
        """Any thread."""
        return sum(carrier.count_open() for carrier in self.carriers)

    def path_figures(self) -> PathFigures:
        """Any thread."""
        carriers, rates = self.carriers, self._throughput
        known = [carrier.round_trip_s * 1000 for carrier in carriers if carrier.round_trip_s is not None]
        return PathFigures(min(known, default=None), rates.down.bytes_s, rates.up.bytes_s, len(carriers))

    def stop(self) -> None:
        """The session is over: so are its further lanes. Their clients are the caller's to reset."""
        self._closed = True
        for carrier in self.carriers:
            carrier.stop()
        for side in self._sides:
            side.abort()

    def join(self) -> None:
        """Wait for the threads of the further lanes, after `stop`."""
        for side in tuple(self._sides):
            side.join(_END_WITHIN_S)

    def _welcoming(self) -> list[Carrier]:
        """Those that take new clients."""
        sides = [
            side.carrier for side in self._sides.values() if side.carrier is not None and not side.is_ending
        ]
        return [self._first, *sides[: self._limit.most - 1]]

    def _on_bulk(self) -> None:
        if len(self._sides) >= self._limit.most - 1 or self._closed or not self._session.may_log_in_again:
            return
        now = time.monotonic()
        if now >= self._not_before_mono and self._are_all_bulk(now):
            log.info("all to %s carry bulk data: opening one more lane", self._session.bastion.host)
            side = self._session.open_side(_SideReport(self))
            self._sides[side] = _Side()

    def _are_all_bulk(self, now: float) -> bool:
        """False also while one is logging in: it may be all that is needed."""
        sides = (side.carrier for side in self._sides.values())
        return all(carrier is not None and carrier.load.is_bulk(now) for carrier in (self._first, *sides))

    def side_is_up(self) -> None:
        """Any thread."""
        self._loop.post(self._take_in_sides)

    def side_ended(self) -> None:
        """Any thread."""
        self._loop.post(self._drop_ended_sides)

    def _take_in_sides(self) -> None:
        for session, side in self._sides.items():
            if session.is_up and side.carrier is None and not self._closed:
                side.carrier = Carrier(session, self._loop, self._budget, self._throughput, self._on_bulk)
                side.carrier.start()
                side.needed_mono = time.monotonic()
                self._watch(session, side)
                self._measure()

    def _measure(self) -> None:
        """Ask the connections that carry bulk data how long their queues are now."""
        if self._sides and not self._closed:
            now = time.monotonic()
            for carrier in self.carriers:
                if carrier.load.is_bulk(now):
                    carrier.measure()
            if self._measuring is not None:
                self._measuring.cancel()
            self._measuring = self._loop.call_later(_MEASURE_EVERY_S, self._measure)

    def _drop_ended_sides(self) -> None:
        for session, side in tuple(self._sides.items()):
            if session.has_ended:
                del self._sides[session]
                if not side.is_ending:
                    self._open_none_soon()
                if side.carrier is not None and not self._closed:
                    self._on_lost(side.carrier)
                    side.carrier.stop()

    def _watch(self, session: SshSession, side: _Side) -> None:
        """Ask it for an answer now and then, and part with it when nobody has needed it for a while."""
        if session not in self._sides or side.carrier is None or self._closed:
            return
        is_silent = session.silent_s() >= SILENT_S
        if is_silent:
            self._open_none_soon()
        if is_silent or self._is_done(side, side.carrier):
            side.is_ending = True
            session.abort()
            return
        session.ping()
        self._loop.call_later(_PING_EVERY_S, lambda: self._watch(session, side))

    def _is_done(self, side: _Side, carrier: Carrier) -> bool:
        """Nobody uses it, and it is one too many by now, or has not been needed for a while."""
        now = time.monotonic()
        welcoming = self._welcoming()
        if carrier not in welcoming:
            return not carrier.has_passengers
        # Were it not there, it would be opened now. Those behind it are no reason to part with it: they go first.
        before = welcoming[: welcoming.index(carrier)]
        if carrier.has_passengers or all(each.load.is_bulk(now) for each in before):
            side.needed_mono = now
        return now - side.needed_mono >= QUIET_S

    def _open_none_soon(self) -> None:
        self._not_before_mono = time.monotonic() + RETRY_AFTER_S


class _Side:
    """`carrier` is None until the lane is up; `is_ending` says that we are closing it."""

    def __init__(self) -> None:
        self.carrier: Carrier | None = None
        self.needed_mono = 0.0
        self.is_ending = False


class _SideReport:
    """Implements `core.ports.SessionReport`: the engine has the session itself to watch, and hears nothing of this."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def reached(self, generation: int) -> None: ...

    def walked(self, generation: int, way: WayPicture) -> None: ...

    def asked(self, generation: int, challenge: Challenge) -> None: ...

    def up(self, generation: int, round_trip_ms: float | None) -> None:  # noqa: ARG002 - the protocol's
        self._lanes.side_is_up()

    def ended(self, generation: int, cause: Cause | None) -> None:  # noqa: ARG002
        if cause is not None:
            log.info("the lane ended: %s", cause.code)
        self._lanes.side_ended()

    def pinged(self, generation: int, round_trip_ms: float) -> None: ...
