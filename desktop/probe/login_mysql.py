"""A login to MySQL and its family with PyMySQL, whose errors become ours here.

PyMySQL takes a connected socket: `Connection(defer_connect=True)`, then `connect(sock)`. A login that succeeds sets the
server's counter of this host's broken handshakes back (MySQL Reference Manual, "Host Cache").
"""

from __future__ import annotations

import contextlib
import ssl
import struct

import pymysql

from desktop.core.identity import WarehouseIdentity
from desktop.core.tls import TlsMode
from desktop.core.warehouse_errors import (
    TlsNotOffered,
    TlsRequired,
    WarehouseAuthRejected,
    WarehouseClientNotAllowed,
    WarehouseDatabaseMissing,
    WarehouseError,
    WarehouseHostBlocked,
    WarehouseLoginFailed,
    WarehouseStarting,
    WarehouseTooManyConnections,
)
from desktop.probe.login import PROGRAM_NAME, LoggedIn, LoginRequest, Refusals, refusal_for
from desktop.probe.said import cleaned
from desktop.probe.tls_context import certified_name, client_context, tls_error

# MySQL Error Message Reference and MariaDB's "Error Codes". Who has no right to a database is told so (1044) whether it
# exists or not.
_REFUSALS: Refusals = {
    "1040": WarehouseTooManyConnections,
    "1044": WarehouseDatabaseMissing,
    "1045": WarehouseAuthRejected,
    "1049": WarehouseDatabaseMissing,
    "1053": WarehouseStarting,
    "1129": WarehouseHostBlocked,
    "1130": WarehouseClientNotAllowed,
    "1203": WarehouseTooManyConnections,
    "1226": WarehouseTooManyConnections,
    "1698": WarehouseAuthRejected,
    "3118": WarehouseAuthRejected,
    "4151": WarehouseAuthRejected,
}
_SECURE_TRANSPORT_REQUIRED = "3159"
# PyMySQL's own (constants/CR.py): an OSError, lost, gone, and no TLS where it is wanted.
_CONNECT_FAILED, _GONE, _LOST, _NO_TLS = "2003", "2006", "2013", "2026"
_FOREIGN = (pymysql.err.Error, OSError, struct.error, ValueError, IndexError)


def log_in(request: LoginRequest) -> LoggedIn:
    """Blocks, at most `timeout_s` for each answer. Raises `WarehouseError`."""
    opened = _client(request)
    try:
        opened.connect(request.sock)
        with contextlib.closing(opened), opened.cursor() as cursor:
            cursor.execute("SELECT 1")
            return LoggedIn(cleaned(opened.get_server_info()), _identity(cursor))
    except _FOREIGN as error:
        raise _translated(error, request) from None


def _client(request: LoginRequest) -> pymysql.Connection:
    connection, mode = request.connection, request.connection.tls.mode
    has_to = mode in (TlsMode.REQUIRE, TlsMode.VERIFY)
    return pymysql.Connection(
        user=connection.warehouse_user,
        # PyMySQL would take text for Latin-1.
        password=(request.password or "").encode(),
        host=certified_name(connection) or None,
        database=connection.database or None,
        ssl=client_context(connection) if has_to else None,
        ssl_disabled=mode is TlsMode.OFF,
        read_timeout=request.timeout_s,
        write_timeout=request.timeout_s,
        charset="utf8mb4",
        program_name=PROGRAM_NAME,
        defer_connect=True,
    )


def _identity(cursor: pymysql.cursors.Cursor) -> WarehouseIdentity:
    """MariaDB has no @@server_uuid."""
    try:
        cursor.execute("SELECT @@server_uuid")
        row = cursor.fetchone()
    except pymysql.err.Error:
        return WarehouseIdentity()
    return WarehouseIdentity(system_identifier=cleaned(str(row[0])) if row else "")


def _translated(error: Exception, request: LoginRequest) -> WarehouseError:
    beneath = getattr(error, "original_exception", error)
    if isinstance(beneath, ssl.SSLError):
        return tls_error(beneath, request.connection)
    if isinstance(beneath, OSError):
        return request.lost(beneath)
    code, said = (str(each) for each in (*error.args, "", "")[:2])
    if code in (_GONE, _LOST, _CONNECT_FAILED):
        return request.lost(TimeoutError() if "timed out" in said else None)
    if code == _NO_TLS:
        return TlsNotOffered(**request.about)
    if code == _SECURE_TRANSPORT_REQUIRED:
        return TlsRequired(**request.about)
    if isinstance(error, pymysql.err.Error):
        return refusal_for(request, code, said, _REFUSALS)
    return request.refusal(WarehouseLoginFailed, "an answer that is not MySQL's")
