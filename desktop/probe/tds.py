"""SQL Server: a PRELOGIN, which any client begins with, and TLS inside of its packets.

The bytes are those of MS-TDS 2.2.6.5 (PRELOGIN), 2.2.3.1 (packet header) and 3.2.5.1 (TLS in PRELOGIN packets).
"""

from __future__ import annotations

from desktop.core.model import Connection
from desktop.core.warehouses import warehouse
from desktop.probe.line import Conversation, Line
from desktop.probe.speech import Greeting, Speech, TlsOffer

_PRELOGIN, _RESPONSE = 0x12, 0x04
_END_OF_MESSAGE = 0x01
_HEAD_BYTES = 8
_VERSION, _ENCRYPTION, _LAST = 0x00, 0x01, 0xFF
# ENCRYPT_ON; a server answers with ENCRYPT_NOT_SUP where it has no certificate.
_WANTS_TLS, _HAS_NO_TLS = 0x01, 0x02
_OPTION_BYTES = 5


def _packet(kind: int, body: bytes) -> bytes:
    size = _HEAD_BYTES + len(body)
    return bytes([kind, _END_OF_MESSAGE]) + size.to_bytes(2, "big") + bytes([0, 0, 1, 0]) + body


def _prelogin() -> bytes:
    """Two options, version and encryption, each by its place behind their list."""
    first = 2 * _OPTION_BYTES + 1
    options = bytes([_VERSION]) + first.to_bytes(2, "big") + (6).to_bytes(2, "big")
    options += bytes([_ENCRYPTION]) + (first + 6).to_bytes(2, "big") + (1).to_bytes(2, "big") + bytes([_LAST])
    return _packet(_PRELOGIN, options + bytes(6) + bytes([_WANTS_TLS]))


def _is_whole(heard: bytes) -> bool:
    return len(heard) >= _HEAD_BYTES and len(heard) >= int.from_bytes(heard[2:4], "big")


def _read(connection: Connection, heard: bytes) -> Greeting | None:
    body = heard[_HEAD_BYTES:]
    if heard[:1] != bytes([_RESPONSE]) or len(body) < _OPTION_BYTES:
        return None
    options = dict(_options(body))
    version, encryption = options.get(_VERSION, b""), options.get(_ENCRYPTION, b"")
    if len(version) < 4 or len(encryption) != 1:
        return None
    number = f"{version[0]}.{version[1]}.{int.from_bytes(version[2:4], 'big')}"
    offer = TlsOffer.NONE if encryption[0] == _HAS_NO_TLS else TlsOffer.UPGRADE
    return Greeting(f"{warehouse(connection.kind).title} {number}", greeting=number, tls=offer)


def _options(body: bytes) -> list[tuple[int, bytes]]:
    found, place = [], 0
    while place + _OPTION_BYTES <= len(body) and body[place] != _LAST:
        start = int.from_bytes(body[place + 1 : place + 3], "big")
        size = int.from_bytes(body[place + 3 : place + 5], "big")
        found.append((body[place], body[start : start + size]))
        place += _OPTION_BYTES
    return found


class _InPackets:
    """Implements `Line`: what is said goes out in PRELOGIN packets, what is heard loses its packets' heads."""

    def __init__(self, under: Line) -> None:
        self._under = under
        self._raw = b""

    def say(self, data: bytes) -> None:
        self._under.say(_packet(_PRELOGIN, data))

    def hear(self, within_s: float | None = None) -> bytes:
        while not _is_whole(self._raw) or int.from_bytes(self._raw[2:4], "big") <= _HEAD_BYTES:
            more = self._under.hear(within_s)
            if not more:
                return b""
            self._raw += more
        size = int.from_bytes(self._raw[2:4], "big")
        body, self._raw = self._raw[_HEAD_BYTES:size], self._raw[size:]
        return body


def _upgrade(conversation: Conversation) -> Line:
    return _InPackets(conversation.line)


SPEECH = Speech(lambda _: _prelogin(), _is_whole, _read, _upgrade)
