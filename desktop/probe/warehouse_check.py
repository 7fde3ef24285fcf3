"""The stages of a check behind the way to a warehouse: what speaks there, its TLS, its login."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator

from desktop.core.check import Stage, StageName
from desktop.core.errors import CaponierError, Unexpected
from desktop.core.model import Connection
from desktop.core.warehouse_errors import WarehousePasswordNeeded, WarehouseUserNeeded
from desktop.core.warehouses import warehouse
from desktop.probe.first_look import Finding, FirstLook
from desktop.probe.login import LoginNotTried, LoginRequest
from desktop.probe.login_ways import can_log_in, log_in, works_without_password

log = logging.getLogger(__name__)


class WarehouseCheck:
    """Blocks. `connect` gives a fresh connection each time, and raises as `StagedCheck.connect` does.

    It takes one that is looked at, and one for the login; a PostgreSQL without TLS is asked on two more by what it can
    be known again, where a guard could use that. None is open beside another. MySQL counts the first as a broken
    handshake of the bastion's, and a login that succeeds sets the count back: a check with a login costs nothing there,
    one without costs one of (by default) a hundred, on a person's demand.

    `password` is asked only when it comes to the login, and gives None where none is stored; without `password` there
    is no login.
    """

    def __init__(
        self,
        connection: Connection,
        connect: Callable[[], socket.socket],
        password: Callable[[], str | None] | None,
    ) -> None:
        self._connection = connection
        self._connect = connect
        self._password = password
        self._lock = threading.Lock()
        self._called_off = False
        self._open: socket.socket | None = None

    def run(self) -> Iterator[Stage]:
        """The stages in order, each as it is done; the first that fails is the last."""
        look = FirstLook(self._connection, self._connected)
        stages: list[tuple[StageName, Callable[[], Finding]]] = [
            (StageName.PROTOCOL, look.ask_protocol),
            (StageName.TLS, look.ask_tls),
        ]
        if self._password is not None:
            stages.append((StageName.WAREHOUSE_LOGIN, self._log_in))
        with contextlib.closing(look):
            yield from self._walked(stages, look)

    def _walked(
        self, stages: list[tuple[StageName, Callable[[], Finding]]], look: FirstLook
    ) -> Iterator[Stage]:
        for name, walk in stages:
            if name is StageName.WAREHOUSE_LOGIN:
                # Some servers count every connection that is open.
                look.close()
            started = time.monotonic()
            try:
                found, cause = walk(), None
            except CaponierError as error:
                found, cause = Finding(""), error.cause
            took_ms = (time.monotonic() - started) * 1000
            yield Stage(name, took_ms, found.detail, cause, note=found.note, identity=found.identity)
            if cause is not None:
                return

    def call_off(self) -> None:
        """End the connection that is talked on, so that `run` returns soon. Idempotent, any thread."""
        with self._lock:
            self._called_off = True
            if self._open is not None:
                with contextlib.suppress(OSError):
                    self._open.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        """A connection that `call_off` can end, also after a driver has wrapped its socket up in TLS."""
        with self._connect() as sock, sock.dup() as same:
            with self._lock:
                self._open = same
            if self._called_off:
                self.call_off()
            try:
                yield sock
            finally:
                with self._lock:
                    self._open = None

    def _log_in(self) -> Finding:
        connection = self._connection
        if not can_log_in(connection.kind):
            reason = f"Caponier can't log in to {warehouse(connection.kind).title}."
            return Finding("not tried", note=reason)
        if not connection.warehouse_user:
            raise WarehouseUserNeeded(target=str(connection.forward.target))
        password = self._password() if self._password is not None else None
        if password is None and not works_without_password(connection.kind):
            raise WarehousePasswordNeeded(
                target=str(connection.forward.target), user=connection.warehouse_user, store=""
            )
        try:
            with self._connected() as sock:
                done = log_in(LoginRequest(connection, sock, password))
        except LoginNotTried as untried:
            return Finding("not tried", note=untried.reason)
        except CaponierError:
            raise
        except Exception as error:
            # What nobody foresaw one of the libraries to raise is told as a fault of ours.
            log.exception("the login to %s failed", connection.forward.target)
            raise Unexpected(detail=type(error).__name__) from error
        title = warehouse(connection.kind).title
        version = f", {title} {done.version}" if done.version else ""
        return Finding(f"{connection.warehouse_user}{version}", identity=done.identity)
