"""“Try the demo”: starts the embedded servers, saves a connection to them, connects it, and runs a query through it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

from desktop.compose.backstage import Backstage
from desktop.core.config_errors import ConnectionNotFound
from desktop.core.errors import CaponierError, Unexpected
from desktop.core.model import Connection, SecretKind, Snapshot, State
from desktop.core.plan import known_hosts_name
from desktop.demo.demo import DEMO_NAME, Demo
from desktop.gui.connections_model import ConnectionsModel

log = logging.getLogger(__name__)


class DemoDesk(QObject):
    """GUI thread; the servers start, and the query runs, on a thread named ``demo``.

    Nothing of the demo outlives `close`: no connection, no host key, no secret.
    """

    starting = Signal()
    saved = Signal(str)
    answered = Signal(object)
    failed = Signal(object)
    _servers_started = Signal()
    _over = Signal(object)

    def __init__(self, backstage: Backstage, model: ConnectionsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._backstage = backstage
        self._demo: Demo | None = None
        self._connection: Connection | None = None
        self._thread: threading.Thread | None = None
        self._asked = False
        self._servers_started.connect(self._connect, Qt.ConnectionType.QueuedConnection)
        self._over.connect(self._give_up, Qt.ConnectionType.QueuedConnection)
        model.changed.connect(self._ask_when_up)

    def start(self) -> None:
        """Where it runs already, its connection is shown instead."""
        if self._connection is not None:
            self.saved.emit(self._connection.id)
        elif self._demo is None:
            self._demo = Demo()
            self.starting.emit()
            self._run(self._start_servers)

    def close(self) -> None:
        """Blocks for the few seconds that the servers need to end. Idempotent."""
        demo, self._demo = self._demo, None
        if demo is None:
            return
        self._take_back()
        demo.close()
        if self._thread is not None:
            self._thread.join()

    def _run(self, job: Callable[[], None]) -> None:
        self._thread = threading.Thread(target=self._guarded, args=(job,), name="demo")
        self._thread.start()

    def _guarded(self, job: Callable[[], None]) -> None:
        try:
            job()
        except CaponierError as error:
            self._over.emit(error.cause)
        except Exception as error:
            log.exception("the demo failed")
            self._over.emit(Unexpected(detail=type(error).__name__).cause)

    def _start_servers(self) -> None:
        """Demo's thread."""
        demo = self._demo
        if demo is not None:
            demo.start()
            self._servers_started.emit()

    def _connect(self) -> None:
        demo, library, engine = self._demo, self._backstage.library, self._backstage.engine
        if demo is None:
            return
        connection = demo.connection
        try:
            self._remove_leftover()
            library.put(connection)
        except CaponierError as error:
            self._give_up(error.cause)
            return
        self._connection = connection
        engine.provide_secret(connection.id, SecretKind.SSH_PASSWORD, demo.ssh_password, remember=False)
        engine.accept_host_key(connection.id, demo.host_key)
        engine.connect(connection.id)
        self.saved.emit(connection.id)

    def _ask_when_up(self, _before: Snapshot | None, snapshot: Snapshot) -> None:
        connection, demo, local = self._connection, self._demo, snapshot.local
        if connection is None or demo is None or local is None or self._asked:
            return
        if snapshot.connection.id == connection.id and snapshot.state is State.UP:
            self._asked = True
            self._run(lambda: self.answered.emit(demo.query(local)))

    def _give_up(self, cause: object) -> None:
        self.close()
        self.failed.emit(cause)

    def _take_back(self) -> None:
        connection, self._connection = self._connection, None
        self._asked = False
        if connection is None:
            return
        try:
            self._backstage.library.remove(connection.id)
            self._backstage.known_hosts.forget(known_hosts_name(connection.route.bastion.endpoint))
        except CaponierError as error:
            log.warning("the demo's connection could not be removed: %s", error)

    def _remove_leftover(self) -> None:
        """Of a program that was killed while it showed the demo."""
        try:
            leftover = self._backstage.library.find(DEMO_NAME)
        except ConnectionNotFound:
            return
        self._backstage.library.remove(leftover.id)
        self._backstage.known_hosts.forget(known_hosts_name(leftover.route.bastion.endpoint))
