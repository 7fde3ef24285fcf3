"""Asking a SOCKS5 proxy for a way to a server (RFC 1928), with a login if it wants one (RFC 1929)."""

from __future__ import annotations

import ipaddress

from desktop.core.model import Endpoint
from desktop.ssh.proxy_answers import LoginRefused, NoSuchProxy, NoWay, ProxyLogin, WayForbidden
from desktop.ssh.proxy_talk import ProxyTalk

_VERSION, _LOGIN_VERSION = 5, 1
_CONNECT = 1
_IPV4, _NAME, _IPV6 = 1, 3, 4
_NO_LOGIN, _BY_PASSWORD, _NONE_FITS = 0, 2, 0xFF
# RFC 1929 section 2 and RFC 1928 section 5 have one byte for a length.
_LONGEST = 255
# RFC 1928 section 6, in the words of that section.
_REPLIES = {
    1: "general SOCKS server failure",
    2: "connection not allowed by ruleset",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "TTL expired",
    7: "command not supported",
    8: "address type not supported",
}
_FOR_GOOD = (2, 7, 8)


def ask_socks(talk: ProxyTalk, target: Endpoint, login: ProxyLogin | None) -> None:
    """Return when the stream leads to `target`, whose name the proxy looks up.

    Raises as `proxy_answers` has it, and as `talk` does.
    """
    _agree_on_login(talk, login)
    talk.say(bytes([_VERSION, _CONNECT, 0]) + _place(target))
    _, reply, _, kind = _checked(talk.hear(4))
    if reply:
        words = _REPLIES.get(reply, f"reply {reply}")
        raise WayForbidden(words) if reply in _FOR_GOOD else NoWay(words)
    _pass_over_address(talk, kind)


def _agree_on_login(talk: ProxyTalk, login: ProxyLogin | None) -> None:
    methods = [_NO_LOGIN] if login is None else [_NO_LOGIN, _BY_PASSWORD]
    talk.say(bytes([_VERSION, len(methods), *methods]))
    _, method = _checked(talk.hear(2))
    if method == _BY_PASSWORD and login is not None:
        _log_in(talk, login)
    elif method == _NONE_FITS:
        raise LoginRefused
    elif method != _NO_LOGIN:
        raise NoSuchProxy(bytes([_VERSION, method]))


def _log_in(talk: ProxyTalk, login: ProxyLogin) -> None:
    user, password = (text.encode(errors="surrogatepass") for text in (login.user, login.password))
    if not 0 < len(user) <= _LONGEST or not 0 < len(password) <= _LONGEST:
        raise LoginRefused
    talk.say(bytes([_LOGIN_VERSION, len(user)]) + user + bytes([len(password)]) + password)
    if talk.hear(2)[1]:
        raise LoginRefused


def _checked(answer: bytes) -> bytes:
    if answer[0] != _VERSION:
        raise NoSuchProxy(answer)
    return answer


def _place(target: Endpoint) -> bytes:
    try:
        address = ipaddress.ip_address(target.host.partition("%")[0])
    except ValueError:
        name = _wire_name(target.host)
        host = bytes([_NAME, len(name)]) + name
    else:
        host = bytes([_IPV4 if address.version == 4 else _IPV6]) + address.packed
    return host + target.port.to_bytes(2, "big")


def _wire_name(name: str) -> bytes:
    try:
        encoded = name.encode("ascii") if name.isascii() else name.encode("idna")
    except UnicodeError:
        encoded = b""
    if not 0 < len(encoded) <= _LONGEST:
        raise WayForbidden("such a name can't be asked for")
    return encoded


def _pass_over_address(talk: ProxyTalk, kind: int) -> None:
    """Of the proxy's own end."""
    sizes = {_IPV4: 4, _IPV6: 16}
    talk.hear((sizes[kind] if kind in sizes else talk.hear(1)[0]) + 2)
