"""SOCKS as programs speak it to a local port: version 5 (RFC 1928), and versions 4 and 4a, which some still do.

As with `ssh -D` nobody has to log in: the port is open to this computer only. Of the commands there is CONNECT alone.
"""

from __future__ import annotations

import ipaddress
import string
from dataclasses import dataclass
from enum import IntEnum

from desktop.core.model import Endpoint

# More than any request has: in version 4a, a user and a name of 255 bytes each, and 10 bytes around them.
LONGEST_BYTES = 600

_CONNECT = 1
_NO_LOGIN = 0
_NO_METHOD = bytes([5, 0xFF])
_IPV4, _NAME, _IPV6 = 1, 3, 4
# Where the bastion connects from is for nobody to know; OpenSSH's SOCKS says this, too.
_NOWHERE = bytes([0, _IPV4, 0, 0, 0, 0, 0, 0])
_NOWHERE_4 = bytes(6)
_GRANTED_4, _REFUSED_4 = 90, 91
_LETTERS = string.ascii_uppercase.encode()
_HTTP_BODY = b"""\
This is a SOCKS port of Caponier, and no HTTP proxy.

Tell your program that the proxy is one of SOCKS version 5, with names looked up by the proxy. Many programs take that
as an address that begins with socks5h:// where this one began with http://
"""
_HTTP_PAGE = b"".join(
    [
        b"HTTP/1.0 501 This is a SOCKS port, not an HTTP proxy\r\n",
        b"Content-Type: text/plain; charset=utf-8\r\n",
        b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(_HTTP_BODY),
        _HTTP_BODY,
    ]
)


class Refusal(IntEnum):
    """RFC 1928 section 6, the field REP."""

    GENERAL = 1
    NOT_ALLOWED = 2
    HOST_UNREACHABLE = 4
    REFUSED = 5
    COMMAND = 7
    ADDRESS_TYPE = 8


@dataclass(frozen=True, slots=True)
class SocksRequest:
    """Where a program wants to go, and what it is told about that in the end."""

    target: Endpoint
    version: int

    @property
    def granted(self) -> bytes:
        return _answer_5(0) if self.version == 5 else bytes([0, _GRANTED_4]) + _NOWHERE_4

    def refused(self, why: Refusal) -> bytes:
        """Version 4 has no reasons that fit."""
        return _answer_5(why) if self.version == 5 else bytes([0, _REFUSED_4]) + _NOWHERE_4


@dataclass(frozen=True, slots=True)
class Listening:
    """More is to come; until then there may be something to `say`."""

    say: bytes = b""


@dataclass(frozen=True, slots=True)
class Asked:
    """The program has asked; `rest` is what it has said after that. `say` is still owed for what was before."""

    request: SocksRequest
    rest: bytes
    say: bytes = b""


@dataclass(frozen=True, slots=True)
class Over:
    """It can't be served, and is told so, where it speaks a language that has words for it."""

    farewell: bytes = b""


Heard = Listening | Asked | Over


class SocksTalk:
    """What is said to one program before its way is asked for. No input or output."""

    def __init__(self) -> None:
        self._said = b""
        self._has_greeted = False

    def hear(self, data: bytes) -> Heard:
        """`data` came next, as it is cut by the network."""
        self._said += data
        try:
            heard = self._understand()
        except _MoreIsToComeError:
            heard = Listening()
        if isinstance(heard, Listening) and len(self._said) >= LONGEST_BYTES:
            return Over()
        return heard

    def _understand(self) -> Heard:
        if self._said[:1] == b"\x05":
            return self._version_5()
        if self._said[:1] == b"\x04" and not self._has_greeted:
            return self._version_4()
        # The name of an HTTP method. A program that speaks TLS to a proxy has no words for what would be said here.
        is_http = not self._has_greeted and self._said[0] in _LETTERS
        return Over(_HTTP_PAGE if is_http else b"")

    def _version_5(self) -> Heard:
        if self._has_greeted:
            return self._request_5()
        reader = _Reader(self._said)
        reader.take(1)
        if _NO_LOGIN not in reader.take(reader.number()):
            return Over(_NO_METHOD)
        self._has_greeted = True
        self._said = reader.rest
        say = bytes([5, _NO_LOGIN])
        # A program in a hurry does not wait for that.
        return _after(say, self.hear(b"") if self._said else Listening())

    def _request_5(self) -> Heard:
        reader = _Reader(self._said)
        _, command, _, kind = reader.take(4)
        if kind == _IPV4:
            host = str(ipaddress.IPv4Address(reader.take(4)))
        elif kind == _IPV6:
            host = str(ipaddress.IPv6Address(reader.take(16)))
        elif kind == _NAME:
            host = _name(reader.take(reader.number()))
        else:
            return Over(_answer_5(Refusal.ADDRESS_TYPE))
        port = int.from_bytes(reader.take(2), "big")
        if command != _CONNECT:
            return Over(_answer_5(Refusal.COMMAND))
        if not host:
            return Over(_answer_5(Refusal.GENERAL))
        return Asked(SocksRequest(Endpoint(host, port), 5), reader.rest)

    def _version_4(self) -> Heard:
        reader = _Reader(self._said)
        _, command = reader.take(2)
        port = int.from_bytes(reader.take(2), "big")
        address = reader.take(4)
        reader.until_zero()
        # 0.0.0.x, with x not 0, says that a name follows: version 4a.
        has_name = address[:3] == bytes(3) and address[3] != 0
        host = _name(reader.until_zero()) if has_name else str(ipaddress.IPv4Address(address))
        request = SocksRequest(Endpoint(host, port), 4)
        if command != _CONNECT or not host:
            return Over(request.refused(Refusal.COMMAND))
        return Asked(request, reader.rest)


class _MoreIsToComeError(Exception):
    """What was said so far is a part of something."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, size: int) -> bytes:
        if len(self.rest) < size:
            raise _MoreIsToComeError
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def number(self) -> int:
        return self.take(1)[0]

    def until_zero(self) -> bytes:
        taken, zero, rest = self.rest.partition(b"\0")
        if not zero:
            raise _MoreIsToComeError
        self.rest = rest
        return taken


def _answer_5(code: int) -> bytes:
    return bytes([5, code]) + _NOWHERE


def _name(written: bytes) -> str:
    """Empty where it can't be the name of a host."""
    try:
        name = written.decode()
    except UnicodeDecodeError:
        return ""
    return name if name.isprintable() and " " not in name else ""


def _after(say: bytes, heard: Heard) -> Heard:
    match heard:
        case Listening(more):
            return Listening(say + more)
        case Asked(request, rest, more):
            return Asked(request, rest, say + more)
        case Over(farewell):
            return Over(say + farewell if farewell else b"")
