"""What can be found out about a warehouse on one connection without a login: what speaks there, and its TLS."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from desktop.core.errors import CaponierError
from desktop.core.identity import UNKNOWN, WarehouseIdentity
from desktop.core.model import Connection
from desktop.core.tls import TlsMode
from desktop.core.warehouse_errors import (
    TlsFailed,
    TlsFileUnreadable,
    TlsInvalid,
    TlsNotOffered,
    WarehouseError,
)
from desktop.core.warehouses import WireProtocol, warehouse
from desktop.probe.greet import Greeting, TlsOffer, can_greet, greet
from desktop.probe.tls import TlsFound, explained, shake_hands, wants_tls_first
from desktop.probe.tls_context import is_https

TIMEOUT_S = 10.0
# What OpenSSL says of an answer that is no TLS; the second since version 3.2.
_NO_TLS_THERE = ("wrong version number", "record layer failure", "packet length too long")
_UNVERIFIED = "Nothing verifies the certificate: that is so until TLS of this connection is set to verify."

Connect = Callable[[], contextlib.AbstractContextManager[socket.socket]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a stage has to tell; the fields are those of `core.check.Stage`."""

    detail: str
    note: str = ""
    identity: WarehouseIdentity = UNKNOWN


class FirstLook:
    """Two questions on one connection, in this order. Blocks; `close` when done. Raises `CaponierError`.

    A further connection is made only where a certificate is refused, to say what is in it.
    """

    def __init__(self, connection: Connection, connect: Connect) -> None:
        self._connection = connection
        self._connect = connect
        self._open = contextlib.ExitStack()
        self._sock: socket.socket | None = None
        self._greeting: Greeting | None = None
        self._encrypted: TlsFound | None = None
        self._tls_trouble: WarehouseError | None = None

    def close(self) -> None:
        self._open.close()

    def ask_protocol(self) -> Finding:
        title = warehouse(self._connection.kind).title
        if not can_greet(self._connection.kind):
            reason = f"What speaks there was not asked: Caponier knows no harmless question for {title}."
            return Finding("not asked", note=reason)
        self._sock = self._open.enter_context(self._connect())
        if self._is_inside_tls and not self._encrypt_first(self._sock):
            return Finding("not asked", note="TLS comes first there, and it failed.")
        speaking = self._encrypted.sock if self._encrypted is not None else self._sock
        self._greeting = greet(self._connection, speaking, TIMEOUT_S)
        return Finding(self._greeting.name, identity=WarehouseIdentity(greeting=self._greeting.greeting))

    def ask_tls(self) -> Finding:
        if self._tls_trouble is not None:
            raise self._tls_trouble
        if self._encrypted is not None:
            return _told(self._encrypted)
        if self._greeting is None or self._sock is None:
            return Finding("not asked")
        mode = self._connection.tls.mode
        match self._greeting.tls:
            case TlsOffer.OFFERED if mode is TlsMode.OFF:
                return Finding("offered, and not used")
            case TlsOffer.OFFERED:
                return _told(self._encrypt(self._sock))
            case TlsOffer.NONE if mode in (TlsMode.REQUIRE, TlsMode.VERIFY):
                raise self._not_offered()
            case TlsOffer.NONE:
                return Finding("not offered", note=self._in_clear())
            case _:
                return Finding("not used", note=self._in_clear() if mode is TlsMode.AUTO else "")

    @property
    def _is_inside_tls(self) -> bool:
        match warehouse(self._connection.kind).protocol:
            case WireProtocol.TLS:
                return True
            case WireProtocol.HTTP:
                return is_https(self._connection)
            case WireProtocol.REDIS | WireProtocol.CLICKHOUSE:
                return wants_tls_first(self._connection)
            case _:
                return False

    def _encrypt_first(self, sock: socket.socket) -> bool:
        """What is wrong with TLS is kept for its own question."""
        try:
            self._encrypted = self._encrypt(sock)
        except (TlsInvalid, TlsFileUnreadable) as error:
            self._tls_trouble = error
        except TlsFailed as error:
            no_tls = any(words in error.facts["detail"] for words in _NO_TLS_THERE)
            self._tls_trouble = self._not_offered() if no_tls else error
        return self._encrypted is not None

    def _encrypt(self, sock: socket.socket) -> TlsFound:
        try:
            found = shake_hands(self._connection, sock, TIMEOUT_S)
        except TlsInvalid as error:
            raise self._explained(error) from None
        self._open.callback(found.sock.close)
        return found

    def _explained(self, error: TlsInvalid) -> CaponierError:
        """`error` itself where the certificate can't be looked at any more."""
        with contextlib.suppress(CaponierError, OSError), self._connect() as sock:
            if not self._is_inside_tls:
                greet(self._connection, sock, TIMEOUT_S)
            found = shake_hands(self._connection, sock, TIMEOUT_S, verify=False)
            found.sock.close()
            return explained(error, found)
        return error

    def _not_offered(self) -> TlsNotOffered:
        return TlsNotOffered(target=str(self._connection.forward.target), kind=self._connection.kind)

    def _in_clear(self) -> str:
        if self._connection.route.is_direct:
            return "Everything goes in clear between this computer and the warehouse."
        return "Everything goes in clear between the bastion and the warehouse."


def identity_by(connection: Connection, connect: Connect) -> WarehouseIdentity:
    """Who is there, whatever its certificate is worth; unknown where nobody can tell. Blocks."""
    mode = TlsMode.AUTO if connection.tls.mode is not TlsMode.VERIFY else TlsMode.REQUIRE
    look = FirstLook(replace(connection, tls=replace(connection.tls, mode=mode)), connect)
    with contextlib.closing(look), contextlib.suppress(CaponierError, OSError):
        greeting = look.ask_protocol().identity
        return replace(greeting, certificate=look.ask_tls().identity.certificate)
    return UNKNOWN


@contextlib.contextmanager
def lent(sock: socket.socket) -> Iterator[socket.socket]:
    """The one connection there is, as a `Connect`; the owner closes it."""
    yield sock


def _told(found: TlsFound) -> Finding:
    identity = WarehouseIdentity(certificate=found.fingerprint)
    detail = (
        f"{found.version}, certificate of {found.subject} by {found.issuer} until {found.not_after:%Y-%m-%d}"
    )
    if found.is_verified:
        return Finding(f"{detail}, verified", identity=identity)
    if found.is_over:
        note = f"The certificate expired on {found.not_after:%Y-%m-%d}. {_UNVERIFIED}"
        return Finding(detail, note, identity)
    return Finding(detail, _UNVERIFIED, identity)
