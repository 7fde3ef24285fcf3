"""One SSH connection at work: what it has to send, and the clients it carries."""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable
from typing import Protocol

from desktop.core.model import Place
from desktop.ssh.backlog import Backlog
from desktop.ssh.delay import delay_behind_answer_s, delay_behind_bulk_s
from desktop.ssh.forwarding import ChannelSink, ForwardingChannel, ForwardingLane
from desktop.ssh.load import Load
from desktop.ssh.loop import Loop
from desktop.ssh.receive_window import ReceiveWindow, WindowBudget
from desktop.ssh.throughput import Throughput


class Passenger(Protocol):
    """A client as its carrier sees it. Relay thread, but for the property."""

    @property
    def is_open(self) -> bool:
        """The warehouse may have had something from it, or it from the warehouse. Any thread."""

    def resume(self) -> None:
        """The path takes data again."""


class Carried(Protocol):
    """An SSH connection that is up. Any thread."""

    @property
    def lane(self) -> ForwardingLane: ...

    def silent_s(self) -> float:
        """Seconds since the last byte from the server."""


class Carrier:
    """Serves an SSH connection from `start` to `stop`. Relay thread, except `count_open`.

    A path that takes nothing blocks nobody: data waits in the connection's backlog, and clients are not read meanwhile.
    Clients tell `throughput` what has come through; it is the same for all carriers of a session. While none of those
    carries bulk data, the relay's thread reads their connections, too.
    """

    def __init__(
        self,
        session: Carried,
        loop: Loop,
        budget: WindowBudget,
        throughput: Throughput,
        on_bulk: Callable[[], None],
    ) -> None:
        self._session = session
        self._lane = session.lane
        self._loop = loop
        self._budget = budget
        self._on_bulk = on_bulk
        self.load = Load()
        self.throughput = throughput
        self._backlog: Backlog | None = None
        self._is_reading = self._is_preparing = False
        self._next_target: Place | None = None
        # Dicts keep the order; values mean nothing.
        self._passengers: dict[Passenger, None] = {}
        self._paused: dict[Passenger, None] = {}

    def start(self) -> None:
        try:
            self._backlog = self._lane.hold_back(lambda: self._loop.post(self._watch))
        except OSError:
            # The session is over already, or there is no room for a descriptor more: then sending may block.
            self._backlog = None
        else:
            self._lane.offer_reading(lambda: self._loop.post(self._borrow), self._is_quiet)
        self._lane.on_queued = lambda: self._loop.post(self._run_queue)
        self._run_queue()

    def stop(self) -> None:
        self._lane.on_queued = None
        self._is_reading = False
        self._lane.end_offer()
        backlog, self._backlog = self._backlog, None
        if backlog is not None:
            self._loop.watch(backlog.sock, 0, self._serve)
            backlog.close()

    def open_forward(self, target: Place, sink: ChannelSink) -> ForwardingChannel:
        """See `ForwardingLane.open_forward`."""
        self._next_target = target
        return self._lane.open_forward(target, sink)

    def new_window(self) -> ReceiveWindow:
        """For one channel; whoever gets it closes it."""
        return ReceiveWindow(self._budget)

    @property
    def round_trip_s(self) -> float | None:
        """Of the path, as SSH itself sees it; None before the first answer."""
        return self._lane.round_trip_s

    def delay_s(self, now_mono: float) -> float:
        """How much later than on an unused connection an answer of the server may come."""
        lane = self._lane
        round_trip_s = lane.round_trip_s or 0.0
        if self.load.is_bulk(now_mono):
            return delay_behind_bulk_s(round_trip_s, lane.latest_round_trip_s(now_mono))
        return delay_behind_answer_s(round_trip_s, now_mono - lane.sent_mono, has_clients=self.has_passengers)

    def measure(self) -> None:
        """Find out how long the round trip takes now, for `delay_s`."""
        self._lane.measure()

    def silent_s(self) -> float:
        """See `Session.silent_s`."""
        return self._session.silent_s()

    def moved(self, size: int) -> None:
        """A client sent or received so much. `on_bulk` is called while that is a lot."""
        now = time.monotonic()
        self.load.add(size, now)
        self.throughput.load.add(size, now)
        if self.load.is_bulk(now):
            self._on_bulk()
        else:
            self._prepare_soon()

    @property
    def has_passengers(self) -> bool:
        return bool(self._passengers)

    def count_passengers(self) -> int:
        return len(self._passengers)

    def take_in(self, passenger: Passenger) -> None:
        self._passengers[passenger] = None

    def let_go(self, passenger: Passenger) -> None:
        self._passengers.pop(passenger, None)
        self._paused.pop(passenger, None)
        self._prepare_soon()

    def count_open(self) -> int:
        """Any thread."""
        return sum(1 for passenger in tuple(self._passengers) if passenger.is_open)

    @property
    def congested(self) -> bool:
        """Too much waits for the path, or keys are being exchanged: clients should not be read."""
        return self._lane.congested

    def pause(self, passenger: Passenger) -> None:
        """`Passenger.resume` it, once, when the path is no longer congested."""
        self._paused[passenger] = None

    def _run_queue(self) -> None:
        self._lane.run_queue()
        self._resume()
        self._prepare_soon()

    def _prepare_soon(self) -> None:
        """Something was sent: what is ready for the next client is so no more."""
        if self._next_target is not None and not self._is_preparing:
            self._is_preparing = True
            self._loop.post_when_quiet(self._prepare)

    def _prepare(self) -> None:
        self._is_preparing = False
        if self._next_target is not None:
            self._lane.prepare(self._next_target)

    def _watch(self) -> None:
        if self._backlog is not None:
            mask = selectors.EVENT_WRITE if self._backlog.size else 0
            if self._is_reading:
                mask |= selectors.EVENT_READ
            self._loop.watch(self._backlog.sock, mask, self._serve)

    def _serve(self, ready: int) -> None:
        if ready & selectors.EVENT_READ:
            self.read()
        if ready & selectors.EVENT_WRITE and self._backlog is not None:
            self._backlog.drain()
            self._watch()
            self._resume()

    def _is_quiet(self) -> bool:
        """Beside bulk data the relay's thread is late, and a query's answer would wait for it. Any thread."""
        return not self.throughput.load.is_bulk(time.monotonic())

    def _borrow(self) -> None:
        """It is for this thread to read, from now on."""
        if self._backlog is not None:
            self._is_reading = True
            self._watch()

    def read(self) -> None:
        """What is here, where that is for this thread to read.

        sshd mostly has the processor of who has sent it something, and has answered when that one has it again: an
        opening on loopback need not wait for the thread's next turn.
        """
        if self._is_reading:
            self._read()

    def _read(self) -> None:
        if self._lane.read_lent() and self._is_quiet():
            return
        self._is_reading = False
        self._watch()
        self._lane.give_back()

    def _resume(self) -> None:
        if self._paused and not self.congested:
            paused, self._paused = self._paused, {}
            for passenger in paused:
                passenger.resume()
