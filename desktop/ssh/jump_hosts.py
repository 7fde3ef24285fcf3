"""Through one SSH server to the next, or to a warehouse: what is said there is a client on the lane of the one before.

So it has all that clients have: a window fitted to the path, back-pressure, and no thread of its own. Between lane and
lane is a pair of sockets, because paramiko wants one.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Callable

from desktop.core.errors import CaponierError, PeerLost
from desktop.core.model import Place
from desktop.core.plan import PlannedHop
from desktop.ssh.approach import Reached
from desktop.ssh.cancel import CancelToken
from desktop.ssh.carrier import Carrier
from desktop.ssh.client import LocalClient
from desktop.ssh.forwarding import ORIGIN
from desktop.ssh.hop_connection import HopConnection
from desktop.ssh.loop import Loop
from desktop.ssh.patience import SILENT_S
from desktop.ssh.receive_window import WindowBudget
from desktop.ssh.throughput import Throughput
from desktop.ssh.translate import jump_error
from desktop.ssh.wire import wire_pair

_END_WITHIN_S = 2.0

# Why a server opened no way: the reason and text of RFC 4254 section 5.1, as an error. Reason 0 is a text of ours.
Failure = Callable[[int, str], CaponierError]
_NO_ANSWER = 0, "timeout"


class JumpHosts:
    """The hops of one session that lead further. One thread serves them all; it begins with the first.

    Methods are for the dialling thread, but for `way_to` and `passage_to`, which a further lane's may ask too.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop: Loop | None = None
        self._last: tuple[HopConnection, Carrier] | None = None
        self._carriers: list[Carrier] = []
        # The loop's thread. Dicts keep the order; values mean nothing.
        self._passages: dict[Passage, None] = {}

    def add(self, jump: HopConnection) -> None:
        """One that is logged in, to be led over from now on."""
        if self._loop is None:
            self._loop = Loop(self._name, self._end)
            self._loop.start()
        carrier = Carrier(jump, self._loop, WindowBudget(), Throughput(), lambda: None)
        self._carriers.append(carrier)
        self._last = jump, carrier
        self._loop.post(carrier.start)

    def way_to(self, hop: PlannedHop) -> Passage:
        """From the one that was added last."""
        return self.passage_to(
            hop.endpoint, lambda reason, text: jump_error(reason, text, self._host, hop.endpoint)
        )

    def passage_to(self, target: Place, failure: Failure) -> Passage:
        """From the one that was added last, to anything that it can reach."""
        if self._loop is None or self._last is None:
            raise RuntimeError("no jump host yet")
        return Passage(target, failure, *self._last, self._loop, self._passages)

    @property
    def _host(self) -> str:
        return self._last[0].host if self._last is not None else ""

    def close(self) -> None:
        """Wait for the thread to end. Any other thread, once. What it carries is cut off."""
        if self._loop is not None:
            self._loop.stop()
            self._loop.join(_END_WITHIN_S)

    def _end(self) -> None:
        for passage in tuple(self._passages):
            passage.drop()
        for carrier in self._carriers:
            carrier.stop()


class Passage:
    """Implements `Way`, by a direct-tcpip channel (RFC 4254 section 7.2), and `ClientOwner` of what it carries.

    `present` has it for as long as it carries something.
    """

    def __init__(
        self,
        target: Place,
        failure: Failure,
        jump: HopConnection,
        carrier: Carrier,
        loop: Loop,
        present: dict[Passage, None],
    ) -> None:
        self._target = target
        self._failure = failure
        self._jump = jump
        self._carrier = carrier
        self._loop = loop
        self._present = present
        self._guard = threading.Lock()
        self._far: socket.socket | None = None
        self._client: _Traveller | None = None
        self._timeout_s = 0.0
        self._cancel: CancelToken | None = None
        self._is_open = self._is_gone = False
        self._refusal: tuple[int, str] | None = None

    def reach(self, timeout_s: float, cancel: CancelToken) -> Reached:
        """Raises what `failure` makes of a refusal, `Cancelled`, and `PeerLost` where the jump host is lost."""
        near, self._far = wire_pair()
        self._far.setblocking(False)
        self._cancel = cancel
        self._timeout_s = timeout_s
        started = time.monotonic()
        self._loop.post(self._open)
        try:
            self._wait(started + timeout_s, cancel)
        except BaseException:
            near.close()
            self.close()
            raise
        near.note_contact()
        return Reached(near, None, time.monotonic() - started)

    def explained(self, error: CaponierError) -> CaponierError:
        return error

    def close(self) -> None:
        far = self._take_far()
        if far is not None:
            far.close()
        self._loop.post(self.drop)

    def join(self) -> None:
        """The jump hosts' thread is waited for with them."""

    def _wait(self, until_mono: float, cancel: CancelToken) -> None:
        """For the jump host's answer, which wakes `cancel`, as the loss of its lane does."""
        with selectors.DefaultSelector() as selector:
            selector.register(cancel, selectors.EVENT_READ)
            while not self._is_open:
                cancel.check()
                if self._refusal is not None:
                    raise self._failure(*self._refusal)
                if self._is_gone or self._jump.is_lost:
                    raise PeerLost(host=self._jump.host)
                left_s = until_mono - time.monotonic()
                if left_s <= 0:
                    raise self._failure(*_NO_ANSWER)
                selector.select(left_s)
                # So that it can sleep again. There is nothing to be tried afresh.
                cancel.take_nudge()

    def _take_far(self) -> socket.socket | None:
        """Whoever gets it closes it."""
        with self._guard:
            far, self._far = self._far, None
            return far

    # -- the loop's thread, but for what a traveller tells ----------------------------------------------------

    def _open(self) -> None:
        far = self._take_far()
        if far is not None:
            self._present[self] = None
            self._client = _Traveller(far, self._target, self._loop, self, self._timeout_s)
            self._client.open(self._carrier)

    def drop(self) -> None:
        if self._client is not None:
            self._client.drop()

    def let_in(self) -> None:
        """The jump host has opened the way. Reader thread of its lane."""
        self._is_open = True
        self._tell()

    def client_comes(self) -> None: ...

    def client_waits(self) -> None: ...

    def client_opened(self) -> None: ...

    def client_refused(self, client: LocalClient, reason: int, text: str) -> None:  # noqa: ARG002 - the protocol's
        self._refusal = reason, text
        self._tell()

    def client_gone(self, client: LocalClient) -> None:  # noqa: ARG002 - the protocol's
        self._present.pop(self, None)
        self._is_gone = True
        self._tell()

    def _tell(self) -> None:
        if self._cancel is not None:
            self._cancel.wake()


class _Traveller(LocalClient):
    """What is said to the next server. That its way is open is told at once: nothing comes from it before that.

    `timeout_s` is the passage's, which ends its own waiting, and calls a jump host lost only where its lane is.
    """

    def __init__(
        self, sock: socket.socket, target: Place, loop: Loop, passage: Passage, timeout_s: float
    ) -> None:
        patience_s = timeout_s + SILENT_S
        super().__init__(target, loop, passage, patience_s, patience_s)
        self.welcome(sock, ORIGIN)
        self._passage = passage

    def on_opened(self) -> None:
        super().on_opened()
        self._passage.let_in()
