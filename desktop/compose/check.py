"""A whole check: the way to the warehouse, through the bastion or directly, and then the warehouse itself."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Protocol

from desktop.compose.check_parts import CheckParts
from desktop.compose.direct_look import DirectLook
from desktop.core.check import Stage, StageName
from desktop.core.errors import CaponierError
from desktop.core.model import AnyHost, Connection, SecretKind
from desktop.probe.direct_way import CalledOff, DirectWay
from desktop.probe.warehouse_check import WarehouseCheck
from desktop.ssh.cancel import Cancelled
from desktop.ssh.questioner import Questioner
from desktop.ssh.staged_check import StagedCheck

_LOOK_AGAIN_S = 0.05

log = logging.getLogger(__name__)


class _Way(Protocol):
    def run(self) -> Iterator[Stage]: ...

    def connect(self) -> socket.socket: ...

    def call_off(self) -> None: ...

    def close(self) -> None: ...


class WholeCheck:
    """One check. `run` and `close` are for one thread, which they block; `call_off`, from any, makes `run` end soon.

    `asker` is asked what a login asks; without one nobody is.
    """

    def __init__(
        self,
        connection: Connection,
        parts: CheckParts,
        *,
        with_login: bool = False,
        asker: Questioner | None = None,
    ) -> None:
        self._connection = connection
        self._parts = parts
        self._with_login = with_login
        self._asker = asker
        self._called_off = threading.Event()
        self._lock = threading.Lock()
        self._way: _Way | None = None
        self._look: DirectLook | None = None
        self._warehouse: WarehouseCheck | None = None

    def run(self) -> Iterator[Stage]:
        """The stages in order, each as it is done. A stage that fails is the last."""
        try:
            yield from self._run()
        except (Cancelled, CalledOff):
            return

    def call_off(self) -> None:
        self._called_off.set()
        with self._lock:
            parts = (self._way, self._look, self._warehouse)
        for part in parts:
            if part is not None:
                part.call_off()

    def close(self) -> None:
        """Once, after `run` has ended or was left."""
        for part in (self._look, self._way):
            if part is not None:
                part.close()

    def _run(self) -> Iterator[Stage]:
        try:
            way = self._begin()
        except CaponierError as error:
            # An alias on the way can't be looked up.
            yield Stage(StageName.ROUTE, 0.0, cause=error.cause)
            return
        for stage in self._stages(way):
            if self._called_off.is_set():
                return
            yield stage
            if stage.cause is not None:
                return
        if self._look is not None:
            direct = self._look.stage()
            if not self._called_off.is_set():
                yield direct

    def _begin(self) -> _Way:
        connection = self._connection
        way: _Way
        if connection.route.is_direct:
            way = DirectWay(connection.forward.target)
        else:
            secrets = self._parts.secrets_of(connection.id)
            way = StagedCheck(connection, secrets, self._parts.known_hosts, self._parts.planner, self._asker)
        with self._lock:
            self._way = way
            self._look = None if connection.route.is_direct else DirectLook.of(connection)
        if self._called_off.is_set():
            self.call_off()
        return way

    def _stages(self, way: _Way) -> Iterator[Stage]:
        for stage in way.run():
            if self._look is not None:
                self._look.learn(stage)
            yield stage
            if stage.cause is not None:
                return
        if isinstance(self._connection.forward.target, AnyHost):
            return
        with self._lock:
            self._warehouse = WarehouseCheck(self._connection, way.connect, self._password_source())
        if self._called_off.is_set():
            return
        for stage in self._warehouse.run():
            if self._look is not None:
                self._look.learn(stage)
            yield stage

    def _password_source(self) -> Callable[[], str | None] | None:
        return self._password if self._with_login else None

    def _password(self) -> str | None:
        """Blocks while the keyring asks the person to unlock it. Raises `SecretStoreError`."""
        answer = self._parts.secrets_of(self._connection.id).get(SecretKind.WAREHOUSE_PASSWORD)
        while True:
            if self._called_off.is_set():
                raise CalledOff
            try:
                return answer.result(timeout=_LOOK_AGAIN_S)
            except FutureTimeout:
                continue


class BackgroundChecks:
    """Implements `core.check.Checks`: each check on a thread of its own."""

    def __init__(self, parts: CheckParts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._running: set[_BackgroundCheck] = set()

    def start(
        self,
        connection: Connection,
        tell: Callable[[Stage], None],
        ended: Callable[[], None],
        *,
        with_login: bool = False,
    ) -> _BackgroundCheck:
        check = WholeCheck(connection, self._parts, with_login=with_login)
        running = _BackgroundCheck(check, tell, ended, self._forget)
        with self._lock:
            self._running.add(running)
        running.thread.start()
        return running

    def close(self) -> None:
        """Call all off, and wait for their threads."""
        with self._lock:
            running = list(self._running)
        for each in running:
            each.stop()
        for each in running:
            each.thread.join()

    def _forget(self, check: _BackgroundCheck) -> None:
        with self._lock:
            self._running.discard(check)


class _BackgroundCheck:
    """Implements `core.check.RunningCheck`."""

    def __init__(
        self,
        check: WholeCheck,
        tell: Callable[[Stage], None],
        ended: Callable[[], None],
        forget: Callable[[_BackgroundCheck], None],
    ) -> None:
        self._check = check
        self._tell = tell
        self._ended = ended
        self._forget = forget
        self._stopped = threading.Event()
        self.thread = threading.Thread(target=self._run, name="check")

    def stop(self) -> None:
        self._stopped.set()
        self._check.call_off()

    def _run(self) -> None:
        try:
            for stage in self._check.run():
                if not self._stopped.is_set():
                    self._tell(stage)
        except Exception:
            log.exception("a check broke off")
        finally:
            self._check.close()
            self._forget(self)
            if not self._stopped.is_set():
                self._ended()
