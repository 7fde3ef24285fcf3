"""Whether a server speaks what is expected of its kind, by as few bytes as each protocol allows and without a login."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from desktop.core.model import Connection, Endpoint
from desktop.core.warehouse_errors import (
    TlsRequired,
    WarehouseClientNotAllowed,
    WarehouseError,
    WarehouseHostBlocked,
    WarehouseLoginFailed,
    WarehouseStarting,
    WarehouseTooManyConnections,
)
from desktop.core.warehouses import WireProtocol, warehouse
from desktop.probe.said import cleaned
from desktop.probe.wire import Wire

TIMEOUT_S = 10.0
_SSL_REQUEST = struct.pack(">II", 8, 80877103)
# CLIENT_SSL (MySQL Internals, "Capability Flags").
_MYSQL_SSL = 0x0800
_MYSQL_REFUSALS: dict[int, type[WarehouseError]] = {
    1040: WarehouseTooManyConnections,
    1053: WarehouseStarting,
    1129: WarehouseHostBlocked,
    1130: WarehouseClientNotAllowed,
}


class TlsOffer(Enum):
    """Whether TLS can begin now, on the socket that was greeted."""

    OFFERED = auto()
    NONE = auto()
    # The protocol has no such offer: it is spoken inside TLS, or not.
    OUTSIDE = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Greeting:
    """`name` is for people; `greeting` is what stays the same from one time to the next, for the identity."""

    name: str
    greeting: str = ""
    tls: TlsOffer = TlsOffer.UNKNOWN


def can_greet(kind: str) -> bool:
    return warehouse(kind).protocol in _WAYS


def greet(connection: Connection, sock: socket.socket, timeout_s: float = TIMEOUT_S) -> Greeting:
    """Blocks. Raises `WarehouseError`. Where TLS is `OFFERED`, it can begin on `sock` now.

    MySQL counts a connection that ends after this as a broken handshake.
    """
    wire = Wire(connection, sock, timeout_s)
    return _WAYS[warehouse(connection.kind).protocol](connection, wire)


def _postgresql(_connection: Connection, wire: Wire) -> Greeting:
    """SSLRequest (PostgreSQL documentation, "SSL Session Encryption"), which no server takes for a lost client."""
    _be_first(wire)
    wire.send(_SSL_REQUEST)
    answer = wire.some()
    if answer.startswith(b"E") and b"\0C" in answer:
        raise _postgresql_refusal(wire, answer)
    if answer not in (b"S", b"N"):
        raise wire.wrong(answer)
    return Greeting("PostgreSQL's protocol", tls=TlsOffer.OFFERED if answer == b"S" else TlsOffer.NONE)


def _postgresql_refusal(wire: Wire, answer: bytes) -> WarehouseError:
    """ErrorResponse in place of S or N: a server that can't begin with us at all. Its fields end with a zero byte."""
    fields = {field[:1]: field[1:] for field in answer[5:].split(b"\0") if field}
    which = WarehouseStarting if fields.get(b"C") == b"57P03" else WarehouseLoginFailed
    return which(**wire.about, detail=cleaned(fields.get(b"M", b"").decode("utf-8", "replace")))


def _mysql(connection: Connection, wire: Wire) -> Greeting:
    """Protocol::HandshakeV10, or an ERR_Packet in its place (MySQL Internals, "Connection Phase Packets")."""
    head = wire.exactly(4)
    size = int.from_bytes(head[:3], "little")
    if head[3] != 0 or not 0 < size < 1 << 12:
        raise wire.wrong(head + wire.unasked())
    body = wire.exactly(size)
    if body[0] == 0xFF:
        raise _mysql_refusal(connection, wire, body)
    version, _, rest = body[1:].partition(b"\0")
    if body[0] != 0x0A or len(rest) < 15:
        raise wire.wrong(head + body)
    flags = int.from_bytes(rest[13:15], "little")
    # MariaDB hides its own version behind one that old replicas take for MySQL's.
    said = cleaned(version.decode("latin-1")).removeprefix("5.5.5-")
    name = said if "MariaDB" in said else f"MySQL {said}"
    return Greeting(name, said, TlsOffer.OFFERED if flags & _MYSQL_SSL else TlsOffer.NONE)


def _mysql_refusal(connection: Connection, wire: Wire, body: bytes) -> WarehouseError:
    which = _MYSQL_REFUSALS.get(int.from_bytes(body[1:3], "little"), WarehouseLoginFailed)
    facts = {**wire.about, "detail": cleaned(body[3:].decode("utf-8", "replace"))}
    if which is WarehouseClientNotAllowed:
        facts["user"] = connection.warehouse_user
    return which(**facts)


def _redis(_connection: Connection, wire: Wire) -> Greeting:
    _be_first(wire)
    wire.send(b"PING\r\n")
    answer = wire.some()
    if not answer.startswith((b"+PONG", b"-NOAUTH", b"-DENIED", b"-LOADING", b"-MASTERDOWN")):
        raise wire.wrong(answer)
    return Greeting("Redis", tls=TlsOffer.OUTSIDE)


def _http(connection: Connection, wire: Wire) -> Greeting:
    _be_first(wire)
    kind, target = warehouse(connection.kind), connection.forward.target
    host = str(target) if isinstance(target, Endpoint) else "localhost"
    wire.send(f"GET {kind.http_path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = wire.some()
    while kind.http_answer.encode() not in answer and len(answer) < 1 << 16:
        try:
            answer += wire.some()
        except WarehouseError:
            break
    if answer.startswith(b"\x15\x03") or b"plain HTTP request was sent to HTTPS" in answer:
        raise TlsRequired(**wire.about)
    is_refused = answer.split(b" ", 2)[1:2] in ([b"401"], [b"403"])
    if not answer.startswith(b"HTTP/") or not (is_refused or kind.http_answer.encode() in answer):
        raise wire.wrong(answer)
    return Greeting(kind.title, tls=TlsOffer.OUTSIDE)


def _clickhouse(_connection: Connection, wire: Wire) -> Greeting:
    """Hello of nobody: the answer is a Hello or an Exception, either of which only ClickHouse gives.

    Numbers are those of ClickHouse's Protocol.h, texts have their length in front.
    """
    _be_first(wire)
    texts = (b"caponier", b"", b"", b"")
    hello = b"\0" + _text(texts[0]) + bytes([1, 1, 0]) + b"".join(map(_text, texts[1:]))
    wire.send(hello)
    answer = wire.some()
    if answer[0] not in (0, 2) or not (b"ClickHouse" in answer or b"DB::Exception" in answer):
        raise wire.wrong(answer)
    return Greeting("ClickHouse", tls=TlsOffer.OUTSIDE)


def _text(data: bytes) -> bytes:
    return bytes([len(data)]) + data


def _tls_alone(_connection: Connection, _wire: Wire) -> Greeting:
    return Greeting("TLS", tls=TlsOffer.OUTSIDE)


def _be_first(wire: Wire) -> None:
    """Nobody gets the hello of a protocol that is not theirs: MySQL would count it, and others may do worse."""
    said = wire.unasked()
    if said:
        raise wire.wrong(said)


_WAYS: dict[WireProtocol, Callable[[Connection, Wire], Greeting]] = {
    WireProtocol.POSTGRESQL: _postgresql,
    WireProtocol.MYSQL: _mysql,
    WireProtocol.REDIS: _redis,
    WireProtocol.HTTP: _http,
    WireProtocol.CLICKHOUSE: _clickhouse,
    WireProtocol.TLS: _tls_alone,
}
