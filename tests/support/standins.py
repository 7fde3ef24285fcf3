"""Stand-ins at our own Protocols, for tests of the window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from desktop.core.check import Stage as CheckStage
from desktop.core.model import Client, Connection, Endpoint, PathFigures, SecretKind, Snapshot, State, Traffic
from desktop.core.ports import Notice, Update


class StandInStore:
    """Connections kept in memory. `failure`, when set, is what `save` raises."""

    def __init__(self, connections: Iterable[Connection] = ()) -> None:
        self.saved = tuple(connections)
        self.failure: Exception | None = None

    def load(self) -> Sequence[Connection]:
        return self.saved

    def save(self, connections: Sequence[Connection]) -> None:
        if self.failure is not None:
            raise self.failure
        self.saved = tuple(connections)


class StandInCheck:
    """One check that was asked for. A test plays its stages from any thread; after `stop` nothing is told."""

    def __init__(
        self, tell: Callable[[CheckStage], None], ended: Callable[[], None], *, with_login: bool
    ) -> None:
        self.with_login = with_login
        self.is_stopped = False
        self._tell = tell
        self._ended = ended

    def stop(self) -> None:
        self.is_stopped = True

    def play(self, *stages: CheckStage, ends: bool = True) -> None:
        for stage in stages:
            if not self.is_stopped:
                self._tell(stage)
        if ends and not self.is_stopped:
            self._ended()


class StandInChecks:
    """Implements `desktop.core.check.Checks` without any thread of its own."""

    def __init__(self) -> None:
        self.started: list[StandInCheck] = []

    def start(
        self,
        connection: Connection,
        tell: Callable[[CheckStage], None],
        ended: Callable[[], None],
        *,
        with_login: bool = False,
    ) -> StandInCheck:
        self.started.append(StandInCheck(tell, ended, with_login=with_login))
        return self.started[-1]


class StandInTunnels:
    """An engine without threads or network: it notes what it is asked, and tells what a test wants told."""

    def __init__(self, snapshots: Iterable[Snapshot] = ()) -> None:
        self.snapshots = {each.connection.id: each for each in snapshots}
        self.asked: list[tuple[str, ...]] = []
        self.client_lists: dict[str, tuple[Client, ...]] = {}
        self.counters: dict[str, Traffic] = {}
        self.paths: dict[str, PathFigures] = {}
        self._listeners: list[Callable[[Update], None]] = []

    def subscribe(self, listener: Callable[[Update], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        listener(Update(changed=tuple(self.snapshots.values())))
        return lambda: self._listeners.remove(listener)

    @property
    def has_listeners(self) -> bool:
        return bool(self._listeners)

    def tell(self, snapshot: Snapshot) -> None:
        """Pass a snapshot to all listeners, as the engine would."""
        self.snapshots[snapshot.connection.id] = snapshot
        self._tell_all(Update(changed=(snapshot,)))

    def tell_change(self, connection_id: str, **changes: object) -> Snapshot:
        """Change parts of the snapshot last told."""
        changed = replace(self.snapshots[connection_id], **changes)  # type: ignore[arg-type]  # names are a test's
        self.tell(changed)
        return changed

    def notice(self, notice: Notice) -> None:
        self._tell_all(Update(notices=(notice,)))

    def put(self, connection: Connection) -> None:
        self.asked.append(("put", connection.id))
        known = self.snapshots.get(connection.id)
        self.tell(replace(known, connection=connection) if known else Snapshot(connection))

    def remove(self, connection_id: str) -> None:
        self.asked.append(("remove", connection_id))
        self.snapshots.pop(connection_id, None)
        self._tell_all(Update(removed=(connection_id,)))

    def connect(self, connection_id: str, *, on_demand: bool = False) -> None:
        self.asked.append(("connect", connection_id, *(["on demand"] if on_demand else [])))

    def disconnect(self, connection_id: str) -> None:
        self.asked.append(("disconnect", connection_id))

    def provide_secret(
        self, connection_id: str, kind: SecretKind, value: str, *, remember: bool, login: str = ""
    ) -> None:
        whose = (login,) if login else ()
        self.asked.append(("provide_secret", connection_id, kind, value, str(remember), *whose))

    def accept_host_key(self, connection_id: str, key: str) -> None:
        self.asked.append(("accept_host_key", connection_id, key))

    def answer_challenge(
        self, connection_id: str, number: int, answers: Sequence[str] | None, *, remember: bool = False
    ) -> None:
        kept = ("remember",) if remember else ()
        self.asked.append(("answer_challenge", connection_id, str(number), *(answers or ["nobody"]), *kept))

    def decline_challenge(self, connection_id: str, number: int) -> None:
        self.asked.append(("decline_challenge", connection_id, str(number)))

    def network_changed(self) -> None:
        self.asked.append(("network_changed",))

    def going_to_sleep(self) -> None:
        self.asked.append(("going_to_sleep",))

    def woke_up(self, slept_s: float | None) -> None:
        self.asked.append(("woke_up", str(slept_s)))

    def behind_portal(self, behind: bool) -> None:
        self.asked.append(("behind_portal", str(behind)))

    def limit_lanes(self, most: int) -> None:
        self.asked.append(("limit_lanes", str(most)))

    def clients(self, connection_id: str) -> tuple[Client, ...]:
        return self.client_lists.get(connection_id, ())

    def traffic(self, connection_id: str) -> Traffic:
        return self.counters.get(connection_id, Traffic())

    def path_figures(self, connection_id: str) -> PathFigures:
        return self.paths.get(connection_id, PathFigures())

    def shutdown(self, timeout_s: float = 5.0) -> bool:
        self._listeners.clear()
        return True

    def _tell_all(self, update: Update) -> None:
        for listener in tuple(self._listeners):
            listener(update)


def up(connection: Connection, port: int = 15432, **more: object) -> Snapshot:
    """A connection that works, on a port of this computer."""
    local = Endpoint("127.0.0.1", port)
    connected = Snapshot(connection, state=State.UP, local=local, round_trip_ms=23.0)
    return replace(connected, **more)  # type: ignore[arg-type]  # names are a test's
