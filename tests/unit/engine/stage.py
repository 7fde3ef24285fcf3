"""A running engine among stand-ins, and the connections that the stories are about."""

from __future__ import annotations

import threading
from dataclasses import replace

from desktop.core.errors import AuthRejected, Cause, HostKeyUnknown, NotSsh, PasswordNeeded, PeerLost
from desktop.core.model import Connection, Endpoint, Forward, Hop, Route, Snapshot, State
from desktop.core.ports import Notice, Update
from desktop.engine.engine import Engine
from tests.support.fakes import FakeClock, FakeDialer, FakeNetwork, FakeRelays, FakeSecrets, FakeSession

LOST = PeerLost(host="bastion").cause
REJECTED = AuthRejected(user="me", host="bastion", method="password").cause
NOT_SSH = NotSsh(host="bastion", port=22, answer="HTTP/1.1 302 Found").cause
PASSWORD_NEEDED = PasswordNeeded(user="me", host="bastion", store="").cause
KEY_UNKNOWN = HostKeyUnknown(
    host="bastion", port=22, key_type="ssh-ed25519", fingerprint="SHA256:abc", key="ssh-ed25519 AAAA"
).cause

_SETTLED_WITHIN_S = 10.0
# A task may post another, which may post a third.
_ROUNDS = 4


def a_connection(name: str = "sales", bastion: str = "bastion", local_port: int = 0) -> Connection:
    route = Route((Hop(bastion, "me"),))
    return Connection(name, route, Forward(Endpoint("db.internal", 5432), local_port), id=f"id-{name}")


class Stage:
    """`settle` after doing something to the engine; then all that follows from it has happened."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.dialer = FakeDialer()
        self.relays = FakeRelays()
        self.secrets = FakeSecrets()
        self.network = FakeNetwork()
        self.engine = Engine(self.dialer, self.relays, self.secrets, self.clock, self.network)
        self.updates: list[Update] = []
        self.engine.start()
        self.clock.on_advance = self.settle
        self.engine.subscribe(self.updates.append)
        self.settle()

    def settle(self) -> None:
        """Engine thread excepted, anywhere."""
        for _ in range(_ROUNDS):
            reached = threading.Event()
            self.engine.post(reached.set)
            assert reached.wait(_SETTLED_WITHIN_S)

    def close(self) -> None:
        for session in self.dialer.sessions:
            session.end()
        self.engine.shutdown()

    def add(self, *connections: Connection) -> None:
        for connection in connections:
            self.engine.put(connection)
        self.settle()

    def connect(self, *connections: Connection) -> None:
        for connection in connections:
            self.engine.connect(connection.id)
        self.settle()

    def disconnect(self, *connections: Connection) -> None:
        for connection in connections:
            self.engine.disconnect(connection.id)
        self.settle()

    def bring_up(self, *connections: Connection) -> FakeSession:
        """Added, connected, and their link up."""
        self.add(*connections)
        self.connect(*connections)
        self.come_up()
        return self.dialer.last

    def come_up(self) -> None:
        self.dialer.last.come_up()
        self.settle()

    def end(self, session: FakeSession, cause: Cause | None = None) -> None:
        session.end(cause)
        self.settle()

    def shown(self, connection: Connection) -> Snapshot:
        """The last snapshot that was told."""
        told = [each for update in self.updates for each in update.changed]
        return next(each for each in reversed(told) if each.connection.id == connection.id)

    def state(self, connection: Connection) -> State:
        return self.shown(connection).state

    def states(self, connection: Connection) -> list[State]:
        """Every state that was told, in order, repetitions left out."""
        told = [each.state for update in self.updates for each in update.changed if _is(each, connection)]
        return [state for i, state in enumerate(told) if i == 0 or told[i - 1] is not state]

    def code(self, connection: Connection) -> str:
        cause = self.shown(connection).cause
        return cause.code if cause is not None else ""

    def notices(self) -> list[Notice]:
        return [notice for update in self.updates for notice in update.notices]


def moved(connection: Connection, bastion: str) -> Connection:
    return replace(connection, route=a_connection(bastion=bastion).route)


def _is(snapshot: Snapshot, connection: Connection) -> bool:
    return snapshot.connection.id == connection.id
