"""A connection of our own to a warehouse, over the session that carries the clients of its port."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from desktop.core.errors import PeerLost
from desktop.core.model import Place, Route
from desktop.ssh.carrier import Carrier
from desktop.ssh.client import LocalClient
from desktop.ssh.forwarding import ORIGIN
from desktop.ssh.gate import Gate
from desktop.ssh.loop import Loop
from desktop.ssh.translate import forward_error
from desktop.ssh.wire import wire_pair

OPEN_TIMEOUT_S = 30.0


class WarehouseWays:
    """Those of one relay. Relay thread, except where a method says otherwise."""

    def __init__(self, route: Route, gate: Gate, loop: Loop) -> None:
        self._route = route
        self._gate = gate
        self._loop = loop
        self._lock = threading.Lock()
        # Under the lock. A dict for quick removal; values mean nothing.
        self._present: dict[_OwnClient, None] = {}
        self._closed = False

    def open(self, place: Place) -> WarehouseWay:
        """Blocks until the bastion has answered. Any other thread; the caller closes the socket.

        Raises a `ForwardError`, and `PeerLost` where there is no session or it ends.
        """
        wire, far = wire_pair()
        far.setblocking(False)
        near = socket.socket(wire.family, socket.SOCK_STREAM, fileno=wire.detach())
        client = _OwnClient(far, place, self._loop, self._forget)
        with self._lock:
            is_late = self._closed
            if not is_late:
                self._present[client] = None
        if is_late:
            # The relay's thread has ended: nothing that is posted is done any more.
            far.close()
            near.close()
            raise PeerLost(host=self._route.bastion.host)
        self._loop.post(lambda: self._let_in(client))
        if not client.answered.wait(OPEN_TIMEOUT_S):
            client.refusal = 0, "timeout"
        if client.refusal is None and client.is_let_in:
            return WarehouseWay(near, client)
        near.close()
        self._loop.post(client.drop)
        if client.refusal is None:
            raise PeerLost(host=self._route.bastion.host)
        raise forward_error(*client.refusal, self._route, place)

    def lose(self, carrier: Carrier) -> None:
        """What it carries is cut off."""
        for client in tuple(self._present):
            if client.carrier is carrier:
                client.cut()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            present = tuple(self._present)
        for client in present:
            client.cut()

    def _let_in(self, client: _OwnClient) -> None:
        if self._gate.is_open and not client.was_cut:
            self._gate.let_in(client)
        else:
            client.cut()

    def _forget(self, client: LocalClient) -> None:
        self._gate.forget(client)
        with self._lock:
            self._present = {each: None for each in self._present if each is not client}


class WarehouseWay:
    """`sock` blocks, and leads to the warehouse."""

    def __init__(self, sock: socket.socket, client: _OwnClient) -> None:
        self.sock = sock
        self._client = client

    @property
    def was_cut(self) -> bool:
        """It ended with its session, which says nothing of the warehouse. Any thread."""
        return self._client.was_cut


class _OwnClient(LocalClient):
    """Implements `ClientOwner` of itself: nobody counts it among the port's programs."""

    def __init__(
        self, sock: socket.socket, place: Place, loop: Loop, on_gone: Callable[[LocalClient], None]
    ) -> None:
        super().__init__(place, loop, self, OPEN_TIMEOUT_S, OPEN_TIMEOUT_S)
        self.welcome(sock, ORIGIN)
        self.answered = threading.Event()
        self.refusal: tuple[int, str] | None = None
        self.is_let_in = self.was_cut = False
        self._on_gone = on_gone

    def on_opened(self) -> None:
        super().on_opened()
        self.is_let_in = True
        self.answered.set()

    def cut(self) -> None:
        self.was_cut = True
        self.drop()

    def client_comes(self) -> None: ...

    def client_waits(self) -> None: ...

    def client_opened(self) -> None: ...

    def client_refused(self, client: LocalClient, reason: int, text: str) -> None:  # noqa: ARG002 - the protocol's
        self.refusal = reason, text

    def client_gone(self, client: LocalClient) -> None:
        self._on_gone(client)
        self.answered.set()
