"""Oracle's listener: a TNS CONNECT that asks for the listener's version.

Oracle has not published TNS. The packet is the one of nmap's probe oracle-tns (nmap-service-probes), but for the most
that is taken of an answer and two flags, which are 0 there, and for a number for traces, which is 0 here.
"""

from __future__ import annotations

import re

from desktop.core.model import Connection
from desktop.core.warehouses import warehouse
from desktop.probe.speech import Greeting, Speech

_QUESTION = b"(CONNECT_DATA=(COMMAND=version))"
_HEAD_BYTES, _CONNECT_BYTES = 8, 58
_CONNECT, _ACCEPT, _REFUSE, _REDIRECT, _DATA, _RESEND = 1, 2, 4, 5, 6, 11
_VERSION, _OLDEST_VERSION = 0x0136, 0x012C
_ANSWERS = frozenset({_ACCEPT, _REFUSE, _REDIRECT, _DATA, _RESEND})
_SAYS_VERSION = re.compile(rb"VERSION=(?:TNSLSNR[^)]*?Version )?([\d.]+)|VSNNUM=(\d+)", re.IGNORECASE)


def _connect() -> bytes:
    size = _CONNECT_BYTES + len(_QUESTION)
    head = size.to_bytes(2, "big") + bytes(2) + bytes([_CONNECT, 0]) + bytes(2)
    fields = (
        *(_VERSION, _OLDEST_VERSION, 0x0000, 0x0800, 0x7FFF, 0x7F08, 0x0000, 0x0001),
        *(len(_QUESTION), _CONNECT_BYTES),
    )
    body = b"".join(field.to_bytes(2, "big") for field in fields)
    # The most that is taken of an answer, two flags, and what only traces would use.
    body += (2048).to_bytes(4, "big") + bytes([0x41, 0x41])
    return (head + body).ljust(_CONNECT_BYTES, b"\x00") + _QUESTION


def _is_whole(heard: bytes) -> bool:
    return len(heard) >= _HEAD_BYTES and len(heard) >= int.from_bytes(heard[:2], "big")


def _read(connection: Connection, heard: bytes) -> Greeting | None:
    size = int.from_bytes(heard[:2], "big")
    if len(heard) < _HEAD_BYTES or heard[4] not in _ANSWERS or not _HEAD_BYTES <= size <= len(heard):
        return None
    if heard[2:4] != bytes(2):
        return None
    said = _SAYS_VERSION.search(heard)
    version = _words_of(said) if said is not None else ""
    return Greeting(f"{warehouse(connection.kind).title} {version}".rstrip(), greeting=version)


def _words_of(said: re.Match[bytes]) -> str:
    """VSNNUM is the version in one number: 8 bits, 4, 8, 4 and 8 for its parts."""
    if said[1] is not None:
        return said[1].decode()
    number = int(said[2])
    parts = (number >> 24 & 0xFF, number >> 20 & 0xF, number >> 12 & 0xFF, number >> 8 & 0xF, number & 0xFF)
    return ".".join(map(str, parts))


SPEECH = Speech(lambda _: _connect(), _is_whole, _read)
