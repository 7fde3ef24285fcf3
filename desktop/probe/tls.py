"""TLS with a warehouse as its protocol has it, and what is to be said of its certificate."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import struct
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from desktop.core.errors import CaponierError
from desktop.core.model import Connection
from desktop.core.tls import TlsMode
from desktop.core.warehouse_errors import TlsInvalid
from desktop.core.warehouses import WireProtocol, warehouse
from desktop.probe.said import cleaned
from desktop.probe.tls_context import certified_name, client_context, tls_error
from desktop.probe.wire import Wire

# SSLRequest (MySQL Internals, "Connection Phase Packets"): PROTOCOL_41, SSL, SECURE_CONNECTION, PLUGIN_AUTH; the
# largest packet; utf8mb4; filler.
_MYSQL_SSL_REQUEST = struct.pack("<IIB23x", 0x0200 | 0x0800 | 0x8000 | 0x80000, 1 << 24, 45)


@dataclass(frozen=True, slots=True)
class TlsFound:
    """`sock` is encrypted, and takes the place of the one it was made from. `fingerprint` as in `WarehouseIdentity`.

    `is_verified` is False where nobody wanted to know.
    """

    sock: ssl.SSLSocket
    version: str
    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: dt.datetime
    not_after: dt.datetime
    fingerprint: str
    is_verified: bool

    @property
    def is_over(self) -> bool:
        return self.not_after < dt.datetime.now(dt.UTC)


def shake_hands(
    connection: Connection, sock: socket.socket, timeout_s: float, *, verify: bool | None = None
) -> TlsFound:
    """Blocks. Raises `WarehouseError`; `TlsInvalid` without the facts that are in the certificate, see `explained`.

    Begins where `greet` left the socket. `verify` overrules the connection's TLS.
    """
    wire = Wire(connection, sock, timeout_s)
    if warehouse(connection.kind).protocol is WireProtocol.MYSQL:
        wire.send(struct.pack("<I", len(_MYSQL_SSL_REQUEST))[:3] + b"\x01" + _MYSQL_SSL_REQUEST)
    context = client_context(connection)
    if verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    sock.settimeout(timeout_s)
    try:
        encrypted = context.wrap_socket(sock, server_hostname=certified_name(connection) or None)
    except ssl.SSLError as error:
        raise tls_error(error, connection) from None
    except OSError as error:
        raise wire.lost(error) from None
    is_verified = context.verify_mode is ssl.CERT_REQUIRED
    return _found(encrypted, is_verified=is_verified)


def explained(error: TlsInvalid, found: TlsFound) -> CaponierError:
    """The same with what is in the certificate, which OpenSSL gives to nobody who has refused it."""
    dates = {"expired": found.not_after, "not-yet-valid": found.not_before}
    date = dates.get(str(error.facts["fault"]))
    return TlsInvalid(
        **{
            **error.facts,
            "names": ", ".join(found.names),
            "issuer": found.issuer,
            "date": f"{date:%Y-%m-%d}" if date else "",
        }
    )


def wants_tls_first(connection: Connection) -> bool:
    """Of a protocol without an offer of TLS: whether it is to be spoken inside."""
    return connection.tls.mode in (TlsMode.REQUIRE, TlsMode.VERIFY)


def _found(encrypted: ssl.SSLSocket, *, is_verified: bool) -> TlsFound:
    shown = x509.load_der_x509_certificate(encrypted.getpeercert(binary_form=True) or b"")
    return TlsFound(
        encrypted,
        encrypted.version() or "TLS",
        _common_name(shown.subject),
        _common_name(shown.issuer),
        _names(shown),
        shown.not_valid_before_utc,
        shown.not_valid_after_utc,
        f"SHA256:{shown.fingerprint(hashes.SHA256()).hex()}",
        is_verified,
    )


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return cleaned(str(found[0].value) if found else name.rfc4514_string())


def _names(shown: x509.Certificate) -> tuple[str, ...]:
    try:
        listed = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return (_common_name(shown.subject),)
    found = [*listed.get_values_for_type(x509.DNSName), *listed.get_values_for_type(x509.IPAddress)]
    return tuple(cleaned(str(each)) for each in found)
