"""A stand-in for SQL Server, which no test can start: PRELOGIN, TLS, one login and one query, by [MS-TDS]."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from desktop.core.model import Endpoint
from tests.support.authority import ServerCertificate
from tests.support.echo import TcpService

# [MS-TDS] 2.2.3.1.1, types of packets.
_BATCH, _RESPONSE, _LOGIN, _PRELOGIN = 0x01, 0x04, 0x10, 0x12
_VERSION = bytes([16, 0, 4, 53, 0, 0])
VERSION_SAID = "16.0.1077.1"


class Setting(Enum):
    """How the server is set up; the answers to ENCRYPT_OFF, _ON and _NOT_SUP ([MS-TDS] 2.2.6.5, its last table)."""

    WITHOUT_TLS = (2, 2, 2)
    WHERE_ASKED = (0, 1, 2)
    FORCED = (3, 1, 3)
    # Against that table: ENCRYPT_OFF for everybody with TLS.
    LOGIN_ALONE = (0, 0, 2)
    # There is no such answer.
    UNHEARD_OF = (9, 9, 9)


@dataclass(frozen=True, slots=True)
class Login:
    """What a LOGIN7 had in it; `tls` is the version that it came in, empty in clear."""

    user: str
    password: str
    database: str
    tls: str


@dataclass(slots=True)
class SqlServer:
    """Notes every byte that is to be seen between client and server, and the logins and queries that came of them."""

    setting: Setting
    shown: ServerCertificate | None = None
    refusals: Sequence[tuple[int, str]] = ()
    bare: bytes = b""
    logins: list[Login] = field(default_factory=list)
    queries: list[tuple[str, str]] = field(default_factory=list)

    @contextlib.contextmanager
    def running(self) -> Iterator[Endpoint]:
        with TcpService(self._serve) as service:
            yield service.endpoint

    def _serve(self, client: socket.socket) -> None:
        talk = _Talk(client, self)
        with contextlib.suppress(EOFError, ssl.SSLError, ConnectionError):
            asked = _encryption_asked_for(talk.message(_PRELOGIN))
            answer = self.setting.value[asked]
            talk.say(prelogin_answer(answer))
            if answer in (0, 1, 3) and asked != 2:
                talk.encrypt()
            login = _login(talk.message(_LOGIN), talk.tls)
            self.logins.append(login)
            if answer == 0:
                talk.go_bare()
            if self.refusals:
                talk.say(refusal(*self.refusals))
                return
            talk.say(response(_database_changed(login.database) + _login_accepted() + _done()))
            # [MS-TDS] 2.2.6.7: headers, whose length comes first, and the text.
            batch = talk.message(_BATCH)
            self.queries.append((batch[struct.unpack_from("<I", batch)[0] :].decode("utf-16-le"), talk.tls))
            talk.say(response(_one_row(VERSION_SAID)))
            talk.wait_for_end()


class _Talk:
    """One client: packets in and out, bare or in TLS."""

    def __init__(self, client: socket.socket, server: SqlServer) -> None:
        self._client = client
        self._server = server
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls: ssl.SSLObject | None = None
        self._heard = b""

    @property
    def tls(self) -> str:
        return (self._tls.version() or "") if self._tls is not None else ""

    def message(self, kind: int) -> bytes:
        """The bodies of all packets of the next message."""
        body, is_last = b"", False
        while not is_last:
            head = self._exactly(8)
            assert head[0] == kind, f"a packet of type {head[0]:#x}"
            body += self._exactly(int.from_bytes(head[2:4], "big") - 8)
            is_last = bool(head[1] & 1)
        return body

    def say(self, packet: bytes) -> None:
        if self._tls is None:
            self._client.sendall(packet)
        else:
            self._tls.write(packet)
            self._client.sendall(self._outgoing.read())

    def encrypt(self) -> None:
        """[MS-TDS] 3.3.5.2: the handshake is in PRELOGIN packets."""
        assert self._server.shown is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._server.shown.certificate_path, self._server.shown.key_path)
        tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._say_handshake()
                self._incoming.write(self.message(_PRELOGIN))
        self._say_handshake()
        self._tls = tls

    def go_bare(self) -> None:
        self._tls = None

    def wait_for_end(self) -> None:
        while True:
            self._exactly(1)

    def _say_handshake(self) -> None:
        # In two packets where it can be: drivers have to put them together.
        said = self._outgoing.read()
        for part in (said[:700], said[700:]):
            if part:
                self._client.sendall(_packet(_PRELOGIN, part))

    def _exactly(self, size: int) -> bytes:
        while len(self._heard) < size:
            self._heard += self._more()
        found, self._heard = self._heard[:size], self._heard[size:]
        return found

    def _more(self) -> bytes:
        while True:
            if self._tls is not None:
                with contextlib.suppress(ssl.SSLWantReadError):
                    return self._tls.read(4096)
            raw = self._client.recv(4096)
            if not raw:
                raise EOFError
            self._server.bare += raw
            if self._tls is None:
                return raw
            self._incoming.write(raw)


def scrambled(password: str) -> bytes:
    """[MS-TDS] 2.2.6.4: the halves of each byte are swapped, and XOR 0xA5. Anybody can undo it."""
    return bytes(((byte << 4 | byte >> 4) & 0xFF) ^ 0xA5 for byte in password.encode("utf-16-le"))


def prelogin_answer(encryption: int) -> bytes:
    """[MS-TDS] 2.2.6.5: options VERSION and ENCRYPTION."""
    options = struct.pack(">BHHBHHB", 0, 11, len(_VERSION), 1, 11 + len(_VERSION), 1, 0xFF)
    return response(options + _VERSION + bytes([encryption]))


def response(tokens: bytes) -> bytes:
    """[MS-TDS] 2.2.3.1: a tabular result, the last packet of it."""
    return _packet(_RESPONSE, tokens)


def refusal(*errors: tuple[int, str]) -> bytes:
    """[MS-TDS] 2.2.7.10, ERROR, and 2.2.7.6, DONE with an error."""
    return response(b"".join(_error(*each) for each in errors) + _done(status=2))


def sent_on(host: str, port: int) -> bytes:
    """[MS-TDS] 2.2.7.9, ENVCHANGE of type 20: the client is to log in there instead."""
    way = struct.pack("<BHH", 0, port, len(host)) + host.encode("utf-16-le")
    body = b"\x14" + struct.pack("<H", len(way)) + way + b"\0\0"
    return response(_login_accepted() + b"\xe3" + struct.pack("<H", len(body)) + body + _done())


def _packet(kind: int, data: bytes) -> bytes:
    return struct.pack(">BBHHBB", kind, 1, len(data) + 8, 0, 1, 0) + data


def _encryption_asked_for(options: bytes) -> int:
    for place in range(0, len(options), 5):
        if options[place] == 1:
            return options[int.from_bytes(options[place + 1 : place + 3], "big")]
    raise AssertionError("no ENCRYPTION")


def _login(body: bytes, tls: str) -> Login:
    """[MS-TDS] 2.2.6.4: places, from the beginning, and lengths in characters stand at fixed places."""

    def field_at(place: int) -> bytes:
        start, size = struct.unpack_from("<HH", body, place)
        return body[start : start + 2 * size]

    password = bytes(((byte ^ 0xA5) << 4 | (byte ^ 0xA5) >> 4) & 0xFF for byte in field_at(44))
    user, database = field_at(40).decode("utf-16-le"), field_at(68).decode("utf-16-le")
    return Login(user, password.decode("utf-16-le"), database, tls)


def _short(text: str) -> bytes:
    """B_VARCHAR ([MS-TDS] 2.2.5.1.2)."""
    return bytes([len(text)]) + text.encode("utf-16-le")


def _error(number: int, words: str) -> bytes:
    body = struct.pack("<iBBH", number, 1, 14, len(words)) + words.encode("utf-16-le") + b"\0\0" + bytes(4)
    return b"\xaa" + struct.pack("<H", len(body)) + body


def _database_changed(name: str) -> bytes:
    """[MS-TDS] 2.2.7.9, ENVCHANGE of type 1."""
    body = b"\x01" + _short(name or "master") + _short("master")
    return b"\xe3" + struct.pack("<H", len(body)) + body


def _login_accepted() -> bytes:
    """[MS-TDS] 2.2.7.14, LOGINACK: TDS 7.4."""
    body = b"\x01" + bytes.fromhex("74000004") + _short("Microsoft SQL Server") + _VERSION[:4]
    return b"\xad" + struct.pack("<H", len(body)) + body


def _one_row(value: str) -> bytes:
    """[MS-TDS] 2.2.7.4, COLMETADATA of one nvarchar(128); 2.2.7.19, ROW; DONE with a count."""
    column = struct.pack("<HIHBH", 1, 0, 9, 0xE7, 256) + bytes.fromhex("0904d00034") + _short("")
    data = value.encode("utf-16-le")
    return b"\x81" + column + b"\xd1" + struct.pack("<H", len(data)) + data + _done(status=0x10, rows=1)


def _done(status: int = 0, rows: int = 0) -> bytes:
    """[MS-TDS] 2.2.7.6."""
    return b"\xfd" + struct.pack("<HHQ", status, 0, rows)
