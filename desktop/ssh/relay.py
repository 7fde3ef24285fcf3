"""The local ports of one link, served by one thread however many clients they have."""

from __future__ import annotations

import socket
import threading

from desktop.core.model import AnyHost, Client, Connection, Endpoint, Forward, PathFigures, Route, Traffic
from desktop.core.ports import RelayReport, Session
from desktop.ssh.carrier import Carrier
from desktop.ssh.gate import Gate
from desktop.ssh.identification import Identifications
from desktop.ssh.lanes import LaneLimit
from desktop.ssh.listener import PortHolder, bound_endpoint, free_port, listen
from desktop.ssh.local_port import LocalPort, PortParts
from desktop.ssh.loop import Loop
from desktop.ssh.place_port import PlacePort
from desktop.ssh.receive_window import WindowBudget
from desktop.ssh.session import SshSession
from desktop.ssh.socks_port import SocksPort
from desktop.ssh.warehouse_look import Looker, WarehouseLooks
from desktop.ssh.warehouse_way import WarehouseWays

PARK_TIMEOUT_S = 20.0
# The relay's thread may be at work for thousands of clients; the caller is not to wait for that.
RELAY_TURN_TIMEOUT_S = 0.5


class SshRelayFactory:
    """Implements `core.ports.RelayFactory`. `who_holds` names the process behind a taken port.

    Without a `looker`, nobody looks at warehouses.
    """

    def __init__(
        self,
        who_holds: PortHolder,
        park_timeout_s: float = PARK_TIMEOUT_S,
        looker: Looker | None = None,
    ) -> None:
        self._who_holds = who_holds
        self._looker = looker
        self._park_timeout_s = park_timeout_s
        self._budget = WindowBudget()
        self._limit = LaneLimit()

    def __call__(self, route: Route, report: RelayReport) -> SshRelay:
        relay = SshRelay(
            route, report, self._who_holds, self._park_timeout_s, self._budget, self._limit, self._looker
        )
        relay.start()
        return relay

    def limit_lanes(self, most: int) -> None:
        self._limit.most = most


class SshRelay:
    """Implements `core.ports.Relay`. Its own thread ends with `close`; no client and no bastion blocks it."""

    def __init__(
        self,
        route: Route,
        report: RelayReport,
        who_holds: PortHolder,
        park_timeout_s: float,
        budget: WindowBudget,
        limit: LaneLimit,
        looker: Looker | None,
    ) -> None:
        self._route = route
        self._report = report
        self._who_holds = who_holds
        self._park_timeout_s = park_timeout_s
        self._ports: dict[str, LocalPort] = {}
        self._loop = Loop(f"relay {route.bastion.host}", self._close_all)
        self._gate = Gate(self._loop, budget, limit, self._reset_clients_of)
        self._ways = WarehouseWays(route, self._gate, self._loop)
        self._looks = WarehouseLooks(looker, self._ways, report)
        identify = looker.identify if looker is not None else None
        self._identifications = Identifications(identify, self._ways, self._loop)

    def start(self) -> None:
        self._loop.start()

    def open_port(self, connection: Connection, avoided: frozenset[int] = frozenset()) -> Endpoint:
        listener = listen(connection.forward, self._who_holds, avoided)
        port = self._port(connection, listener)
        self._ports[connection.id] = port
        self._loop.post(port.start)
        return bound_endpoint(listener)

    def free_port(self, forward: Forward, avoided: frozenset[int]) -> int:
        return free_port(forward, avoided)

    def _port(self, connection: Connection, listener: socket.socket) -> LocalPort:
        target = connection.forward.target
        parts = PortParts(
            connection, self._route, listener, self._loop, self._report, self._gate, self._park_timeout_s
        )
        if isinstance(target, AnyHost):
            return SocksPort(parts)
        return PlacePort(target, parts, self._identifications)

    def reguard(self, connection: Connection) -> None:
        port = self._ports.get(connection.id)
        if port is None:
            return
        done = threading.Event()

        def reguard() -> None:
            port.reguard(connection)
            done.set()

        self._loop.post(reguard)
        # Whoever comes once a person was told of the guard is not to pass by it.
        done.wait(RELAY_TURN_TIMEOUT_S)

    def close_port(self, connection_id: str) -> None:
        port = self._ports.pop(connection_id, None)
        if port is not None:
            self._loop.post(port.close)
            port.wait_until_free(RELAY_TURN_TIMEOUT_S)

    def look(self, connection: Connection) -> bool:
        return self._gate.is_open and self._looks.begin(connection)

    def attach(self, session: Session) -> None:
        ours = _of_ssh(session)
        self._loop.post(lambda: self._attach(ours))

    def park(self) -> None:
        self._loop.post(self._park)

    def refuse(self) -> None:
        self._loop.post(self._refuse)

    def detach(self, session: Session) -> None:
        ours = _of_ssh(session)
        self._loop.post(lambda: self._lose(ours))

    def carried_by(self, session: Session) -> int:
        lanes = self._gate.lanes_of(_of_ssh(session))
        return lanes.count_open() if lanes is not None else 0

    def is_awaited(self) -> bool:
        return any(port.is_awaited() for port in tuple(self._ports.values()))

    def clients(self, connection_id: str) -> tuple[Client, ...]:
        port = self._ports.get(connection_id)
        return port.clients() if port is not None else ()

    def client_counts(self, connection_id: str) -> tuple[int, int]:
        port = self._ports.get(connection_id)
        return port.client_counts() if port is not None else (0, 0)

    def traffic(self, connection_id: str) -> Traffic:
        port = self._ports.get(connection_id)
        return port.traffic() if port is not None else Traffic()

    def path_figures(self) -> PathFigures:
        return self._gate.path_figures()

    def close(self) -> None:
        self._loop.stop()

    def join(self, timeout_s: float) -> bool:
        ended = self._loop.join(timeout_s) and self._looks.join(timeout_s)
        return ended and self._identifications.join(timeout_s)

    def _attach(self, session: SshSession) -> None:
        self._gate.attach(session, [client for port in self._all_ports() for client in port.movable()])
        self._tell_ports()

    def _park(self) -> None:
        self._gate.park()
        self._tell_ports()

    def _refuse(self) -> None:
        self._gate.refuse()
        self._tell_ports()

    def _tell_ports(self) -> None:
        for port in self._all_ports():
            if isinstance(port, PlacePort):
                port.gate_moved()

    def _all_ports(self) -> tuple[LocalPort, ...]:
        return tuple(self._ports.values())

    def _lose(self, session: SshSession) -> None:
        lanes = self._gate.leave(session)
        if lanes is not None:
            for carrier in lanes.carriers:
                self._reset_clients_of(carrier)
            lanes.stop()
        self._tell_ports()

    def _reset_clients_of(self, carrier: Carrier) -> None:
        for port in tuple(self._ports.values()):
            port.lose(carrier)
        self._ways.lose(carrier)

    def _close_all(self) -> None:
        while self._ports:
            _, port = self._ports.popitem()
            port.close()
        self._ways.close()
        self._gate.close()


def _of_ssh(session: Session) -> SshSession:
    if not isinstance(session, SshSession):
        raise TypeError("a relay of ssh carries sessions of ssh")
    return session
