"""MongoDB: ``hello``, which each driver begins with and which needs no login.

MongoDB's documentation, "MongoDB Wire Protocol" (OP_MSG) and "hello", and bsonspec.org for the documents.
"""

from __future__ import annotations

from desktop.core.model import Connection
from desktop.core.warehouses import warehouse
from desktop.probe.speech import Greeting, Speech

_OP_MSG = 2013
_HEAD_BYTES = 16
_REQUEST = 1


def _document(*elements: bytes) -> bytes:
    body = b"".join(elements) + b"\x00"
    return (4 + len(body)).to_bytes(4, "little") + body


def _hello() -> bytes:
    ask = b"\x10hello\x00" + (1).to_bytes(4, "little")
    database = b"\x02$db\x00" + (6).to_bytes(4, "little") + b"admin\x00"
    # No flags, and one section of kind 0: the command itself.
    body = bytes(4) + b"\x00" + _document(ask, database)
    sizes = (_HEAD_BYTES + len(body), _REQUEST, 0, _OP_MSG)
    return b"".join(size.to_bytes(4, "little") for size in sizes) + body


def _is_whole(heard: bytes) -> bool:
    return len(heard) >= _HEAD_BYTES and len(heard) >= int.from_bytes(heard[:4], "little")


def _read(connection: Connection, heard: bytes) -> Greeting | None:
    """An answer to our request. Of a replica set, its name: that stays whichever member answers."""
    is_answer = heard[8:12] == _REQUEST.to_bytes(4, "little") and heard[12:16] == _OP_MSG.to_bytes(
        4, "little"
    )
    if len(heard) <= _HEAD_BYTES or not is_answer:
        return None
    return Greeting(warehouse(connection.kind).title, greeting=_replica_set(heard))


def _replica_set(heard: bytes) -> str:
    _, found, rest = heard.partition(b"\x02setName\x00")
    size = int.from_bytes(rest[:4], "little")
    return rest[4 : 3 + size].decode("utf-8", "replace") if found and 0 < size <= 200 else ""


SPEECH = Speech(lambda _: _hello(), _is_whole, _read, may_begin_with_tls=True)
