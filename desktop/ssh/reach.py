"""Getting a TCP connection to a bastion: all its addresses raced, with a deadline that holds."""

from __future__ import annotations

import errno
import math
import selectors
import socket
import time
from collections.abc import Iterator

from desktop.core.errors import BastionRefused, BastionTimeout, CaponierError, Offline
from desktop.core.model import Endpoint
from desktop.ssh.cancel import CancelToken
from desktop.ssh.resolve import AddressInfo, resolve
from desktop.ssh.wire import Wire

# RFC 8305 section 8, "Connection Attempt Delay": how long one address may be silent before the next is tried too.
NEXT_ADDRESS_AFTER_S = 0.25
_NO_NETWORK = {errno.ENETUNREACH, errno.EAFNOSUPPORT, getattr(errno, "WSAENETUNREACH", -1)}
_IN_PROGRESS = {0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", 0)}


def reach(endpoint: Endpoint, timeout_s: float, cancel: CancelToken) -> tuple[Wire, float]:
    """A connected socket and the seconds its TCP handshake took, one round trip. The caller closes the socket.

    Blocks at most `timeout_s`. Raises `NameNotFound`, `BastionRefused`, `BastionTimeout`, `Offline`, `Cancelled`.
    """
    started = time.monotonic()
    deadline = started + timeout_s
    addresses = resolve(endpoint, deadline, cancel)
    race = _Race(endpoint, addresses, cancel)
    try:
        wire, round_trip_s = race.run(deadline)
    finally:
        race.close()
    if wire is None:
        raise race.verdict(math.ceil(time.monotonic() - started))
    return wire, round_trip_s


class _Race:
    """Several connection attempts, started one after the other; the first to succeed wins."""

    def __init__(self, endpoint: Endpoint, addresses: list[AddressInfo], cancel: CancelToken) -> None:
        self._endpoint = endpoint
        self._untried = iter(addresses)
        self._cancel = cancel
        self._runners: dict[Wire, float] = {}
        self._failures: list[int] = []
        self._selector = selectors.DefaultSelector()
        self._selector.register(cancel, selectors.EVENT_READ)

    def run(self, deadline: float) -> tuple[Wire | None, float]:
        more = self._start_next()
        while time.monotonic() < deadline and (self._runners or more):
            self._cancel.check()
            wait_s = deadline - time.monotonic()
            if more:
                wait_s = min(wait_s, NEXT_ADDRESS_AFTER_S)
            arrived = self._arrived(wait_s)
            for wire, took_s in arrived:
                return wire, took_s
            if more:
                more = self._start_next()
        self._cancel.check()
        return None, 0.0

    def _start_next(self) -> bool:
        """Start the next address that can be started; False when there is none left."""
        for family, address in self._untried:
            try:
                wire = Wire(family)
            except OSError as error:
                self._failures.append(error.errno or 0)
                continue
            wire.setblocking(False)
            self._runners[wire] = time.monotonic()
            code = wire.connect_ex(address)
            if code in _IN_PROGRESS:
                self._selector.register(wire, selectors.EVENT_WRITE)
                return True
            self._drop(wire, code)
        return False

    def _arrived(self, wait_s: float) -> Iterator[tuple[Wire, float]]:
        for key, _ in self._selector.select(max(wait_s, 0)):
            wire = key.fileobj
            if not isinstance(wire, Wire):
                continue
            code = wire.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            self._selector.unregister(wire)
            started = self._runners.pop(wire)
            if code == 0:
                wire.setblocking(True)
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                yield wire, time.monotonic() - started
            else:
                wire.close()
                self._failures.append(code)

    def _drop(self, wire: Wire, code: int) -> None:
        self._runners.pop(wire)
        wire.close()
        self._failures.append(code)

    def verdict(self, timeout_s: int) -> CaponierError:
        """What the person is told: a refusal says more than a silence."""
        host, port = self._endpoint.host, self._endpoint.port
        if any(
            code in (errno.ECONNREFUSED, getattr(errno, "WSAECONNREFUSED", -1)) for code in self._failures
        ):
            return BastionRefused(host=host, port=port)
        if self._failures and all(code in _NO_NETWORK for code in self._failures):
            return Offline()
        return BastionTimeout(host=host, port=port, stage="connect", timeout_s=timeout_s)

    def close(self) -> None:
        for wire in self._runners:
            wire.close()
        self._selector.close()
