"""What the first bytes from a warehouse say of it, as a program of the person's gets them anyway.

Nothing is sent for this, so it harms nobody. What a program did wrong itself (a password, a protocol that this port
does not speak) is no trouble of the warehouse's. Inside TLS nothing can be seen: then it has answered, and that is all.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from desktop.core.errors import Cause
from desktop.core.model import Place
from desktop.core.warehouse_errors import (
    WarehouseClientNotAllowed,
    WarehouseHostBlocked,
    WarehouseHungUp,
    WarehouseSilent,
    WarehouseStarting,
    WarehouseTooManyConnections,
    WarehouseUnavailable,
    WrongProtocol,
)
from desktop.core.warehouses import OTHER, WireProtocol, warehouse

# Of each direction; what is judged here is shorter.
FIRST_BYTES = 512
SAID_BYTES = 16
_ANSWER_LENGTH = 60

# PostgreSQL documentation, "Message Formats": the codes behind the length of a StartupMessage, an SSLRequest and a
# GSSENCRequest. A CancelRequest is not among them: the server ends that without a word.
_STARTUPS = (b"\x00\x03", b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30")
_ASKS_FOR_TLS = _STARTUPS[1:]
# Its appendix "PostgreSQL Error Codes".
_STARTING = ("57P03", "57P01", "57P02")
_TOO_MANY = ("53300",)
_NO_PG_HBA = re.compile(rb"no pg_hba\.conf entry|pg_hba\.conf rejects")
# MySQL documentation, "Server Error Message Reference"; MariaDB's are the same.
_MYSQL_TOO_MANY = (1040, 1203)
_MYSQL_BLOCKED = 1129
_MYSQL_NOT_ALLOWED = 1130
_MYSQL_STOPPING = 1053
# RFC 9110 section 15.6: a gateway that gets no answer from what is behind it, or one that has nothing behind it.
_NOT_THERE = re.compile(rb"HTTP/\d(?:\.\d)? (502|503|504)\b ?([^\r\n]*)")
_TLS_RECORD = re.compile(rb"[\x15\x16]\x03[\x00-\x04]")
_HTTP_ASKS = re.compile(rb"(?:GET|POST|HEAD|PUT|OPTIONS|DELETE|PRI|CONNECT|PATCH) ")


def is_enough(kind: str, said: bytes, first: bytes) -> bool:
    """True where more bytes would not change what `judge` says."""
    protocol = warehouse(kind).protocol
    if len(first) >= FIRST_BYTES or _stranger(protocol, said, first):
        return True
    match protocol:
        case WireProtocol.POSTGRESQL:
            rest = _after_offer(said, first)
            if rest[:1] != b"E":
                return bool(rest)
            return len(rest) >= 5 and len(rest) > int.from_bytes(rest[1:5], "big")
        case WireProtocol.MYSQL:
            return len(first) >= 4 and len(first) >= 4 + int.from_bytes(first[:3], "little")
        case WireProtocol.HTTP | WireProtocol.REDIS | WireProtocol.CLICKHOUSE:
            return b"\n" in first or not first[:1].isascii() or bool(_TLS_RECORD.match(first))
    return bool(first)


def judge(kind: str, place: Place, said: bytes, first: bytes, *, ended: bool) -> Cause | None:
    """None where the warehouse does what it should, or nobody can tell.

    `said` are the first bytes of the program, `first` the warehouse's. `ended` says that the warehouse ended it, before
    the program did.
    """
    protocol, facts = warehouse(kind).protocol, {"target": str(place), "kind": kind}
    if not first:
        return WarehouseHungUp(**facts).cause if ended and is_awaited(kind, said) else None
    found = _stranger(protocol, said, first)
    if found:
        return WrongProtocol(**facts, found=found, answer=_printable(first[:_ANSWER_LENGTH])).cause
    look = _LOOKS.get(protocol)
    return look(facts, said, first) if look is not None else None


def silent(kind: str, place: Place, timeout_s: float) -> Cause:
    """The program has said something, and nothing came back for so long."""
    return WarehouseSilent(target=str(place), kind=kind, timeout_s=f"{timeout_s:.0f}").cause


def is_awaited(kind: str, said: bytes) -> bool:
    """True where a warehouse has to say something after what the program said."""
    protocol = warehouse(kind).protocol
    # Of a kind that nobody named, some server may only ever listen.
    return kind != OTHER.key and (protocol is WireProtocol.MYSQL or _is_proper(protocol, said))


def _is_proper(protocol: WireProtocol, said: bytes) -> bool:
    """What a server of this kind answers. Of an unknown one, anything."""
    match protocol:
        case WireProtocol.POSTGRESQL:
            return said[4:].startswith(_STARTUPS)
        case WireProtocol.HTTP:
            return bool(_HTTP_ASKS.match(said) or _TLS_RECORD.match(said))
        case WireProtocol.TLS:
            return bool(_TLS_RECORD.match(said))
        case WireProtocol.TDS:
            # MS-TDS 2.2.3.1.1: a PRELOGIN packet; or TLS at once, as of TDS 8.0.
            return said[:1] == b"\x12" or bool(_TLS_RECORD.match(said))
    return bool(said)


def _stranger(protocol: WireProtocol, said: bytes, first: bytes) -> str:
    """Who speaks there, where that is clearly somebody else."""
    if first.startswith(b"SSH-"):
        return "ssh"
    if protocol is not WireProtocol.MYSQL and _is_mysql_greeting(first):
        return "mysql"
    speaks_http = (WireProtocol.HTTP, WireProtocol.CLICKHOUSE, WireProtocol.UNKNOWN, WireProtocol.TLS)
    if first.startswith(b"HTTP/") and protocol not in speaks_http and not _HTTP_ASKS.match(said):
        return "http"
    return ""


def _is_mysql_greeting(first: bytes) -> bool:
    """MySQL documentation, "Protocol::HandshakeV10": packet number 0, protocol version 10, a version as text."""
    return len(first) >= 6 and first[3:5] == b"\x00\x0a" and first[5:6].isdigit()


def _after_offer(said: bytes, first: bytes) -> bytes:
    """Without the single letters that say no to a wish for TLS or GSS encryption.

    An S or a G is left there: what follows is encrypted.
    """
    return first.lstrip(b"N") if said[4:].startswith(_ASKS_FOR_TLS) else first


def _look_at_postgresql(facts: dict[str, str], said: bytes, first: bytes) -> Cause | None:
    """PostgreSQL documentation, "ErrorResponse" and "Error and Notice Message Fields"."""
    message = _after_offer(said, first)
    if message[:1] != b"E" or len(message) < 6:
        return None
    fields = {field[:1]: field[1:] for field in message[5:].split(b"\x00") if field}
    code, detail = _printable(fields.get(b"C", b"")), _printable(fields.get(b"M", b""))
    if code in _STARTING:
        return WarehouseStarting(**facts, detail=detail).cause
    if code in _TOO_MANY:
        return WarehouseTooManyConnections(**facts, detail=detail).cause
    if code == "28000" and _NO_PG_HBA.search(fields.get(b"M", b"")):
        return WarehouseClientNotAllowed(**facts, user="", detail=detail).cause
    return None


def _look_at_mysql(facts: dict[str, str], _said: bytes, first: bytes) -> Cause | None:
    """MySQL documentation, "ERR_Packet": 0xff, a number, and in front of the text perhaps # and five letters."""
    if first[4:5] != b"\xff" or len(first) < 7:
        return None
    number, text = int.from_bytes(first[5:7], "little"), re.sub(rb"^#.{5}", b"", first[7:])
    detail = _printable(text)
    if number in _MYSQL_TOO_MANY:
        return WarehouseTooManyConnections(**facts, detail=detail).cause
    if number == _MYSQL_BLOCKED:
        return WarehouseHostBlocked(**facts, detail=detail).cause
    if number == _MYSQL_NOT_ALLOWED:
        return WarehouseClientNotAllowed(**facts, user="", detail=detail).cause
    return WarehouseStarting(**facts, detail=detail).cause if number == _MYSQL_STOPPING else None


def _look_at_http(facts: dict[str, str], _said: bytes, first: bytes) -> Cause | None:
    answer = _NOT_THERE.match(first)
    if answer is None:
        return None
    return WarehouseUnavailable(**facts, detail=_printable(b" ".join(answer.groups()))).cause


def _look_at_redis(facts: dict[str, str], _said: bytes, first: bytes) -> Cause | None:
    """Redis documentation, "RESP simple errors": the first word says what it is."""
    line = first.split(b"\r\n", 1)[0]
    detail = _printable(line[1:])
    if line.startswith((b"-LOADING", b"-MASTERDOWN")):
        return WarehouseStarting(**facts, detail=detail).cause
    if line.startswith(b"-ERR max number of clients"):
        return WarehouseTooManyConnections(**facts, detail=detail).cause
    return (
        WarehouseClientNotAllowed(**facts, user="", detail=detail).cause if line[:7] == b"-DENIED" else None
    )


def _printable(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    return "".join(character if character.isprintable() else " " for character in text).strip()


_LOOKS: dict[WireProtocol, Callable[[dict[str, str], bytes, bytes], Cause | None]] = {
    WireProtocol.POSTGRESQL: _look_at_postgresql,
    WireProtocol.MYSQL: _look_at_mysql,
    WireProtocol.HTTP: _look_at_http,
    WireProtocol.CLICKHOUSE: _look_at_http,
    WireProtocol.REDIS: _look_at_redis,
}
