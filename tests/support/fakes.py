"""Stand-ins at our own Protocols, for tests of the engine. They do nothing by themselves: a test plays their part."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from desktop.core.challenge import Challenge
from desktop.core.errors import Cause, PortInUse, SecretStoreError
from desktop.core.model import (
    Client,
    Connection,
    Endpoint,
    Forward,
    PathFigures,
    Route,
    SecretKind,
    Target,
    Traffic,
    WayPicture,
)
from desktop.core.ports import DialRequest, RelayReport, Session, SessionReport
from desktop.core.timers import Timer, Timers

FIRST_AUTOMATIC_PORT = 40001
HOME_ADDRESS, BASTION_ADDRESS = "192.0.2.10", "198.51.100.1"

T = TypeVar("T")


class FakeClock:
    """Time stands still until a test moves it on. `on_advance` wakes whoever sleeps by the real clock."""

    def __init__(self) -> None:
        self._mono = 1000.0
        self.on_advance: Callable[[], None] = lambda: None

    def mono(self) -> float:
        return self._mono

    def wall(self) -> float:
        return self._mono + 1_700_000_000.0

    def advance(self, seconds: float) -> None:
        self._mono += seconds
        self.on_advance()


class FakeSession:
    """Ends when aborted, unless it is `stubborn`: then only by `end`."""

    def __init__(self, request: DialRequest, report: SessionReport, *, stubborn: bool = False) -> None:
        self.request = request
        self.pings = 0
        self.nudges = 0
        self.answers: list[tuple[int, Sequence[str] | None]] = []
        self.aborted = False
        self.addresses: tuple[str, str] | None = None
        self.silence_s = 0.0
        self._stubborn = stubborn
        self._report = report
        self._ended = False

    @property
    def generation(self) -> int:
        return self.request.generation

    def abort(self, cause: Cause | None = None) -> None:
        self.aborted = True
        if not self._stubborn:
            self.end(cause)

    def answer(self, number: int, answers: Sequence[str] | None) -> None:
        self.answers.append((number, answers))

    def ping(self) -> None:
        self.pings += 1

    def nudge(self) -> None:
        self.nudges += 1

    def silent_s(self) -> float:
        return self.silence_s

    def reach(self, local: str = HOME_ADDRESS, bastion: str = BASTION_ADDRESS) -> None:
        self.addresses = (local, bastion)
        self._report.reached(self.generation)

    def ask(self, challenge: Challenge) -> None:
        self._report.asked(self.generation, challenge)

    def walk(self, way: WayPicture) -> None:
        self._report.walked(self.generation, way)

    def come_up(self, round_trip_ms: float = 20.0) -> None:
        self._report.up(self.generation, round_trip_ms)

    def answer_ping(self, round_trip_ms: float = 20.0) -> None:
        self._report.pinged(self.generation, round_trip_ms)

    def end(self, cause: Cause | None = None) -> None:
        """Once, as the Protocol demands."""
        if not self._ended:
            self._ended = True
            self._report.ended(self.generation, cause)


class FakeDialer:
    """Keeps the sessions it was asked for, in order. `failure`, when set, is raised once instead of dialling."""

    def __init__(self) -> None:
        self.sessions: list[FakeSession] = []
        self.stubborn = False
        self.failure: OSError | None = None
        self.at_once: Cause | None = None

    def dial(self, request: DialRequest, report: SessionReport) -> Session:
        """With `at_once` set the attempt is over before this returns, as the fastest of threads would have it."""
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure
        session = FakeSession(request, report, stubborn=self.stubborn)
        self.sessions.append(session)
        if self.at_once is not None:
            session.end(self.at_once)
        return session

    @property
    def last(self) -> FakeSession:
        return self.sessions[-1]


class FakeRelay:
    """Local ports without sockets. `taken` maps a port to its holder; all relays of a factory share it."""

    def __init__(self, route: Route, report: RelayReport, taken: dict[int, str]) -> None:
        self.route = route
        self.report = report
        self.ports: dict[str, Endpoint] = {}
        self.targets: dict[str, Target] = {}
        self.session: Session | None = None
        self.mode = "park"
        self.detached: list[Session] = []
        self.carried: dict[Session, int] = {}
        self.awaited = False
        self.counts: dict[str, tuple[int, int]] = {}
        self.counted = 0
        self.closed = False
        self.looks: list[str] = []
        self.reguarded: list[Connection] = []
        self._taken = taken

    def open_port(self, connection: Connection, avoided: frozenset[int] = frozenset()) -> Endpoint:
        port = connection.forward.local_port or self._free_port(avoided)
        if port in self._taken:
            raise PortInUse(port=port, holder=self._taken[port])
        self._taken[port] = "caponier (process 1)"
        self.ports[connection.id] = Endpoint(connection.forward.local_host, port)
        self.targets[connection.id] = connection.forward.target
        return self.ports[connection.id]

    def close_port(self, connection_id: str) -> None:
        endpoint = self.ports.pop(connection_id, None)
        if endpoint is not None:
            del self._taken[endpoint.port]

    def look(self, connection: Connection) -> bool:
        if self.session is not None:
            self.looks.append(connection.id)
        return self.session is not None

    def reguard(self, connection: Connection) -> None:
        self.reguarded.append(connection)

    def attach(self, session: Session) -> None:
        self.session = session
        self.mode = "carry"

    def park(self) -> None:
        self.session = None
        self.mode = "park"

    def refuse(self) -> None:
        self.mode = "refuse"

    def detach(self, session: Session) -> None:
        self.detached.append(session)
        if session is self.session:
            self.park()

    def carried_by(self, session: Session) -> int:
        return self.carried.get(session, 0)

    def is_awaited(self) -> bool:
        return self.awaited

    def clients(self, connection_id: str) -> tuple[Client, ...]:
        is_open, _ = self.counts.get(connection_id, (0, 0))
        client = Client(Endpoint("127.0.0.1", 50000), 0.0, parked=False, sent=1, received=2)
        return (client,) * is_open

    def traffic(self, connection_id: str) -> Traffic:
        return Traffic(sent=10, received=20) if connection_id in self.ports else Traffic()

    def path_figures(self) -> PathFigures:
        return PathFigures(20.0, lanes=1) if self.session is not None else PathFigures()

    def client_counts(self, connection_id: str) -> tuple[int, int]:
        self.counted += 1
        return self.counts.get(connection_id, (0, 0))

    def close(self) -> None:
        for connection_id in tuple(self.ports):
            self.close_port(connection_id)
        self.closed = True

    def join(self, timeout_s: float) -> bool:
        return self.closed

    def free_port(self, forward: Forward, avoided: frozenset[int]) -> int:
        return self._free_port(avoided, forward.local_port + 1)

    def _free_port(self, avoided: frozenset[int], first: int = FIRST_AUTOMATIC_PORT) -> int:
        return next(port for port in range(first, 65536) if port not in avoided | self._taken.keys())


class FakeRelays:
    """A factory that keeps the relays it made."""

    def __init__(self) -> None:
        self.made: list[FakeRelay] = []
        self.taken: dict[int, str] = {}
        self.most_lanes = 0

    def __call__(self, route: Route, report: RelayReport) -> FakeRelay:
        self.made.append(FakeRelay(route, report, self.taken))
        return self.made[-1]

    def limit_lanes(self, most: int) -> None:
        self.most_lanes = most

    @property
    def last(self) -> FakeRelay:
        return self.made[-1]


class FakeNetwork:
    """Addresses and routes. Every address is this computer's, and every host can be reached, until a test says no."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        self.unreachable: set[str] = set()

    def has_address(self, address: str) -> bool:
        return address not in self.gone

    def source_towards(self, address: str) -> str | None:
        return None if address in self.unreachable else HOME_ADDRESS


Slot = tuple[str, SecretKind] | tuple[str, SecretKind, str]


class FakeSecrets:
    """A keyring in memory. `trouble`, when set, is how every call fails."""

    def __init__(self) -> None:
        self.kept: dict[Slot, str] = {}
        self.deleted: list[Slot] = []
        self.trouble: SecretStoreError | None = None
        self.closed = threading.Event()

    def get(self, connection_id: str, kind: SecretKind, login: str = "") -> Future[str | None]:
        return self._answer(self.kept.get(_slot(connection_id, kind, login)))

    def set(self, connection_id: str, kind: SecretKind, value: str, login: str = "") -> Future[None]:
        if self.trouble is None:
            self.kept[_slot(connection_id, kind, login)] = value
        return self._answer(None)

    def delete(self, connection_id: str, kind: SecretKind, login: str = "") -> Future[None]:
        slot = _slot(connection_id, kind, login)
        self.deleted.append(slot)
        self.kept.pop(slot, None)
        return self._answer(None)

    def close(self) -> None:
        self.closed.set()

    def _answer(self, value: T) -> Future[T]:
        future: Future[T] = Future()
        if self.trouble is not None:
            future.set_exception(self.trouble)
        else:
            future.set_result(value)
        return future


def with_port(connection: Connection, local_port: int) -> Connection:
    return replace(connection, forward=replace(connection.forward, local_port=local_port))


class Later:
    """A clock whose timers ring as a test moves it on, each at its own moment."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self._timers = Timers()

    def call_later(self, delay_s: float, task: Callable[[], None]) -> Timer:
        return self._timers.add(self.clock.mono() + delay_s, task)

    def advance(self, seconds: float) -> None:
        end = self.clock.mono() + seconds
        while (at := self._timers.next_at()) is not None and at <= end:
            self.clock.advance(max(at - self.clock.mono(), 0))
            timer = self._timers.pop_due(self.clock.mono())
            if timer is not None:
                timer.task()
        self.clock.advance(max(end - self.clock.mono(), 0))


def _slot(connection_id: str, kind: SecretKind, login: str) -> Slot:
    """Of the bastion itself, by connection and kind alone."""
    return (connection_id, kind, login) if login else (connection_id, kind)
