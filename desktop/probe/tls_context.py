"""How a connection's TLS is set up for a client: the context, the name to check, and what becomes of its errors."""

from __future__ import annotations

import ssl

from desktop.core.model import Connection, Endpoint
from desktop.core.tls import TlsMode
from desktop.core.warehouse_errors import TlsFailed, TlsFault, TlsFileUnreadable, TlsInvalid, WarehouseError
from desktop.core.warehouses import WireProtocol, warehouse
from desktop.probe.said import cleaned

_HTTPS_PORT = 443
# TLS comes before everything else there, on a port of its own, or not at all.
_TLS_BEFORE_ALL = frozenset(
    {WireProtocol.HTTP, WireProtocol.CLICKHOUSE, WireProtocol.MONGODB, WireProtocol.REDIS}
)
# X509_V_ERR_... of OpenSSL's <openssl/x509_vfy.h>.
_FAULTS = {
    9: TlsFault.NOT_YET_VALID,
    10: TlsFault.EXPIRED,
    18: TlsFault.SELF_SIGNED,
    19: TlsFault.UNKNOWN_AUTHORITY,
    20: TlsFault.UNKNOWN_AUTHORITY,
    21: TlsFault.UNKNOWN_AUTHORITY,
    62: TlsFault.WRONG_NAME,
    64: TlsFault.WRONG_NAME,
}


def client_context(connection: Connection) -> ssl.SSLContext:
    """Verifies only where that is asked for. Blocks for a small file; raises `TlsFileUnreadable`."""
    path = connection.tls.ca_file if connection.tls.mode is TlsMode.VERIFY else ""
    try:
        context = ssl.create_default_context(cafile=path or None)
    except (OSError, ssl.SSLError) as error:
        reason = (
            "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror or str(error)
        )
        raise TlsFileUnreadable(path=path, reason=reason) from None
    return context if connection.tls.mode is TlsMode.VERIFY else _unbelieving(context)


def unverified_context() -> ssl.SSLContext:
    """For who only wants to see the certificate."""
    return _unbelieving(ssl.create_default_context())


def _unbelieving(context: ssl.SSLContext) -> ssl.SSLContext:
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def certified_name(connection: Connection) -> str:
    """The name that the certificate has to be for; empty where nobody said one."""
    target = connection.forward.target
    host = target.host if isinstance(target, Endpoint) else ""
    return connection.tls.server_name or host


def begins_with_tls(connection: Connection) -> bool:
    """Whether the very first thing said to this warehouse is a TLS handshake."""
    entry = warehouse(connection.kind)
    if entry.protocol not in _TLS_BEFORE_ALL:
        return entry.protocol is WireProtocol.TLS
    if connection.tls.mode is not TlsMode.AUTO:
        return connection.tls.mode is not TlsMode.OFF
    target = connection.forward.target
    return isinstance(target, Endpoint) and target.port in (entry.tls_port, _HTTPS_PORT)


def tls_error(error: ssl.SSLError | ssl.CertificateError, connection: Connection) -> WarehouseError:
    about = {"target": str(connection.forward.target), "kind": connection.kind}
    if not isinstance(error, ssl.SSLCertVerificationError):
        return TlsFailed(**about, detail=cleaned(error.reason or str(error)).lower().replace("_", " "))
    fault = _FAULTS.get(error.verify_code, TlsFault.OTHER)
    unknown = {"names": "", "issuer": "", "date": ""}
    detail = cleaned(error.verify_message)
    return TlsInvalid(**about, **unknown, fault=fault, name=certified_name(connection), detail=detail)
