"""SQL Server: a PRELOGIN, which any client begins with, and TLS inside of its packets.

The bytes are those of MS-TDS 2.2.6.5 (PRELOGIN), 2.2.3.1 (packet header) and 3.2.5.1 (TLS in PRELOGIN packets).
"""

from __future__ import annotations

import struct
from enum import IntEnum

from desktop.core.model import Connection
from desktop.core.warehouses import warehouse
from desktop.probe.line import Conversation, Line
from desktop.probe.speech import Greeting, Speech, TlsOffer


class PacketType(IntEnum):
    RESPONSE = 0x04
    LOGIN = 0x10
    PRELOGIN = 0x12


class Encryption(IntEnum):
    """What client and server say of it in their PRELOGIN. OFF stands for TLS around the login, and none behind it."""

    OFF = 0
    ON = 1
    # A server answers so where it has no certificate, or where the client has no TLS and needs none.
    NOT_SUPPORTED = 2
    REQUIRED = 3


_END_OF_MESSAGE = 0x01
_HEAD_BYTES = 8
_VERSION, _ENCRYPTION, _INSTANCE, _THREAD, _MARS, _LAST = 0x00, 0x01, 0x02, 0x03, 0x04, 0xFF
_OPTION_BYTES = 5


def packet(kind: PacketType, body: bytes) -> bytes:
    size = _HEAD_BYTES + len(body)
    return bytes([kind, _END_OF_MESSAGE]) + size.to_bytes(2, "big") + bytes([0, 0, 1, 0]) + body


def prelogin(encryption: Encryption, kind: PacketType = PacketType.PRELOGIN) -> bytes:
    """The options that drivers send, each by its place behind their list; a server's answer has a `kind` of its own."""
    options = {
        _VERSION: bytes(6),
        _ENCRYPTION: bytes([encryption]),
        _INSTANCE: b"\0",
        _THREAD: bytes(4),
        _MARS: b"\0",
    }
    first = len(options) * _OPTION_BYTES + 1
    listed, data = b"", b""
    for option, value in options.items():
        listed += struct.pack(">BHH", option, first + len(data), len(value))
        data += value
    return packet(kind, listed + bytes([_LAST]) + data)


def is_whole(heard: bytes) -> bool:
    """Whether a packet is there from its head to its end."""
    return len(heard) >= _HEAD_BYTES and len(heard) >= int.from_bytes(heard[2:4], "big")


def is_end_of(kind: PacketType, said: bytes | bytearray) -> bool:
    """Whether a packet is the last one of a message of that kind."""
    return said[0] == kind and bool(said[1] & _END_OF_MESSAGE)


def encryption_of(heard: bytes) -> Encryption | None:
    """By a server's answer to a PRELOGIN; None where it is no such thing."""
    options = _options_of(heard)
    try:
        (said,) = options.get(_ENCRYPTION, b"")
        return Encryption(said)
    except ValueError:
        return None


def _read(connection: Connection, heard: bytes) -> Greeting | None:
    options = _options_of(heard)
    version, encryption = options.get(_VERSION, b""), options.get(_ENCRYPTION, b"")
    if len(version) < 4 or len(encryption) != 1:
        return None
    number = f"{version[0]}.{version[1]}.{int.from_bytes(version[2:4], 'big')}"
    offer = TlsOffer.NONE if encryption[0] == Encryption.NOT_SUPPORTED else TlsOffer.UPGRADE
    return Greeting(f"{warehouse(connection.kind).title} {number}", greeting=number, tls=offer)


def _options_of(heard: bytes) -> dict[int, bytes]:
    body = heard[_HEAD_BYTES:]
    found: dict[int, bytes] = {}
    if heard[:1] != bytes([PacketType.RESPONSE]):
        return found
    place = 0
    while place + _OPTION_BYTES <= len(body) and body[place] != _LAST:
        option, start, size = struct.unpack_from(">BHH", body, place)
        found[option] = body[start : start + size]
        place += _OPTION_BYTES
    return found


class InPackets:
    """Implements `Line`: what is said goes out in PRELOGIN packets, what is heard loses its packets' heads.

    That is for the handshake: after `go_bare` both pass as they are, over the line that it is given.
    """

    def __init__(self, under: Line) -> None:
        self._under = under
        self._is_bare = False
        self._raw = b""

    def go_bare(self, under: Line) -> None:
        self._under = under
        self._is_bare = True

    def say(self, data: bytes) -> None:
        self._under.say(data if self._is_bare else packet(PacketType.PRELOGIN, data))

    def hear(self, within_s: float | None = None) -> bytes:
        return self._under.hear(within_s) if self._is_bare else self._hear_packet(within_s)

    def _hear_packet(self, within_s: float | None) -> bytes:
        body = b""
        while not body:
            while not is_whole(self._raw):
                more = self._under.hear(within_s)
                if not more:
                    return b""
                self._raw += more
            size = max(int.from_bytes(self._raw[2:4], "big"), _HEAD_BYTES)
            body, self._raw = self._raw[_HEAD_BYTES:size], self._raw[size:]
        return body


def _hello(_connection: Connection) -> bytes:
    return prelogin(Encryption.ON)


def _upgrade(conversation: Conversation) -> Line:
    return InPackets(conversation.line)


SPEECH = Speech(_hello, is_whole, _read, _upgrade)
