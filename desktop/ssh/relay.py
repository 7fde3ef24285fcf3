"""The local ports of one link, served by one thread however many clients they have."""

from __future__ import annotations

from desktop.core.model import Client, Connection, Endpoint, Route, Traffic
from desktop.core.ports import RelayReport, Session
from desktop.ssh.listener import PortHolder, bound_endpoint, listen
from desktop.ssh.local_port import LocalPort
from desktop.ssh.loop import Loop
from desktop.ssh.session import SshSession

PARK_TIMEOUT_S = 20.0
# The relay's thread may be held up by a bastion that takes no data; the caller is not to wait for that.
PORT_FREE_TIMEOUT_S = 0.5


class SshRelayFactory:
    """Implements `core.ports.RelayFactory`. `who_holds` names the process behind a taken port."""

    def __init__(self, who_holds: PortHolder, park_timeout_s: float = PARK_TIMEOUT_S) -> None:
        self._who_holds = who_holds
        self._park_timeout_s = park_timeout_s

    def __call__(self, route: Route, report: RelayReport) -> SshRelay:
        relay = SshRelay(route, report, self._who_holds, self._park_timeout_s)
        relay.start()
        return relay


class SshRelay:
    """Implements `core.ports.Relay`. Its own thread ends with `close`.

    Sending into the session may block that thread while the TCP connection to the bastion is full or keys are
    exchanged. That holds up this link alone, and aborting the session ends it at once.
    """

    def __init__(
        self, route: Route, report: RelayReport, who_holds: PortHolder, park_timeout_s: float
    ) -> None:
        self._route = route
        self._report = report
        self._who_holds = who_holds
        self._park_timeout_s = park_timeout_s
        self._ports: dict[str, LocalPort] = {}
        self._session: SshSession | None = None
        self._loop = Loop(f"relay {route.bastion.host}", self._close_ports)

    def start(self) -> None:
        self._loop.start()

    def open_port(self, connection: Connection) -> Endpoint:
        listener = listen(connection.forward, self._who_holds)
        port = LocalPort(
            connection,
            self._route,
            listener,
            self._loop,
            self._report,
            self._current_session,
            self._park_timeout_s,
        )
        self._ports[connection.id] = port
        self._loop.post(port.start)
        return bound_endpoint(listener)

    def close_port(self, connection_id: str) -> None:
        port = self._ports.pop(connection_id, None)
        if port is not None:
            self._loop.post(port.close)
            port.wait_until_free(PORT_FREE_TIMEOUT_S)

    def attach(self, session: Session) -> None:
        if not isinstance(session, SshSession):
            raise TypeError("a relay of ssh carries sessions of ssh")
        self._loop.post(lambda: self._take(session))

    def detach(self) -> None:
        self._loop.post(self._lose)

    def clients(self, connection_id: str) -> tuple[Client, ...]:
        port = self._ports.get(connection_id)
        return port.clients() if port is not None else ()

    def client_counts(self, connection_id: str) -> tuple[int, int]:
        port = self._ports.get(connection_id)
        return port.client_counts() if port is not None else (0, 0)

    def traffic(self, connection_id: str) -> Traffic:
        port = self._ports.get(connection_id)
        return port.traffic() if port is not None else Traffic()

    def close(self) -> None:
        self._loop.stop()

    def join(self, timeout_s: float) -> bool:
        return self._loop.join(timeout_s)

    def _take(self, session: SshSession) -> None:
        self._session = session
        session.on_queued(lambda: self._loop.post(session.run_queue))
        for port in tuple(self._ports.values()):
            port.release_parked()

    def _lose(self) -> None:
        self._session = None
        for port in tuple(self._ports.values()):
            port.lose_session()

    def _close_ports(self) -> None:
        while self._ports:
            _, port = self._ports.popitem()
            port.close()

    def _current_session(self) -> SshSession | None:
        return self._session
