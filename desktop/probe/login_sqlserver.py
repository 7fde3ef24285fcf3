"""A login to SQL Server with python-tds, whose errors become ours here.

python-tds takes a connected socket (`sock` of `pytds.connect`) and encrypts with a compiled library of its own that is
not among ours, so this login goes in clear between bastion and warehouse, and is not tried where that is not wanted.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
from typing import Any

import pytds

from desktop.core.tls import TlsMode
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
_NOT_IN_CLEAR = "Caponier logs in to SQL Server without TLS only, so the login was not tried."
_SENT_ON = "The server sends its clients on to another one, so there was no login."
_FOREIGN = (pytds.Error, OSError, struct.error, ValueError, IndexError)
_HEADER_BYTES = 8
_ENCRYPTION, _END_OF_OPTIONS = 1, 0xFF
_NOT_SUPPORTED = 2


def log_in(request: LoginRequest) -> LoggedIn:
    """Blocks, at most `timeout_s` for each answer. Raises `WarehouseError` and `LoginNotTried`."""
    if request.connection.tls.mode in (TlsMode.REQUIRE, TlsMode.VERIFY):
        raise LoginNotTried(_NOT_IN_CLEAR)
    wire = _Wire(request.sock)
    try:
        with contextlib.closing(_open(request, wire)) as opened, opened.cursor() as cursor:
            wire.is_logging_in = False
            cursor.execute("SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128))")
            row = cursor.fetchone()
    except _Ended as ended:
        if ended.error is None:
            raise LoginNotTried(_SENT_ON) from None
        if isinstance(ended.error, _WantsTls):
            raise LoginNotTried(f"The server wants TLS. {_NOT_IN_CLEAR}") from None
        raise _translated(ended.error, wire, request) from None
    except _FOREIGN as error:
        raise _translated(error, wire, request) from None
    return LoggedIn(cleaned(str(row[0])) if row else "")


def _open(request: LoginRequest, wire: _Wire) -> Any:
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


class _WantsTls(Exception):
    """The server goes on with TLS, at least for the login."""


class _Ended(Exception):
    """The login is over, by an `error` or, without one, because the server named another one to go to."""

    def __init__(self, error: BaseException | None) -> None:
        super().__init__()
        self.error = error


class _Wire:
    """The socket as pytds uses it. It may be a pair's, which has none of TCP's options.

    pytds closes it when a login fails, and then waits and tries once more; and where a server names another one to log
    in to, and then connects to that from this computer, with the password. Neither comes to pass: `close` ends both.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.is_logging_in = True
        self.failure: OSError | None = None
        self._prelogin = b""

    def setsockopt(self, *_: object) -> None:
        """Not needed."""

    def settimeout(self, timeout_s: float | None) -> None:
        self._sock.settimeout(timeout_s)

    def gettimeout(self) -> float | None:
        return self._sock.gettimeout()

    def sendall(self, data: bytes, flags: int = 0) -> None:
        try:
            self._sock.sendall(data, flags)
        except OSError as error:
            self.failure = self.failure or error
            raise

    def recv(self, size: int, flags: int = 0) -> bytes:
        try:
            data = self._sock.recv(size, flags)
        except OSError as error:
            self.failure = self.failure or error
            raise
        self._read_prelogin(data)
        return data

    def recv_into(self, buffer: bytearray | memoryview, size: int = 0, flags: int = 0) -> int:
        data = self.recv(size or len(buffer), flags)
        buffer[: len(data)] = data
        return len(data)

    def _read_prelogin(self, data: bytes) -> None:
        """pytds fails on a server that goes on with TLS by an exception of no kind."""
        if len(self._prelogin) < _most_of(self._prelogin):
            self._prelogin += data
            if (
                len(self._prelogin) >= _most_of(self._prelogin)
                and _encryption(self._prelogin) != _NOT_SUPPORTED
            ):
                raise _WantsTls

    def shutdown(self, how: int = socket.SHUT_RDWR) -> None:
        self._sock.shutdown(how)

    def close(self) -> None:
        self._sock.close()
        if self.is_logging_in:
            self.is_logging_in = False
            error = sys.exc_info()[1]
            raise _Ended(error)


def _most_of(packet: bytes) -> int:
    """How long a TDS packet is, by its header ([MS-TDS] 2.2.3.1)."""
    return int.from_bytes(packet[2:4], "big") if len(packet) >= _HEADER_BYTES else _HEADER_BYTES


def _encryption(packet: bytes) -> int:
    """The option ENCRYPTION of a PRELOGIN ([MS-TDS] 2.2.6.5): each is listed by a number, an offset and a length."""
    options = packet[_HEADER_BYTES:]
    for place in range(0, len(options) - 4, 5):
        if options[place] == _END_OF_OPTIONS:
            break
        if options[place] == _ENCRYPTION:
            return options[int.from_bytes(options[place + 1 : place + 3], "big") :][0]
    return _NOT_SUPPORTED


def _translated(error: BaseException, wire: _Wire, request: LoginRequest) -> WarehouseError:
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
