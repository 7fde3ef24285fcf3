"""A login to SQL Server with python-tds, whose errors become ours here.

python-tds takes a connected socket (`sock` of `pytds.connect`); how it is encrypted is the business of `tds_wire`.
"""

from __future__ import annotations

import contextlib
import struct
from typing import Any

import pytds

from desktop.core.warehouse_errors import (
    WarehouseAuthRejected,
    WarehouseClientNotAllowed,
    WarehouseDatabaseMissing,
    WarehouseError,
    WarehouseLoginFailed,
    WarehouseStarting,
    WarehouseTooManyConnections,
)
from desktop.probe.login import PROGRAM_NAME, LoggedIn, LoginNotTried, LoginRequest, Refusals, refusal_for
from desktop.probe.said import cleaned
from desktop.probe.tds_wire import LoginEnded, TdsWire, open_wire
from desktop.probe.tls_context import certified_name

# SQL Server documentation, "Database Engine events and errors"; 40xxx and 10928 are Azure's.
_REFUSALS: Refusals = {
    "4060": WarehouseDatabaseMissing,
    "6005": WarehouseStarting,
    "10928": WarehouseTooManyConnections,
    "17809": WarehouseTooManyConnections,
    "18401": WarehouseStarting,
    "18456": WarehouseAuthRejected,
    "18486": WarehouseAuthRejected,
    "18487": WarehouseAuthRejected,
    "18488": WarehouseAuthRejected,
    "40613": WarehouseStarting,
    "40615": WarehouseClientNotAllowed,
}
_SENT_ON = "The server sends its clients on to another one, so there was no login."
_FOREIGN = (pytds.Error, OSError, struct.error, ValueError, IndexError)


def log_in(request: LoginRequest) -> LoggedIn:
    """Blocks, at most `timeout_s` for each answer. Raises `WarehouseError` and `LoginNotTried`."""
    wire = open_wire(request)
    try:
        with contextlib.closing(_open(request, wire)) as opened, opened.cursor() as cursor:
            wire.is_logging_in = False
            cursor.execute("SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128))")
            row = cursor.fetchone()
    except LoginEnded as ended:
        if ended.error is None:
            raise LoginNotTried(_SENT_ON) from None
        raise _translated(ended.error, wire, request) from None
    except _FOREIGN as error:
        raise _translated(error, wire, request) from None
    return LoggedIn(cleaned(str(row[0])) if row else "")


def _open(request: LoginRequest, wire: TdsWire) -> Any:
    connection = request.connection
    return pytds.connect(
        # Only for the server to read; a backslash would begin an instance's name, to be asked for by UDP.
        dsn=certified_name(connection).replace("\\", "") or "localhost",
        port=1433,
        database=connection.database,
        user=connection.warehouse_user,
        password=request.password or "",
        sock=wire,
        login_timeout=request.timeout_s,
        timeout=request.timeout_s,
        disable_connect_retry=True,
        autocommit=True,
        appname=PROGRAM_NAME,
    )


def _translated(error: BaseException, wire: TdsWire, request: LoginRequest) -> WarehouseError:
    if wire.failure is not None or isinstance(error, OSError | pytds.ClosedConnectionError):
        return request.lost(wire.failure)
    said = str(error)
    code = str(getattr(error, "msg_no", ""))
    # The database's refusal comes first, and then that of the login.
    if "Cannot open database" in said:
        code = "4060"
    return (
        refusal_for(request, code, said, _REFUSALS) if code else request.refusal(WarehouseLoginFailed, said)
    )
