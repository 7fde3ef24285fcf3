"""A connection to SQL Server as python-tds is to find it: the PRELOGIN is over, and TLS goes on underneath, if at all.

python-tds would encrypt with pyOpenSSL, and verify by rules of its own. So it is told that there is no TLS, and what it
says goes out as the two PRELOGINs have agreed (MS-TDS 2.2.6.5): all of it in TLS, the login alone, or nothing.
"""

from __future__ import annotations

import socket
import ssl
import sys

from desktop.core.tls import TlsMode
from desktop.core.warehouse_errors import TlsFailed, TlsNotOffered, WarehouseLoginFailed
from desktop.probe import tds
from desktop.probe.line import Conversation, HungUp, Line, Silence, SocketLine, TlsLine
from desktop.probe.login import LoginNotTried, LoginRequest
from desktop.probe.tds import Encryption, PacketType
from desktop.probe.tls_context import certified_name, client_context, tls_error

_READ_BYTES = 16 * 1024
_WANTS_TLS = "The server wants TLS, which is switched off for this connection, so the login was not tried."


class LoginEnded(Exception):
    """The login is over, by an `error` or, without one, because the server named another one to go to."""

    def __init__(self, error: BaseException | None) -> None:
        super().__init__()
        self.error = error


class TdsWire:
    """The socket as pytds uses it. It may be a pair's, which has none of TCP's options.

    pytds closes it when a login fails, and then waits and tries once more; and where a server names another one to log
    in to, and then connects to that from this computer, with the password. Neither comes to pass: `close` ends both.
    """

    def __init__(self, sock: socket.socket, line: Line, after_login: Line) -> None:
        self._sock = sock
        self._line = line
        self._after_login = after_login
        self.is_logging_in = True
        self.failure: OSError | None = None
        # The answer to the PRELOGIN of pytds, which does not go out.
        self._heard = tds.prelogin(Encryption.NOT_SUPPORTED, PacketType.RESPONSE)

    def setsockopt(self, *_: object) -> None:
        """Not needed."""

    def settimeout(self, timeout_s: float | None) -> None:
        self._sock.settimeout(timeout_s)

    def gettimeout(self) -> float | None:
        return self._sock.gettimeout()

    def sendall(self, data: bytes | bytearray, _flags: int = 0) -> None:
        """One packet, as pytds has it."""
        if tds.is_end_of(PacketType.PRELOGIN, data):
            return
        try:
            self._line.say(bytes(data))
        except OSError as error:
            self.failure = self.failure or error
            raise
        if tds.is_end_of(PacketType.LOGIN, data):
            self._line = self._after_login

    def recv(self, size: int, _flags: int = 0) -> bytes:
        try:
            heard = self._heard or self._line.hear()
        except OSError as error:
            self.failure = self.failure or error
            raise
        self._heard = heard[size:]
        return heard[:size]

    def recv_into(self, buffer: bytearray | memoryview, size: int = 0, flags: int = 0) -> int:
        data = self.recv(size or len(buffer), flags)
        buffer[: len(data)] = data
        return len(data)

    def shutdown(self, how: int = socket.SHUT_RDWR) -> None:
        self._sock.shutdown(how)

    def close(self) -> None:
        self._sock.close()
        if self.is_logging_in:
            self.is_logging_in = False
            error = sys.exc_info()[1]
            raise LoginEnded(error)


class _Bare:
    """Implements `Line`: the socket with its own timeout, for each answer. What it raises, passes."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def say(self, data: bytes) -> None:
        self._sock.sendall(data)

    def hear(self, within_s: float | None = None) -> bytes:
        if within_s is not None:
            self._sock.settimeout(within_s)
        return self._sock.recv(_READ_BYTES)


def open_wire(request: LoginRequest) -> TdsWire:
    """Agrees with the server on TLS, and shakes hands; blocks for `timeout_s` at most.

    No password is said. Raises `WarehouseError`, and `LoginNotTried` where TLS is switched off here and wanted there.
    """
    line, bare = SocketLine(request.sock, request.timeout_s), _Bare(request.sock)
    try:
        agreed = _agreed(request, line)
        if agreed is Encryption.NOT_SUPPORTED:
            return TdsWire(request.sock, bare, bare)
        inside = _encrypted(request, line, bare)
    except Silence:
        raise request.lost(TimeoutError()) from None
    return TdsWire(request.sock, inside, bare if agreed is Encryption.OFF else inside)


def _agreed(request: LoginRequest, line: SocketLine) -> Encryption:
    """What the server has answered, where that is enough for the connection's mode: automatic asks for all there is."""
    mode = request.connection.tls.mode
    conversation = Conversation(line)
    conversation.ask(tds.prelogin(Encryption.NOT_SUPPORTED if mode is TlsMode.OFF else Encryption.ON))
    heard = conversation.hear_until(tds.is_whole)
    if not heard:
        raise request.lost(None)
    answer = tds.encryption_of(heard)
    if answer is None:
        raise request.refusal(WarehouseLoginFailed, "an answer that is not SQL Server's")
    if mode is TlsMode.OFF and answer is not Encryption.NOT_SUPPORTED:
        raise LoginNotTried(_WANTS_TLS)
    if mode in (TlsMode.REQUIRE, TlsMode.VERIFY):
        if answer is Encryption.NOT_SUPPORTED:
            raise TlsNotOffered(**request.about)
        if answer is Encryption.OFF:
            raise TlsFailed(**request.about, detail="it would encrypt the login alone")
    return answer


def _encrypted(request: LoginRequest, line: SocketLine, bare: _Bare) -> TlsLine:
    context = client_context(request.connection)
    # TLS 1.3, which has more to say after its handshake, came to SQL Server with TDS 8.0 and without PRELOGIN packets
    # (Microsoft's documentation, "TDS 8.0").
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    packets = tds.InPackets(line)
    try:
        inside = TlsLine(packets, context, certified_name(request.connection))
    except ssl.SSLError as error:
        raise tls_error(error, request.connection) from None
    except HungUp:
        raise TlsFailed(**request.about, detail="it hung up") from None
    except ValueError:
        # A name that Python's ssl refuses to look for.
        raise TlsFailed(**request.about, detail="the name in the certificate can't be one") from None
    packets.go_bare(bare)
    return inside
