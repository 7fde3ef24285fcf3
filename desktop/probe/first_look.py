"""What a check finds out about a warehouse before a login, in words: what speaks there, and its TLS."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace

from desktop.core.errors import CaponierError
from desktop.core.guarded import change_of, deciding_field
from desktop.core.identity import UNKNOWN, WarehouseIdentity
from desktop.core.model import Connection
from desktop.core.tls import TlsMode
from desktop.core.warehouse_errors import TlsFault
from desktop.core.warehouses import WireProtocol, warehouse
from desktop.probe.certificate import Certificate
from desktop.probe.cluster_mark import may_have_mark
from desktop.probe.identify import identify_surely
from desktop.probe.speech import Greeting, TlsOffer
from desktop.probe.visit import TlsFound, Visit

Connect = Callable[[], contextlib.AbstractContextManager[socket.socket]]

_MOST_NAMES = 5
_DOUBTS = {
    TlsFault.EXPIRED: "it has expired",
    TlsFault.NOT_YET_VALID: "it is not valid yet",
    TlsFault.WRONG_NAME: "it is for another name",
    TlsFault.SELF_SIGNED: "it is signed by itself",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a stage has to tell; the fields are those of `core.check.Stage`."""

    detail: str
    note: str = ""
    identity: WarehouseIdentity = UNKNOWN


class FirstLook:
    """Two questions on one connection, in this order. Blocks; `close` when done. Raises as `Visit` does.

    A PostgreSQL without TLS is asked for its mark on two more, one after the other.
    """

    def __init__(self, connection: Connection, connect: Connect) -> None:
        self._connection = connection
        self._connect = connect
        self._open = contextlib.ExitStack()
        self._visit = Visit(connection, lambda: self._open.enter_context(connect()))
        self._greeting = Greeting("")

    def close(self) -> None:
        self._open.close()

    def ask_protocol(self) -> Finding:
        self._greeting = greeting = self._visit.greet()
        entry = warehouse(self._connection.kind)
        if entry.protocol is WireProtocol.UNKNOWN:
            reason = (
                f"What speaks there was not asked: Caponier knows no harmless question for {entry.title}."
            )
            return Finding("not asked", note=reason)
        return Finding(greeting.name, identity=WarehouseIdentity(greeting=greeting.greeting))

    def ask_tls(self) -> Finding:
        """Raises `WarehouseChanged`, too, for another one than a guard has in mind: no login may follow."""
        told = self._tls_told()
        whole = replace(told.identity, greeting=self._greeting.greeting)
        changed = change_of(self._connection, whole)
        if changed is not None:
            raise changed
        return told

    def _tls_told(self) -> Finding:
        found = self._visit.encrypt()
        if found is not None:
            told = _told(found)
            is_by_mark = deciding_field(self._connection) == "cluster_mark"
            mark = self._cluster_mark() if is_by_mark else ""
            return replace(told, identity=replace(told.identity, cluster_mark=mark))
        match self._greeting.tls:
            case TlsOffer.UPGRADE:
                return self._told_in_clear("offered, and not used")
            case TlsOffer.NONE:
                return self._told_in_clear("not offered", self._in_clear())
            case _:
                return Finding("not used", note=self._in_clear() if self._is_known_clear else "")

    def _told_in_clear(self, detail: str, note: str = "") -> Finding:
        mark = self._cluster_mark()
        known = f"; PostgreSQL cluster {mark}" if mark else ""
        return Finding(f"{detail}{known}", note, WarehouseIdentity(cluster_mark=mark))

    def _cluster_mark(self) -> str:
        """Nothing where there is none, or no port to guard.

        Nor where nobody could find out: the stages to come say why. But where a guard goes by it, that is raised.
        """
        if self._connection.route.is_direct or not may_have_mark(self._connection):
            return ""
        self._open.close()
        try:
            return identify_surely(self._connection, self._connect).cluster_mark
        except CaponierError:
            if deciding_field(self._connection) == "cluster_mark":
                raise
            return ""

    @property
    def _is_known_clear(self) -> bool:
        is_asked = warehouse(self._connection.kind).protocol is not WireProtocol.UNKNOWN
        return is_asked and self._connection.tls.mode is TlsMode.AUTO

    def _in_clear(self) -> str:
        if self._connection.route.is_direct:
            return "Everything goes in clear between this computer and the warehouse."
        return "Everything goes in clear between the bastion and the warehouse."


def _told(found: TlsFound) -> Finding:
    certificate = found.certificate
    if certificate is None:
        return Finding(f"{found.version}, without a certificate")
    verdict = "verified" if found.is_verified else "not verified"
    return Finding(
        f"{found.version}, {_described(certificate)}, {verdict}",
        _note_on(found.doubts),
        WarehouseIdentity(certificate=certificate.fingerprint),
    )


def _described(certificate: Certificate) -> str:
    names = ", ".join(certificate.names[:_MOST_NAMES]) or "nobody"
    until = f" until {certificate.not_after:%Y-%m-%d}" if certificate.not_after is not None else ""
    return f"certificate of {names} by {certificate.issuer or 'nobody'}{until}"


def _note_on(doubts: tuple[TlsFault, ...]) -> str:
    """Of a certificate that nobody asked to be verified."""
    reasons = " and ".join(_DOUBTS[doubt] for doubt in doubts if doubt in _DOUBTS)
    return f"A program that verifies the certificate refuses it: {reasons}." if reasons else ""
