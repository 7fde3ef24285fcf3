"""MySQL, MariaDB and what speaks their protocol: the server introduces itself, so nothing is sent.

To leave after that is to break a handshake off, which the server counts against the client's address, and blocks that
after some (`max_connect_errors`): this is for a person's demand only. The packets are those of MySQL's documentation,
"Protocol::HandshakeV10", "Protocol::SSLRequest" and "ERR_Packet".
"""

from __future__ import annotations

import re

from desktop.core.model import Connection
from desktop.core.warehouses import warehouse
from desktop.probe.line import Conversation, Line
from desktop.probe.speech import Greeting, Speech, TlsOffer, nothing

_HEAD_BYTES = 4
_GREETS, _REFUSES = 0x0A, 0xFF
# Capability Flags of the same documentation.
_CLIENT_LONG_PASSWORD, _CLIENT_PROTOCOL_41, _CLIENT_SSL, _CLIENT_SECURE_CONNECTION = 0x1, 0x200, 0x800, 0x8000
_MOST_PACKET_BYTES = 1 << 24
_UTF8MB4 = 45
# Clients of replication take this for part of the version, which MariaDB then has to begin with (MDEV-4088).
_OLD_PREFIX = "5.5.5-"


def _is_whole(heard: bytes) -> bool:
    return len(heard) >= _HEAD_BYTES and len(heard) >= _HEAD_BYTES + int.from_bytes(heard[:3], "little")


def _read(connection: Connection, heard: bytes) -> Greeting | None:
    body = heard[_HEAD_BYTES:]
    if heard[3:4] != b"\x00" or body[:1] != bytes([_GREETS]) or b"\x00" not in body:
        return None
    raw_version, _, rest = body[1:].partition(b"\x00")
    version = raw_version.decode("ascii", "replace").removeprefix(_OLD_PREFIX)
    if not re.fullmatch(r"[\w.+~: -]{1,100}", version):
        return None
    # Behind a number of the thread's, eight bytes of salt and a zero.
    capabilities = int.from_bytes(rest[13:15], "little")
    offer = TlsOffer.UPGRADE if capabilities & _CLIENT_SSL else TlsOffer.NONE
    title = "MariaDB" if "MariaDB" in version else warehouse(connection.kind).title
    shown = version.partition("-MariaDB")[0]
    return Greeting(f"{title} {shown}", greeting=version, tls=offer)


def _upgrade(conversation: Conversation) -> Line:
    """A short HandshakeResponse, the second packet of the handshake; the server answers it by TLS alone."""
    flags = _CLIENT_LONG_PASSWORD | _CLIENT_PROTOCOL_41 | _CLIENT_SSL | _CLIENT_SECURE_CONNECTION
    body = (
        flags.to_bytes(4, "little") + _MOST_PACKET_BYTES.to_bytes(4, "little") + bytes([_UTF8MB4]) + bytes(23)
    )
    conversation.ask(len(body).to_bytes(3, "little") + b"\x01" + body)
    return conversation.line


SPEECH = Speech(nothing, _is_whole, _read, _upgrade)
