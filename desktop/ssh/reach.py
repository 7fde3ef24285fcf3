"""Getting a TCP connection to a bastion: all its addresses raced, with a deadline that holds."""

from __future__ import annotations

import math
import selectors
import socket
import time
from collections import deque

from desktop.core.errors import (
    BastionRefused,
    BastionTimeout,
    CaponierError,
    NameNotFound,
    Offline,
    ServerShedding,
)
from desktop.core.model import Endpoint
from desktop.core.plan import AddressFamily
from desktop.core.route_errors import BindAddressMissing
from desktop.ssh.approach import Approach, Reached
from desktop.ssh.cancel import CancelToken
from desktop.ssh.resolve import AddressBook, AddressInfo, Resolution
from desktop.ssh.wire import Wire

# RFC 8305 section 8, "Connection Attempt Delay": how long one address may be silent before the next is tried too.
NEXT_ADDRESS_AFTER_S = 0.25


_FAMILIES = {
    AddressFamily.ANY: frozenset({socket.AF_INET, socket.AF_INET6}),
    AddressFamily.IPV4: frozenset({socket.AF_INET}),
    AddressFamily.IPV6: frozenset({socket.AF_INET6}),
}


def reach(
    endpoint: Endpoint,
    timeout_s: float,
    cancel: CancelToken,
    book: AddressBook,
    *,
    family: AddressFamily = AddressFamily.ANY,
    bind_address: str = "",
) -> Reached:
    """A TCP connection, within about half a second of the moment that one is possible.

    Blocks at most `timeout_s`. A nudge of `cancel` makes it try afresh. Where the name is not resolved soon, or not at
    all, the addresses of `book` are tried too. Ends at once where this computer has no network: the engine is told of
    its return. Raises `NameNotFound`, `BastionRefused`, `BastionTimeout`, `ServerShedding`, `Offline`, `Cancelled`, and
    `BindAddressMissing` where `bind_address`, a numeric one to come from, is not this computer's now.
    """
    race = _Race(endpoint, cancel, book, _FAMILIES[family], bind_address)
    try:
        return race.run(timeout_s)
    finally:
        race.close()


class _Race:
    """Approaches to several addresses, started one after the other; the first connection wins."""

    def __init__(
        self,
        endpoint: Endpoint,
        cancel: CancelToken,
        book: AddressBook,
        families: frozenset[socket.AddressFamily],
        bind_address: str,
    ) -> None:
        self._endpoint = endpoint
        self._families = families
        self._bind_address = bind_address
        self._cancel = cancel
        self._started = time.monotonic()
        self._cancel.take_nudge()
        self._resolution = Resolution(endpoint, book, cancel.wake, self._started)
        self._untried: deque[AddressInfo] = deque()
        self._next_start = 0.0
        self._approaches: list[Approach] = []
        self._selector = selectors.DefaultSelector()
        self._selector.register(cancel, selectors.EVENT_READ)

    def run(self, timeout_s: float) -> Reached:
        deadline = self._started + timeout_s
        while (now := time.monotonic()) < deadline:
            self._cancel.check()
            self._advance(now)
            if self._is_lost():
                break
            reached = self._await(min(deadline, self._next_step(now)))
            if reached is not None:
                return reached
        self._cancel.check()
        raise self._verdict()

    def close(self) -> None:
        for approach in self._approaches:
            approach.close()
        self._selector.close()

    def _advance(self, now: float) -> None:
        """Send every SYN that is due."""
        if self._cancel.take_nudge():
            self._resolution.ask()
            for approach in self._approaches:
                approach.send_syn(now)
        self._untried.extend(each for each in self._resolution.take(now) if each[0] in self._families)
        for approach in self._approaches:
            if not approach.is_over and now >= approach.fresh_due_mono:
                approach.send_syn(now)
        while self._untried and (now >= self._next_start or not self._has_hope()):
            self._start(self._untried.popleft(), now)

    def _start(self, address: AddressInfo, now: float) -> None:
        # A name that is resolved late is part of the silence.
        late = now >= self._resolution.recall_at_mono
        approach = Approach(address, self._selector, self._started if late else now, self._bind_address)
        approach.send_syn(now)
        self._approaches.append(approach)
        if not approach.is_over:
            self._next_start = now + NEXT_ADDRESS_AFTER_S

    def _has_hope(self) -> bool:
        return any(not approach.is_over for approach in self._approaches)

    def _is_lost(self) -> bool:
        if self._has_hope():
            return False
        # Without a network no name will be resolved; but a host that refuses may be the one of an old address.
        return not self._resolution.is_pending or self._is_offline()

    def _next_step(self, now: float) -> float:
        """When the next thing is due, in monotonic seconds."""
        due = [approach.fresh_due_mono for approach in self._approaches if not approach.is_over]
        if self._untried:
            due.append(self._next_start)
        if now < self._resolution.recall_at_mono:
            due.append(self._resolution.recall_at_mono)
        return min(due, default=math.inf)

    def _await(self, until_mono: float) -> Reached | None:
        for key, _ in self._selector.select(max(until_mono - time.monotonic(), 0)):
            wire, approach = key.fileobj, key.data
            if not isinstance(wire, Wire):
                continue
            reached: Reached | None = approach.result(wire)
            if reached is not None:
                self._resolution.remember(approach.address)
                return reached
        return None

    def _is_offline(self) -> bool:
        return bool(self._approaches) and all(approach.is_offline for approach in self._approaches)

    def _verdict(self) -> CaponierError:
        """What the person is told: a refusal says more than a silence."""
        host, port = self._endpoint.host, self._endpoint.port
        source = next((approach.source for approach in self._approaches if approach.source), "")
        if not self._approaches:
            return NameNotFound(host=host)
        if any(approach.is_turned_away for approach in self._approaches):
            return ServerShedding(host=host, port=port)
        if any(approach.is_refused for approach in self._approaches):
            return BastionRefused(host=host, port=port, source=source)
        if all(approach.lacks_address for approach in self._approaches):
            return BindAddressMissing(address=self._bind_address, host=host)
        if self._is_offline():
            return Offline()
        took_s = math.ceil(time.monotonic() - self._started)
        return BastionTimeout(host=host, port=port, stage="connect", timeout_s=took_s, source=source)
