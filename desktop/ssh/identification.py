"""Finding out who stands behind a guarded port, over the session that carries its clients."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable

from desktop.core.errors import CaponierError, PeerLost, Unexpected
from desktop.core.identity import WarehouseIdentity
from desktop.core.model import Connection, Place
from desktop.core.warehouse_errors import WarehouseSilent
from desktop.ssh.loop import Loop
from desktop.ssh.warehouse_way import WarehouseWay, WarehouseWays

log = logging.getLogger(__name__)

# Shorter than clients are kept waiting.
IDENTIFY_WITHIN_S = 15.0

# Blocks; raises a `CaponierError` where it could not find out. The socket stays the caller's.
Identify = Callable[[Connection, socket.socket], WarehouseIdentity]
Outcome = WarehouseIdentity | CaponierError
OnEnd = Callable[["Identification", Outcome], None]


class Identification:
    """One look at who is there, in a thread of its own."""

    def __init__(
        self, connection: Connection, place: Place, identify: Identify, ways: WarehouseWays, loop: Loop
    ) -> None:
        self._connection = connection
        self._place = place
        self._identify = identify
        self._ways = ways
        self._loop = loop
        self._lock = threading.Lock()
        # Under the lock.
        self._sock: socket.socket | None = None
        self._is_off = self._is_late = False
        self.thread: threading.Thread | None = None

    def start(self, on_end: OnEnd) -> None:
        """`on_end` is called on the relay's thread, and not after `call_off`: with `PeerLost` where the session went.

        That is no finding about the warehouse.
        """
        name = f"guard {self._place}"
        self.thread = threading.Thread(target=self._run, args=(on_end,), name=name)
        self.thread.start()
        self._loop.call_later(IDENTIFY_WITHIN_S, self._time_out)

    def call_off(self) -> None:
        """Any thread; does not block."""
        self._is_off = True
        self._shut_down()

    def _time_out(self) -> None:
        self._is_late = True
        self._shut_down()

    def _shut_down(self) -> None:
        with self._lock, contextlib.suppress(OSError):
            if self._sock is not None:
                self._sock.shutdown(socket.SHUT_RDWR)

    def _run(self, on_end: OnEnd) -> None:
        outcome: Outcome
        try:
            outcome = self._find_out()
        except CaponierError as error:
            outcome = error
        except Exception as error:
            log.exception("nobody could find out who %s is", self._place)
            outcome = Unexpected(detail=type(error).__name__)
        self._loop.post(lambda: self._end(on_end, outcome))

    def _end(self, on_end: OnEnd, outcome: Outcome) -> None:
        if not self._is_off:
            on_end(self, outcome)

    def _find_out(self) -> WarehouseIdentity:
        way = self._ways.open(self._place)
        with self._lock:
            self._sock = way.sock
        try:
            if self._is_off:
                raise PeerLost(host=str(self._place))
            found = self._identify(self._connection, way.sock)
        except CaponierError as error:
            self._check_end(way, error)
            raise
        else:
            self._check_end(way)
            return found
        finally:
            with self._lock:
                self._sock = None
            way.sock.close()

    def _check_end(self, way: WarehouseWay, error: CaponierError | None = None) -> None:
        """What ended in the middle says nothing of the warehouse: not even that it has no certificate any more."""
        if way.was_cut:
            raise PeerLost(host=str(self._place)) from error
        if self._is_late:
            about = {"target": str(self._place), "kind": self._connection.kind}
            raise WarehouseSilent(**about, timeout_s=f"{IDENTIFY_WITHIN_S:.0f}") from error


class Identifications:
    """Those of one relay; without an `identify` nobody can find out. Relay thread but for `join`."""

    def __init__(self, identify: Identify | None, ways: WarehouseWays, loop: Loop) -> None:
        self._identify = identify
        self._ways = ways
        self._loop = loop
        self._threads: list[threading.Thread] = []

    def begin(self, connection: Connection, place: Place, on_end: OnEnd) -> Identification:
        """Does not block."""
        run = Identification(connection, place, self._identify or _nobody, self._ways, self._loop)
        run.start(on_end)
        self._threads = [each for each in self._threads if each.is_alive()]
        if run.thread is not None:
            self._threads.append(run.thread)
        return run

    def join(self, timeout_s: float) -> bool:
        """True where none is under way any more: they end with the relay's ways."""
        threads = tuple(self._threads)
        for thread in threads:
            thread.join(timeout_s)
        return not any(thread.is_alive() for thread in threads)


def _nobody(_connection: Connection, _sock: socket.socket) -> WarehouseIdentity:
    return WarehouseIdentity()
