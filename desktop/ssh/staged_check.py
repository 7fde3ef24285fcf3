"""The way to a warehouse walked stage by stage, to say which stage fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from desktop.core.errors import CaponierError, Cause, ForwardProhibited, PeerLost, Unexpected
from desktop.core.model import Connection, Endpoint
from desktop.core.plan import plan_of
from desktop.core.ports import SecretSource
from desktop.ssh.cancel import CancelToken
from desktop.ssh.credentials import Credentials
from desktop.ssh.forwarding import ForwardingChannel, ForwardingLane
from desktop.ssh.handshake import shake_hands
from desktop.ssh.host_check import HostCheck
from desktop.ssh.keys import fingerprint
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.lane_choice import new_lane
from desktop.ssh.login import Login
from desktop.ssh.reach import reach
from desktop.ssh.resolve import AddressBook
from desktop.ssh.session import CONNECT_TIMEOUT_S, HANDSHAKE_TIMEOUT_S, LOGIN_TIMEOUT_S
from desktop.ssh.translate import forward_error
from desktop.ssh.wire import Wire

OPEN_TIMEOUT_S = 30.0
# No reason of RFC 4254 section 5.1: the connection ended before the answer came.
_LOST = -1


@dataclass(frozen=True, slots=True)
class Stage:
    """`detail` tells what was found; `cause` is None where the stage went well. `ms` is how long it took."""

    name: str
    ms: float
    detail: str = ""
    cause: Cause | None = None


class StagedCheck:
    """A login of its own, beside whatever is up, and one channel. Blocks; call `close` when done, from the same thread.

    A host key that is not known yet ends the check: it asks nobody.
    """

    def __init__(self, connection: Connection, secrets: SecretSource, known_hosts: KnownHosts) -> None:
        self._route = connection.route
        self._hop = connection.route.bastion
        self._target = connection.forward.target
        self._cancel = CancelToken()
        self._credentials = Credentials(secrets, self._cancel)
        self._host_check = HostCheck(self._hop.endpoint, known_hosts, frozenset())
        self._wire: Wire | None = None
        self._lane: ForwardingLane | None = None
        self._answer = _Answer()
        self._refusal: tuple[int, str] | None = None
        self._channel: ForwardingChannel | None = None

    def run(self) -> Iterator[Stage]:
        """The stages in order, each as it is done; the first that fails is the last."""
        for name, walk in self._stages():
            started = time.monotonic()
            try:
                detail, cause = walk(), None
            except CaponierError as error:
                detail, cause = "", error.cause
            yield Stage(name, (time.monotonic() - started) * 1000, detail, cause)
            if cause is not None:
                return

    def close(self) -> None:
        if self._wire is not None:
            self._wire.hang_up()
        if self._lane is not None and self._lane.ident is not None:
            self._lane.join()
        if self._wire is not None:
            self._wire.close()
        self._cancel.close()

    def _stages(self) -> tuple[tuple[str, Callable[[], str]], ...]:
        return (
            ("route", self._reach),
            ("ssh", self._shake_hands),
            ("host_key", self._verify),
            ("login", self._log_in),
            ("forward", self._ask_for_forward),
            ("warehouse", self._judge_warehouse),
        )

    def _reach(self) -> str:
        reached = reach(self._hop.endpoint, CONNECT_TIMEOUT_S, self._cancel, AddressBook())
        self._wire = reached.wire
        return f"{reached.addresses[1]}, round trip {reached.round_trip_s * 1000:.1f} ms"

    def _shake_hands(self) -> str:
        wire = self._wire
        if wire is None:
            raise Unexpected(detail="ssh before route")
        self._lane = new_lane(wire, f"check {self._hop.host}", self._answer.lane_ended)
        shake_hands(self._lane, wire, self._hop.endpoint, self._host_check, HANDSHAKE_TIMEOUT_S)
        return f"{self._lane.remote_version}, {self._lane.remote_cipher}"

    def _verify(self) -> str:
        key = self._running.get_remote_server_key()
        self._host_check.verify(key)
        return f"{key.get_name()} {fingerprint(key)}"

    def _log_in(self) -> str:
        hop = plan_of(self._route).bastion
        Login(hop, self._credentials).perform(self._running, LOGIN_TIMEOUT_S, self._cancel)
        return f"{self._hop.user} by {self._hop.auth.method}"

    def _ask_for_forward(self) -> str:
        """The bastion's one answer covers two stages: whether it may, and whether it got through."""
        origin = Endpoint("127.0.0.1", 0)
        self._channel = self._running.open_forward(self._target, origin, self._answer)
        self._refusal = self._answer.wait(OPEN_TIMEOUT_S)
        if self._refusal is not None and self._forward_error().code == ForwardProhibited.code:
            raise self._forward_error()
        return f"to {self._target}"

    def _judge_warehouse(self) -> str:
        if self._refusal is not None:
            raise self._forward_error()
        if self._channel is not None:
            self._channel.hang_up()
        return "the bastion reaches it"

    def _forward_error(self) -> CaponierError:
        reason, text = self._refusal or (0, "")
        if reason == _LOST:
            return PeerLost(host=self._hop.host)
        return forward_error(reason, text, self._route, self._target)

    @property
    def _running(self) -> ForwardingLane:
        if self._lane is None:
            raise Unexpected(detail="a stage was left out")
        return self._lane


class _Answer:
    """Implements `ChannelSink` for a channel that carries nothing. Its methods run on the lane's thread."""

    def __init__(self) -> None:
        self._came = threading.Event()
        self._refusal: tuple[int, str] | None = None

    def wait(self, timeout_s: float) -> tuple[int, str] | None:
        """Reason and text of the refusal, None where the channel was opened."""
        if not self._came.wait(timeout_s):
            return 0, "timeout"
        return self._refusal

    def lane_ended(self) -> None:
        if not self._came.is_set():
            self.on_refused(_LOST, "")

    def on_opened(self) -> None:
        self._came.set()

    def on_refused(self, reason: int, text: str) -> None:
        self._refusal = reason, text
        self._came.set()

    def on_data(self, data: memoryview) -> None:
        """Of no interest: that it answers is enough."""

    def on_settled(self) -> None: ...

    def on_window(self) -> None: ...

    def on_eof(self) -> None: ...

    def on_closed(self) -> None: ...
