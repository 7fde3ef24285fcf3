"""From this computer to a warehouse by plain TCP: the way of a connection that is direct, and of one that could be."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass

from desktop.core.check import Stage, StageName
from desktop.core.errors import CaponierError, WarehouseNameNotFound, WarehouseRefused, WarehouseTimeout
from desktop.core.model import AnyHost, Connection, Endpoint, Target, UnixSocket

CONNECT_TIMEOUT_S = 10.0
_POLL_S = 0.05
_UNDER_WAY = (0, errno.EINPROGRESS, errno.EWOULDBLOCK)

Address = tuple[socket.AddressFamily, tuple[object, ...]]


class CalledOff(Exception):
    """The owner asked for the end."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A blocking socket that is connected; the owner closes it. `took_ms` is the connection's, without the name."""

    sock: socket.socket
    address: str
    took_ms: float


class DirectWay:
    """Blocks in one thread, which calls `close`; `call_off`, from any, makes it raise `CalledOff`."""

    def __init__(self, target: Target, timeout_s: float = CONNECT_TIMEOUT_S) -> None:
        self._target = target
        self._timeout_s = timeout_s
        self._changed = threading.Event()
        self._called_off = False
        self._ready: Arrival | None = None

    def run(self) -> Iterator[Stage]:
        """The one stage there is; `connect` then gives the connection that it made."""
        started = time.monotonic()
        try:
            self._ready = self.arrive()
            detail, cause = f"{self._ready.address}, directly", None
        except CaponierError as error:
            detail, cause = "", error.cause
        yield Stage(StageName.WAREHOUSE, (time.monotonic() - started) * 1000, detail, cause)

    def connect(self) -> socket.socket:
        """The stage's own connection at first, then further ones. Raises as `arrive`."""
        ready, self._ready = self._ready, None
        return (ready or self.arrive()).sock

    def arrive(self) -> Arrival:
        """Raises `ForwardError` with an empty `bastion`, and `CalledOff`."""
        match self._target:
            case Endpoint():
                return self._first_of(self.addresses())
            case UnixSocket() | AnyHost():
                raise TypeError("nothing that a direct connection can lead to")

    def addresses(self) -> list[Address]:
        """Of the target's name, in the system's order. Raises `WarehouseNameNotFound`, `WarehouseTimeout`."""
        if not isinstance(self._target, Endpoint):
            return []
        answer = _look_up(self._target, self._changed.set)
        deadline_mono = time.monotonic() + self._timeout_s
        while not answer.done():
            self._changed.wait(deadline_mono - time.monotonic())
            self._check()
            if time.monotonic() >= deadline_mono:
                raise WarehouseTimeout(**self._facts)
        if answer.exception() is not None:
            raise WarehouseNameNotFound(**self._facts)
        return answer.result()

    def call_off(self) -> None:
        self._called_off = True
        self._changed.set()

    def close(self) -> None:
        """End the stage's own connection where nobody has taken it."""
        if self._ready is not None:
            self._ready.sock.close()

    @property
    def _facts(self) -> dict[str, str]:
        return {"bastion": "", "target": str(self._target)}

    def _first_of(self, addresses: list[Address]) -> Arrival:
        failure: CaponierError = WarehouseNameNotFound(**self._facts)
        for address in addresses:
            started = time.monotonic()
            try:
                sock = self._knock(address)
                return Arrival(sock, str(address[1][0]), (time.monotonic() - started) * 1000)
            except (WarehouseRefused, WarehouseTimeout) as error:
                failure = error
        raise failure

    def _knock(self, address: Address) -> socket.socket:
        with contextlib.ExitStack() as undo:
            try:
                sock = undo.enter_context(socket.socket(address[0], socket.SOCK_STREAM))
                sock.setblocking(False)
                refused = sock.connect_ex(address[1]) not in _UNDER_WAY
                refused = refused or self._wait_for(sock) != 0
                sock.setblocking(True)
            except OSError:
                # No way to such an address.
                raise WarehouseRefused(**self._facts) from None
            if refused:
                raise WarehouseRefused(**self._facts)
            undo.pop_all()
            return sock

    def _wait_for(self, sock: socket.socket) -> int:
        """The error's number once its connection is made or refused. A firewall's answer is a refusal like others."""
        deadline_mono = time.monotonic() + self._timeout_s
        # Windows tells of a failure among the exceptional conditions.
        while not any(select.select([], [sock], [sock], _POLL_S)):
            self._check()
            if time.monotonic() > deadline_mono:
                raise WarehouseTimeout(**self._facts)
        return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

    def _check(self) -> None:
        if self._called_off:
            raise CalledOff


def may_be_reached(connection: Connection) -> bool:
    """Whether the target's name means a place that this computer can look for by itself."""
    target = connection.forward.target
    return isinstance(target, Endpoint) and not _is_own(target.host)


def is_one_place(target: Target, address: str) -> bool:
    """True where name and address are the same everywhere: a private one may be another computer at home."""
    if not isinstance(target, Endpoint):
        return False
    with contextlib.suppress(ValueError):
        return "." in target.host.rstrip(".") and ipaddress.ip_address(address.partition("%")[0]).is_global
    return False


def _is_own(host: str) -> bool:
    if host.lower().rstrip(".") == "localhost" or host.lower().endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified or address.is_link_local


def _look_up(endpoint: Endpoint, wake: Callable[[], None]) -> Future[list[Address]]:
    answer: Future[list[Address]] = Future()
    answer.add_done_callback(lambda _: wake())
    # getaddrinfo(3) can't be interrupted and may take half a minute on a dead network. It gets a thread that may be
    # left behind, and a daemon one, so that it can't hold up the end of the program.
    threading.Thread(target=_ask_system, args=(endpoint, answer), name="resolve", daemon=True).start()
    return answer


def _ask_system(endpoint: Endpoint, answer: Future[list[Address]]) -> None:
    try:
        found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        answer.set_exception(error)
    else:
        answer.set_result([(family, address) for family, _, _, _, address in found])
