"""The engine: owner of every link and connection, and the only caller of the state machine."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from desktop.core.challenge_errors import AuthCancelled
from desktop.core.errors import Cause
from desktop.core.events import Answered, Connect, Declined, Disconnect, Redial, Shutdown, StandBy
from desktop.core.model import Client, Connection, PathFigures, Route, SecretKind, State, Traffic
from desktop.core.ports import (
    Dialer,
    Notice,
    PortMemory,
    Relay,
    RelayFactory,
    SecretSource,
    SecretStore,
    Update,
)
from desktop.core.system_ports import Clock, NetworkView
from desktop.core.timers import Timer
from desktop.engine.answers import Answers
from desktop.engine.asker import asker_of
from desktop.engine.dial_gate import DialGate
from desktop.engine.link import Link
from desktop.engine.link_secrets import Slot
from desktop.engine.port_book import NoPortMemory, PortBook
from desktop.engine.publisher import Listener, Publisher
from desktop.engine.questioning import TypedPassword
from desktop.engine.relay_reports import RelayReports
from desktop.engine.surroundings import Surroundings
from desktop.engine.tunnel import Tunnel, reguards
from desktop.engine.warehouse_watch import WarehouseWatch
from desktop.engine.worker import Task, Worker

log = logging.getLogger(__name__)


class Engine:
    """Implements `core.ports.Tunnels`, `Host` for its links and `Reader` for its relays.

    Public methods post to the worker; methods with an underscore run on its thread, named ``engine``. `start` it
    once, `shutdown` it once.
    """

    def __init__(
        self,
        dialer: Dialer,
        relays: RelayFactory,
        secrets: SecretStore,
        clock: Clock,
        network: NetworkView,
        ports: PortMemory | None = None,
    ) -> None:
        """Blocks for what `ports` remembers."""
        self._book = PortBook(ports or NoPortMemory())
        self._dialer = dialer
        self._relays = relays
        self._secrets = secrets
        self._clock = clock
        self._tunnels: dict[str, Tunnel] = {}
        self._links: dict[Route, Link] = {}
        self._retired: list[Relay] = []
        self._stopping = False
        self._publisher = Publisher(lambda tunnel: self._links.get(tunnel.connection.route), clock)
        self._worker = Worker("engine", clock, self._is_over, self._publisher.publish)
        self._reports = RelayReports(self)
        self._watch = WarehouseWatch(self.call_later, self._relay_of)
        self._answers = Answers(secrets, self._tunnels_on, self.post, self._publisher.tell)
        self.network = network
        self.gate = DialGate(clock, self.call_later)
        self.is_behind_portal = False

    def start(self) -> None:
        self._worker.start()

    # -- Tunnels, any thread ---------------------------------------------------------------------------------

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self.post(lambda: self._publisher.add(listener, self._tunnels.values()))
        return lambda: self.post(lambda: self._publisher.remove(listener))

    def put(self, connection: Connection) -> None:
        self.post(lambda: self._put(connection))

    def remove(self, connection_id: str) -> None:
        self.post(lambda: self._remove(connection_id))

    def connect(self, connection_id: str, *, on_demand: bool = False) -> None:
        self.post(lambda: self._connect(connection_id, on_demand=on_demand))

    def disconnect(self, connection_id: str) -> None:
        self.post(lambda: self._disconnect(connection_id))

    def provide_secret(
        self, connection_id: str, kind: SecretKind, value: str, *, remember: bool, login: str = ""
    ) -> None:
        self.post(lambda: self._provide_secret(connection_id, (kind, login), value, remember))

    def accept_host_key(self, connection_id: str, key: str) -> None:
        self.post(lambda: self._accept_host_key(connection_id, key))

    def answer_challenge(
        self, connection_id: str, number: int, answers: Sequence[str] | None, *, remember: bool = False
    ) -> None:
        self.post(lambda: self._answer_challenge(connection_id, number, answers, remember))

    def decline_challenge(self, connection_id: str, number: int) -> None:
        self.post(lambda: self._decline_challenge(connection_id, number))

    def network_changed(self) -> None:
        self.post(lambda: self._tell_links(Surroundings.network_changed))

    def going_to_sleep(self) -> None:
        self.post(self._note_sleep)

    def woke_up(self, slept_s: float | None) -> None:
        log.info("woke up%s", f" after {slept_s:.0f} s" if slept_s else "")
        self.post(lambda: self._tell_links(Surroundings.woke_up))

    def behind_portal(self, behind: bool) -> None:
        self.post(lambda: self._note_portal(behind))

    def limit_lanes(self, most: int) -> None:
        self._relays.limit_lanes(most)

    def clients(self, connection_id: str) -> tuple[Client, ...]:
        relay = self._relay_of(connection_id)
        return relay.clients(connection_id) if relay is not None else ()

    def traffic(self, connection_id: str) -> Traffic:
        relay = self._relay_of(connection_id)
        return relay.traffic(connection_id) if relay is not None else Traffic()

    def path_figures(self, connection_id: str) -> PathFigures:
        relay = self._relay_of(connection_id)
        return relay.path_figures() if relay is not None else PathFigures()

    def shutdown(self, timeout_s: float = 5.0) -> bool:
        deadline = time.monotonic() + timeout_s
        self.post(self._shut_down)
        in_time = self._worker.join(timeout_s)
        self._secrets.close()
        for relay in self._retired:
            in_time &= relay.join(max(deadline - time.monotonic(), 0))
        if not in_time:
            known = {threading.main_thread(), threading.current_thread()}
            late = sorted(thread.name for thread in threading.enumerate() if thread not in known)
            log.error("still running after %s s: %s", timeout_s, ", ".join(late))
        return in_time

    # -- Host, for links -------------------------------------------------------------------------------------

    def post(self, task: Task) -> None:
        self._worker.post(task)

    def call_later(self, delay_s: float, task: Task) -> Timer:
        return self._worker.call_later(delay_s, task)

    def link_changed(self, link: Link) -> None:
        for tunnel in self._tunnels_on(link.route):
            tunnel.note_outage(link.machine, self._clock.wall(), woke=link.surroundings.just_woke)
            self._publisher.touch(tunnel)
        self._retire_if_over(link)

    def has_parked(self, link: Link) -> bool:
        return any(link.relay.client_counts(each.connection.id)[1] for each in self._tunnels_on(link.route))

    def asker_of(self, link: Link) -> str:
        return asker_of(link, self._tunnels_on(link.route))

    def secrets_for(self, link: Link) -> SecretSource:
        return self._answers.secrets_for(link.route)

    def keep_password(self, password: TypedPassword) -> None:
        tunnel = self._tunnels.get(password.connection_id)
        if tunnel is not None:
            slot = (SecretKind.SSH_PASSWORD, password.login)
            self._answers.take_secret(tunnel, slot, password.value, remember=password.remember)

    def accepted_keys_for(self, link: Link) -> frozenset[str]:
        return self._answers.accepted_keys_for(link.route)

    # -- Reader, for relays ----------------------------------------------------------------------------------

    def count_clients(self, connection_id: str) -> None:
        tunnel, relay = self._tunnels.get(connection_id), self._relay_of(connection_id)
        if tunnel is not None and tunnel.local is not None and relay is not None:
            tunnel.clients, tunnel.parked = relay.client_counts(connection_id)
            self._publisher.touch(tunnel)

    def judge_forward(self, connection_id: str, cause: Cause | None) -> None:
        self._judge(connection_id, lambda tunnel: tunnel.judge_forward(cause))

    def judge_answer(self, connection_id: str, cause: Cause | None) -> None:
        self._judge(connection_id, lambda tunnel: tunnel.judge_answer(cause))

    def judge_guard(self, connection_id: str, cause: Cause | None) -> None:
        self._judge(connection_id, lambda tunnel: tunnel.judge_guard(cause))

    def _judge(self, connection_id: str, judge: Callable[[Tunnel], None]) -> None:
        tunnel = self._tunnels.get(connection_id)
        if tunnel is not None and tunnel.local is not None:
            judge(tunnel)
            self._watch.note(tunnel)
            self._publisher.touch(tunnel)

    def note_refusal(self, connection_id: str, cause: Cause) -> None:
        tunnel = self._tunnels.get(connection_id)
        if tunnel is not None and tunnel.local is not None:
            self._publisher.tell(Update(notices=(Notice(connection_id, cause),)))

    def client_waits(self, connection_id: str) -> None:
        link = self._link_of(connection_id)
        if link is not None:
            link.surroundings.client_waits()

    def clients_lost(self, connection_id: str, lost: tuple[Client, ...]) -> None:
        tunnel = self._tunnels.get(connection_id)
        if tunnel is not None:
            tunnel.note_lost(lost)
            self._publisher.touch(tunnel)

    # -- connections -----------------------------------------------------------------------------------------

    def _put(self, connection: Connection) -> None:
        tunnel = self._tunnels.setdefault(connection.id, Tunnel(connection))
        old = tunnel.connection
        if old.route != connection.route:
            self._move(tunnel, connection)
        elif old.forward != connection.forward:
            self._open_anew(tunnel, connection)
        elif reguards(old, connection) and (relay := self._relay_of(connection.id)) is not None:
            relay.reguard(connection)
        tunnel.connection = connection
        link = self._links.get(connection.route)
        if tunnel.wanted and link is not None and link.machine.state is State.FAILED:
            link.feed(Redial())
        self._publisher.touch(tunnel)

    def _move(self, tunnel: Tunnel, connection: Connection) -> None:
        was_wanted = tunnel.wanted
        self._disconnect(connection.id)
        self._answers.forget(tunnel)
        self._answers.delete_stored(tunnel, still_on=connection.route)
        tunnel.connection = connection
        if was_wanted:
            self._connect(connection.id)

    def _open_anew(self, tunnel: Tunnel, connection: Connection) -> None:
        """Another port or target, over the same login."""
        link = self._links.get(connection.route)
        tunnel.connection = connection
        if tunnel.wanted:
            if link is not None:
                tunnel.close_port(link.relay)
            on_demand = link is not None and link.machine.on_demand
            self._connect(connection.id, on_demand=on_demand)

    def _remove(self, connection_id: str) -> None:
        self._disconnect(connection_id)
        tunnel = self._tunnels.pop(connection_id, None)
        if tunnel is not None:
            self._answers.forget(tunnel)
            self._answers.delete_stored(tunnel)
            self._book.forget(tunnel.connection)
            self._publisher.forget(tunnel)

    def _connect(self, connection_id: str, *, on_demand: bool = False) -> None:
        tunnel = self._tunnels.get(connection_id)
        if tunnel is None or tunnel.connection.route.is_direct or self._stopping:
            return
        tunnel.wanted = True
        self._publisher.touch(tunnel)
        link = self._link_for(tunnel.connection.route)
        if tunnel.local is not None or self._open_port(tunnel, link.relay):
            if not on_demand and link.machine.state is not State.CONNECTING:
                link.caller = connection_id
            link.feed(StandBy() if on_demand else Connect())
        else:
            self._let_go(link)

    def _open_port(self, tunnel: Tunnel, relay: Relay) -> bool:
        return tunnel.open_port(relay, self._book, [each.connection for each in self._tunnels.values()])

    def _disconnect(self, connection_id: str) -> None:
        tunnel = self._tunnels.get(connection_id)
        if tunnel is None or not tunnel.wanted:
            return
        tunnel.wanted = False
        self._publisher.touch(tunnel)
        link = self._links.get(tunnel.connection.route)
        if link is not None:
            tunnel.close_port(link.relay)
            self._let_go(link)
            if link.challenge is not None and link.challenge.asker == connection_id:
                link.renew_asker()
        self._watch.note(tunnel)
        tunnel.port_cause = None

    # -- links -----------------------------------------------------------------------------------------------

    def _link_for(self, route: Route) -> Link:
        link = self._links.get(route)
        if link is None:
            relay = self._relays(route, self._reports)
            link = self._links[route] = Link(route, relay, self._dialer, self, self._clock)
        return link

    def _let_go(self, link: Link) -> None:
        """End a link that no open port needs any more."""
        if not any(tunnel.local is not None for tunnel in self._tunnels_on(link.route)):
            link.feed(Disconnect())
            self._retire_if_over(link)

    def _retire_if_over(self, link: Link) -> None:
        over = link.machine.state is State.OFF and not link.has_sessions
        unused = not any(tunnel.local is not None for tunnel in self._tunnels_on(link.route))
        if over and unused and self._links.get(link.route) is link:
            del self._links[link.route]
            link.relay.close()
            self._retired = [relay for relay in self._retired if not relay.join(0)]
            self._retired.append(link.relay)

    def _tunnels_on(self, route: Route) -> Iterable[Tunnel]:
        return [tunnel for tunnel in self._tunnels.values() if tunnel.connection.route == route]

    def _link_of(self, connection_id: str) -> Link | None:
        tunnel = self._tunnels.get(connection_id)
        return self._links.get(tunnel.connection.route) if tunnel is not None else None

    def _relay_of(self, connection_id: str) -> Relay | None:
        link = self._link_of(connection_id)
        return link.relay if link is not None else None

    def _tell_links(self, what: Callable[[Surroundings], None]) -> None:
        """Whose clients wait is told first."""
        for link in sorted(self._links.values(), key=lambda link: not self.has_parked(link)):
            what(link.surroundings)

    def _note_sleep(self) -> None:
        up = sum(1 for link in self._links.values() if link.machine.state is State.UP)
        log.info("going to sleep with %d of %d links up", up, len(self._links))

    def _note_portal(self, behind: bool) -> None:
        if behind is not self.is_behind_portal:
            self.is_behind_portal = behind
            self._tell_links(Surroundings.network_changed)

    def _shut_down(self) -> None:
        self._stopping = True
        for connection_id in tuple(self._tunnels):
            self._disconnect(connection_id)
        for link in tuple(self._links.values()):
            link.feed(Shutdown())

    def _is_over(self) -> bool:
        return self._stopping and not self._links

    # -- answers of the person -------------------------------------------------------------------------------

    def _provide_secret(self, connection_id: str, slot: Slot, value: str, remember: bool) -> None:
        tunnel = self._tunnels.get(connection_id)
        if tunnel is not None:
            self._answers.take_secret(tunnel, slot, value, remember=remember)
            self._go_on(tunnel)

    def _accept_host_key(self, connection_id: str, key: str) -> None:
        tunnel = self._tunnels.get(connection_id)
        if tunnel is not None and key not in tunnel.accepted_keys:
            tunnel.accepted_keys |= {key}
            self._go_on(tunnel)

    def _answer_challenge(
        self, connection_id: str, number: int, answers: Sequence[str] | None, remember: bool
    ) -> None:
        link = self._link_of(connection_id)
        if link is not None:
            link.answer(number, answers, remember=remember)

    def _decline_challenge(self, connection_id: str, number: int) -> None:
        link = self._link_of(connection_id)
        challenge = link.challenge if link is not None else None
        if link is not None and challenge is not None and challenge.number == number:
            link.feed(Declined(AuthCancelled(user=challenge.user, host=challenge.host).cause))
            self._disconnect(connection_id)

    def _go_on(self, tunnel: Tunnel) -> None:
        link = self._links.get(tunnel.connection.route)
        if tunnel.wanted and link is not None:
            # An attempt under way began without the answer, and would be refused for what it has instead.
            connecting = link.machine.state is State.CONNECTING
            link.feed(Redial() if connecting else Answered())
