"""A login to PostgreSQL and its family with pg8000, whose errors become ours here.

pg8000 takes a connected socket (`sock` of `pg8000.native.Connection`; `_make_socket` in its core.py), asks for TLS on
it by SSLRequest, and goes on in clear only where it got no context.
"""

from __future__ import annotations

import contextlib
import ssl
import struct

import pg8000.native
import scramp

from desktop.core.identity import WarehouseIdentity
from desktop.core.tls import TlsMode
from desktop.core.warehouse_errors import (
    TlsNotOffered,
    TlsRequired,
    WarehouseAuthRejected,
    WarehouseClientNotAllowed,
    WarehouseDatabaseMissing,
    WarehouseError,
    WarehouseLoginFailed,
    WarehousePasswordNeeded,
    WarehouseStarting,
    WarehouseTooManyConnections,
)
from desktop.probe.login import PROGRAM_NAME, LoggedIn, LoginRequest, Refusals, refusal_for
from desktop.probe.said import cleaned
from desktop.probe.tls_context import certified_name, client_context, tls_error

# PostgreSQL documentation, appendix A, "PostgreSQL Error Codes".
_REFUSALS: Refusals = {
    "28P01": WarehouseAuthRejected,
    "28000": WarehouseAuthRejected,
    "3D000": WarehouseDatabaseMissing,
    "53300": WarehouseTooManyConnections,
    "57P01": WarehouseStarting,
    "57P03": WarehouseStarting,
}
# What ClientAuthentication in PostgreSQL's auth.c says of a connection without TLS: since version 14, and before.
_IN_CLEAR = ("no encryption", "SSL off")
_FOREIGN = (pg8000.native.Error, OSError, scramp.ScramException, struct.error, KeyError, ValueError)


def log_in(request: LoginRequest) -> LoggedIn:
    """Blocks, at most `timeout_s` for each answer. Raises `WarehouseError`."""
    request.sock.settimeout(request.timeout_s)
    try:
        opened = _open(request)
    except AttributeError:
        # How pg8000 takes it where SCRAM is wanted and there is no password.
        raise _password_needed(request) from None
    except _FOREIGN as error:
        raise _translated(error, request) from None
    with contextlib.closing(opened):
        try:
            opened.run("SELECT 1")
        except _FOREIGN as error:
            raise _translated(error, request) from None
        said = opened.parameter_statuses.get("server_version", "")
        version = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        number = _system_identifier(opened)
    return LoggedIn(cleaned(version), WarehouseIdentity(system_identifier=number))


def _open(request: LoginRequest) -> pg8000.native.Connection:
    connection = request.connection
    return pg8000.native.Connection(
        connection.warehouse_user,
        host=certified_name(connection) or None,
        database=connection.database or None,
        password=request.password,
        ssl_context=_context(request),
        application_name=PROGRAM_NAME,
        sock=request.sock,
    )


def _context(request: LoginRequest) -> ssl.SSLContext | bool | None:
    """In pg8000's words: False for never, None for where the server has it."""
    match request.connection.tls.mode:
        case TlsMode.OFF:
            return False
        case TlsMode.AUTO:
            return None
        case _:
            return client_context(request.connection)


def _system_identifier(opened: pg8000.native.Connection) -> str:
    """Of the data, and so of a server and its standbys; others of the family have no such function."""
    try:
        rows = opened.run("SELECT system_identifier FROM pg_control_system()")
    except _FOREIGN:
        return ""
    return cleaned(str(rows[0][0])) if rows else ""


def _translated(error: Exception, request: LoginRequest) -> WarehouseError:
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLError):
        return tls_error(cause, request.connection)
    if isinstance(error, pg8000.native.DatabaseError):
        return _refusal(error, request)
    if isinstance(cause, OSError):
        return request.lost(cause)
    said = str(error)
    # Sentences of pg8000's core.py, which has no codes for them.
    if said == "network error":
        return request.lost(None)
    if said == "Server refuses SSL":
        return TlsNotOffered(**request.about)
    if "no password was provided" in said:
        return _password_needed(request)
    return request.refusal(WarehouseLoginFailed, said)


def _password_needed(request: LoginRequest) -> WarehouseError:
    user = request.connection.warehouse_user
    return WarehousePasswordNeeded(target=request.about["target"], user=user, store="")


def _refusal(error: Exception, request: LoginRequest) -> WarehouseError:
    """The fields are those of ErrorResponse (PostgreSQL documentation, "Error and Notice Message Fields")."""
    fields = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    said, code = str(fields.get("M", "")), str(fields.get("C", ""))
    if code == "28000" and "pg_hba.conf" in said:
        is_off = request.connection.tls.mode is TlsMode.OFF
        if is_off and any(words in said for words in _IN_CLEAR):
            return TlsRequired(**request.about)
        return request.refusal(WarehouseClientNotAllowed, said)
    return refusal_for(request, code, said, _REFUSALS)
