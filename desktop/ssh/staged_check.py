"""The way to a warehouse walked stage by stage, to say which stage fails; and a connection to it, in the end."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

from desktop.core.check import Stage, StageName
from desktop.core.errors import CaponierError, ForwardProhibited
from desktop.core.model import AnyHost, Auth, Connection, Place
from desktop.core.plan import plan_of
from desktop.core.ports import Planner, SecretSource
from desktop.core.route_errors import at_hop
from desktop.ssh.cancel import CancelToken
from desktop.ssh.chain import Chain
from desktop.ssh.credentials import Credentials
from desktop.ssh.hop_connection import HopConnection
from desktop.ssh.jump_hosts import Passage
from desktop.ssh.keys import fingerprint
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.login import Login
from desktop.ssh.patience import OPEN_TIMEOUT_S
from desktop.ssh.questioner import Questioner
from desktop.ssh.resolve import AddressBook
from desktop.ssh.translate import forward_error


class StagedCheck:
    """Logins of its own, beside whatever is up. Blocks; call `close` when done, from the same thread.

    What was connected by `connect` ends with it; `call_off`, from any thread, makes everything that blocks return.
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
        name = f"check {connection.route.bastion.host}"
        self._chain = Chain(
            plan, known_hosts, frozenset(), AddressBook(), self._credentials, name, lambda _place: None
        )
        self._obstacle: CaponierError | None = None
        self._opened: socket.socket | None = None
        self._passages: list[Passage] = []

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

    def connect(self) -> socket.socket:
        """A blocking connection to the warehouse, once the stages went well; the caller closes it.

        The first is the one that the stages opened: it carried nothing yet. Raises as the stages do, and for a target
        of any host, where nobody says which.
        """
        opened, self._opened = self._opened, None
        if opened is not None:
            return opened
        if isinstance(self._target, AnyHost):
            raise TypeError("nobody says where to")
        return self._open(self._target)

    def call_off(self) -> None:
        self._cancel.set()
        self._chain.hang_up()

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
        for passage in self._passages:
            passage.close()
        self._chain.close()
        self._cancel.close()

    def _server(self, place: int | None) -> str:
        hops = self._chain.plan.hops
        return str(hops[place].endpoint) if place is not None and len(hops) > 1 else ""

    def _stages(self) -> Iterator[tuple[StageName, int | None, Callable[[], str]]]:
        for place, connection in self._chain.hops():
            steps = _HopStages(connection, self._credentials, self._asker)
            yield StageName.ROUTE, place, steps.reach
            yield StageName.SSH, place, connection.shake_hands
            yield StageName.HOST_KEY, place, steps.verify
            yield StageName.LOGIN, place, steps.log_in
        target = self._target
        if isinstance(target, AnyHost):
            yield StageName.FORWARD, None, _leave_it_to_clients
            return
        yield StageName.FORWARD, None, lambda: self._ask_for_forward(target)
        yield StageName.WAREHOUSE, None, self._judge_warehouse

    def _ask_for_forward(self, target: Place) -> str:
        """The bastion's one answer covers two stages: whether it may, and whether it got through."""
        try:
            self._opened = self._open(target)
        except ForwardProhibited:
            raise
        except CaponierError as error:
            self._obstacle = error
        return f"to {target}"

    def _judge_warehouse(self) -> str:
        if self._obstacle is not None:
            raise self._obstacle
        return "the bastion reaches it"

    def _open(self, target: Place) -> socket.socket:
        passage = self._chain.passage_to(
            target, lambda reason, text: forward_error(reason, text, self._route, target)
        )
        self._passages.append(passage)
        wire = passage.reach(OPEN_TIMEOUT_S, self._cancel).wire
        return socket.socket(wire.family, wire.type, wire.proto, fileno=wire.detach())


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
