"""PostgreSQL and what speaks its protocol: asked for TLS, as monitoring tools do, which leaves no line in its log.

The bytes are those of PostgreSQL's documentation, "Message Formats": SSLRequest, and "SSL Session Encryption".
"""

from __future__ import annotations

from desktop.core.model import Connection
from desktop.core.warehouses import warehouse
from desktop.probe.line import Conversation, Line
from desktop.probe.speech import Greeting, Speech, TlsOffer

SSL_REQUEST = bytes.fromhex("00000008 04d2162f")
# An ErrorResponse is one letter and a length that counts itself.
_ERROR_HEAD_BYTES = 5


def _is_whole(heard: bytes) -> bool:
    if heard[:1] != b"E":
        return bool(heard)
    return len(heard) >= _ERROR_HEAD_BYTES and len(heard) > int.from_bytes(heard[1:5], "big")


def _read(connection: Connection, heard: bytes) -> Greeting | None:
    offer = {b"S": TlsOffer.UPGRADE, b"N": TlsOffer.NONE}.get(heard)
    return Greeting(warehouse(connection.kind).title, tls=offer) if offer is not None else None


def _upgrade(conversation: Conversation) -> Line:
    """It has said S, and waits for a ClientHello."""
    return conversation.line


SPEECH = Speech(lambda _: SSL_REQUEST, _is_whole, _read, _upgrade)
