"""The stages of a check behind the way to a warehouse: what speaks there, its TLS, its login."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from desktop.core.check import Stage, StageName
from desktop.core.errors import CaponierError
from desktop.core.identity import UNKNOWN, WarehouseIdentity
from desktop.core.model import Connection
from desktop.core.warehouse_errors import TlsFault, WarehousePasswordNeeded, WarehouseUserNeeded
from desktop.core.warehouses import WireProtocol, warehouse
from desktop.probe.login import LoginNotTried, LoginRequest
from desktop.probe.login_ways import can_log_in, log_in, works_without_password
from desktop.probe.visit import Visit

_NOT_ASKED = "something takes connections there; Caponier knows no harmless way to ask what it is"
_IN_CLEAR = "none between the bastion and the warehouse, or only once a client asks for it"
_MOST_NAMES = 5
_DOUBTS = {
    TlsFault.EXPIRED: "it has expired",
    TlsFault.NOT_YET_VALID: "it is not valid yet",
    TlsFault.WRONG_NAME: "it is for another name",
    TlsFault.SELF_SIGNED: "it is signed by itself",
}


def _note_on(doubts: tuple[TlsFault, ...]) -> str:
    """Of a certificate that nobody asked to be verified."""
    if not doubts:
        return ""
    reasons = " and ".join(_DOUBTS[doubt] for doubt in doubts if doubt in _DOUBTS)
    return f"A client that verifies the certificate will refuse it: {reasons}."


@dataclass(frozen=True, slots=True)
class _Found:
    """What a stage has to tell; the fields are those of `Stage`."""

    detail: str
    note: str = ""
    identity: WarehouseIdentity = UNKNOWN


class WarehouseCheck:
    """Blocks. `connect` gives a fresh connection each time, and raises as `StagedCheck.connect` does.

    It takes two at most: one that is looked at, and one for the login. MySQL counts the first as a broken handshake of
    the bastion's, and a login that succeeds sets the count back: a check with a login costs nothing there, one without
    costs one of (by default) a hundred, on a person's demand.

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
        self._visit = Visit(connection, connect)

    def run(self) -> Iterator[Stage]:
        """The stages in order, each as it is done; the first that fails is the last."""
        try:
            yield from self._run()
        finally:
            self._visit.close()

    def _run(self) -> Iterator[Stage]:
        for name, walk in self._stages():
            started = time.monotonic()
            try:
                found, cause = walk(), None
            except CaponierError as error:
                found, cause = _Found(""), error.cause
            took_ms = (time.monotonic() - started) * 1000
            yield Stage(name, took_ms, found.detail, cause, note=found.note, identity=found.identity)
            if cause is not None:
                return

    def _stages(self) -> Iterator[tuple[StageName, Callable[[], _Found]]]:
        yield StageName.PROTOCOL, self._greet
        yield StageName.TLS, self._encrypt
        # A client less, before the next comes.
        self._visit.close()
        if self._password is not None:
            yield StageName.WAREHOUSE_LOGIN, self._log_in

    def _greet(self) -> _Found:
        greeting = self._visit.greet()
        if warehouse(self._connection.kind).protocol is WireProtocol.UNKNOWN:
            return _Found(_NOT_ASKED)
        return _Found(greeting.name, identity=WarehouseIdentity(greeting=greeting.greeting))

    def _encrypt(self) -> _Found:
        found = self._visit.encrypt()
        if found is None:
            return _Found(_IN_CLEAR)
        certificate = found.certificate
        if certificate is None:
            return _Found(f"{found.version}, without a certificate")
        names = ", ".join(certificate.names[:_MOST_NAMES]) or "nobody"
        detail = f"{found.version}, certificate for {names}, by {certificate.issuer or 'nobody'}"
        if certificate.not_after is not None:
            detail += f", until {certificate.not_after:%Y-%m-%d}"
        note = "" if found.is_verified else _note_on(found.doubts)
        return _Found(detail, note, WarehouseIdentity(certificate=certificate.fingerprint))

    def _log_in(self) -> _Found:
        connection = self._connection
        if not can_log_in(connection.kind):
            reason = f"Caponier can't log in to {warehouse(connection.kind).title}."
            return _Found("not tried", note=reason)
        if not connection.warehouse_user:
            raise WarehouseUserNeeded(target=str(connection.forward.target))
        password = self._password() if self._password is not None else None
        if password is None and not works_without_password(connection.kind):
            raise WarehousePasswordNeeded(
                target=str(connection.forward.target), user=connection.warehouse_user, store=""
            )
        try:
            done = log_in(LoginRequest(connection, self._connect(), password))
        except LoginNotTried as untried:
            return _Found("not tried", note=untried.reason)
        title = warehouse(connection.kind).title
        version = f", {title} {done.version}" if done.version else ""
        return _Found(f"{connection.warehouse_user}{version}", identity=done.identity)
