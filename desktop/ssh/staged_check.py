"""The way to a warehouse walked stage by stage, to say which stage fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from desktop.core.errors import CaponierError, Cause, ForwardProhibited, PeerLost
from desktop.core.model import LOOPBACK, AnyHost, Auth, Connection, Endpoint, Place
from desktop.core.plan import plan_of
from desktop.core.ports import Planner, SecretSource
from desktop.core.route_errors import at_hop
from desktop.ssh.cancel import CancelToken
from desktop.ssh.chain import Chain
from desktop.ssh.credentials import Credentials
from desktop.ssh.forwarding import ForwardingChannel
from desktop.ssh.hop_connection import HopConnection
from desktop.ssh.keys import fingerprint
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.login import Login
from desktop.ssh.patience import OPEN_TIMEOUT_S
from desktop.ssh.questioner import Questioner
from desktop.ssh.resolve import AddressBook
from desktop.ssh.translate import forward_error

# No reason of RFC 4254 section 5.1: the connection ended before the answer came.
_LOST = -1


@dataclass(frozen=True, slots=True)
class Stage:
    """`detail` tells what was found; `cause` is None where the stage went well. `ms` is how long it took.

    `hop` is the place of the server that the stage is about, nearest first from 0; None where it is about the
    warehouse. `server` is that server where there are several, else empty.
    """

    name: str
    ms: float
    detail: str = ""
    cause: Cause | None = None
    hop: int | None = None
    server: str = ""


class StagedCheck:
    """Logins of its own, beside whatever is up, and one channel. Blocks; call `close` when done, from the same thread.

    A host key that is not known yet ends the check; only what a login asks is asked, by `asker`. The constructor looks
    the aliases up, and raises as `Planner` does.
    """

    def __init__(
        self,
        connection: Connection,
        secrets: SecretSource,
        known_hosts: KnownHosts,
        planner: Planner = plan_of,
        asker: Questioner | None = None,
    ) -> None:
        self._route = connection.route
        self._target = connection.forward.target
        plan = planner(connection.route)
        self._cancel = CancelToken()
        self._credentials = Credentials(secrets, self._cancel)
        self._asker = asker
        self._answer = _Answer()
        name = f"check {connection.route.bastion.host}"
        self._chain = Chain(
            plan, known_hosts, frozenset(), AddressBook(), self._credentials, name, self._on_lane_end
        )
        self._refusal: tuple[int, str] | None = None
        self._channel: ForwardingChannel | None = None

    def run(self) -> Iterator[Stage]:
        """The stages in order, each as it is done; the first that fails is the last."""
        for name, place, walk in self._stages():
            started = time.monotonic()
            try:
                detail, cause = walk(), None
            except CaponierError as error:
                detail, cause = "", error.cause if place is None else at_hop(error.cause, place)
            took_ms = (time.monotonic() - started) * 1000
            yield Stage(name, took_ms, detail, cause, place, self._server(place))
            if cause is not None:
                return

    def close(self) -> None:
        self._chain.close()
        self._cancel.close()

    def _server(self, place: int | None) -> str:
        hops = self._chain.plan.hops
        return str(hops[place].endpoint) if place is not None and len(hops) > 1 else ""

    def _stages(self) -> Iterator[tuple[str, int | None, Callable[[], str]]]:
        for place, connection in self._chain.hops():
            steps = _HopStages(connection, self._credentials, self._asker)
            yield "route", place, steps.reach
            yield "ssh", place, connection.shake_hands
            yield "host_key", place, steps.verify
            yield "login", place, steps.log_in
        target = self._target
        if isinstance(target, AnyHost):
            yield "forward", None, _leave_it_to_clients
            return
        yield "forward", None, lambda: self._ask_for_forward(target)
        yield "warehouse", None, lambda: self._judge_warehouse(target)

    def _on_lane_end(self, place: int) -> None:  # noqa: ARG002 - whichever it is, nothing more comes
        self._answer.lane_ended()

    def _ask_for_forward(self, target: Place) -> str:
        """The bastion's one answer covers two stages: whether it may, and whether it got through."""
        origin = Endpoint(LOOPBACK, 0)
        self._channel = self._chain.last.lane.open_forward(target, origin, self._answer)
        self._refusal = self._answer.wait(OPEN_TIMEOUT_S)
        if self._refusal is not None and self._forward_error(target).code == ForwardProhibited.code:
            raise self._forward_error(target)
        return f"to {target}"

    def _judge_warehouse(self, target: Place) -> str:
        if self._refusal is not None:
            raise self._forward_error(target)
        if self._channel is not None:
            self._channel.hang_up()
        return "the bastion reaches it"

    def _forward_error(self, target: Place) -> CaponierError:
        reason, text = self._refusal or (0, "")
        if reason == _LOST:
            return PeerLost(host=self._chain.last.host)
        return forward_error(reason, text, self._route, target)


class _HopStages:
    """Those of one server that have something to tell."""

    def __init__(self, connection: HopConnection, credentials: Credentials, asker: Questioner | None) -> None:
        self._connection = connection
        self._credentials = credentials
        self._asker = asker

    def reach(self) -> str:
        reached = self._connection.reach()
        address = f"{reached.addresses[1]}, " if reached.addresses is not None else ""
        if reached.round_trip_s is None:
            return "the command runs"
        return f"{address}round trip {reached.round_trip_s * 1000:.1f} ms"

    def verify(self) -> str:
        key = self._connection.verify()
        return f"{key.get_name()} {fingerprint(key)}"

    def log_in(self) -> str:
        hop = self._connection.hop
        login = Login(hop, self._credentials)
        self._connection.log_in(login, self._asker)
        ways = (way.method if isinstance(way, Auth) else "publickey" for way in hop.ways)
        certificate = f" with certificate {login.certificate}" if login.certificate else ""
        return f"{hop.user} by {' or '.join(ways)}{certificate}"


def _leave_it_to_clients() -> str:
    return "any host: which one, each client says, so none was tried"


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
