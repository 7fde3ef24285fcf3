"""MySQL, MariaDB and what speaks their protocol: the server introduces itself, so nothing is sent.

To leave after that is to break a handshake off, which the server counts against the client's address, and blocks that
after some (`max_connect_errors`): this is for a person's demand only. The packets are those of MySQL's documentation,
"Protocol::SSLRequest"; the first is in `desktop.core.mysql_greeting`.
"""

from __future__ import annotations

from desktop.core import mysql_greeting
from desktop.core.model import Connection
from desktop.core.warehouses import warehouse
from desktop.probe.line import Conversation, Line
from desktop.probe.speech import Greeting, Speech, TlsOffer, nothing

# Capability Flags of the same documentation.
_CLIENT_LONG_PASSWORD, _CLIENT_PROTOCOL_41, _CLIENT_SSL, _CLIENT_SECURE_CONNECTION = 0x1, 0x200, 0x800, 0x8000
_MOST_PACKET_BYTES = 1 << 24
_UTF8MB4 = 45


def _read(connection: Connection, heard: bytes) -> Greeting | None:
    found = mysql_greeting.read(heard)
    if found is None:
        return None
    offer = TlsOffer.UPGRADE if found.has_tls else TlsOffer.NONE
    title = "MariaDB" if "MariaDB" in found.version else warehouse(connection.kind).title
    shown = found.version.partition("-MariaDB")[0]
    return Greeting(f"{title} {shown}", greeting=found.version, tls=offer)


def _upgrade(conversation: Conversation) -> Line:
    """A short HandshakeResponse, the second packet of the handshake; the server answers it by TLS alone."""
    flags = _CLIENT_LONG_PASSWORD | _CLIENT_PROTOCOL_41 | _CLIENT_SSL | _CLIENT_SECURE_CONNECTION
    body = (
        flags.to_bytes(4, "little") + _MOST_PACKET_BYTES.to_bytes(4, "little") + bytes([_UTF8MB4]) + bytes(23)
    )
    conversation.ask(len(body).to_bytes(3, "little") + b"\x01" + body)
    return conversation.line


SPEECH = Speech(nothing, mysql_greeting.is_whole, _read, _upgrade)
