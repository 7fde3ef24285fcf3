"""Asking an HTTP proxy for a way to a server: CONNECT (RFC 9110 section 9.3.6), with Basic login (RFC 7617)."""

from __future__ import annotations

import base64
import re

from desktop.core.model import Endpoint
from desktop.ssh.proxy_answers import LoginRefused, NoSuchProxy, NoWay, ProxyLogin, WayForbidden
from desktop.ssh.proxy_talk import ProxyTalk

# Of one answer's head. Anything beyond is no proxy's.
_LONGEST_HEAD = 16 * 1024
_HEADS_MOST = 8
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})(?: ([^\r\n]*))?\r?\n")
# tinyproxy says 401 to a login that is wrong.
_LOGIN_WANTED = (407, 401)
# The host, or the way to it, may be back in a moment: request timeout, too many requests.
_FOR_NOW = (404, 408, 429)


def ask_http(talk: ProxyTalk, target: Endpoint, login: ProxyLogin | None) -> None:
    """Return when the stream leads to `target`, whose name the proxy looks up.

    Raises as `proxy_answers` has it, and as `talk` does.
    """
    talk.say(_request(target, login))
    status, reason = _final_status(talk)
    words = f"{status} {reason}".strip()
    if 200 <= status < 300:
        return
    if status in _LOGIN_WANTED:
        raise LoginRefused
    if status >= 500 or status in _FOR_NOW:
        raise NoWay(words)
    raise WayForbidden(words)


def _request(target: Endpoint, login: ProxyLogin | None) -> bytes:
    try:
        place = str(
            Endpoint(target.host.encode("ascii" if target.host.isascii() else "idna").decode(), target.port)
        )
    except UnicodeError:
        place = ""
    if not place.isprintable() or not place or " " in place:
        raise WayForbidden("such a name can't be asked for")
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if login is not None:
        if ":" in login.user:
            raise LoginRefused
        pair = base64.b64encode(f"{login.user}:{login.password}".encode(errors="surrogatepass")).decode()
        lines.append(f"Proxy-Authorization: Basic {pair}")
    return "\r\n".join([*lines, "", ""]).encode()


def _final_status(talk: ProxyTalk) -> tuple[int, str]:
    """After any interim ones (RFC 9110 section 15.2)."""
    head = b""
    for _ in range(_HEADS_MOST):
        start = talk.hear(5)
        if start != b"HTTP/":
            raise NoSuchProxy(start)
        head = start + talk.hear_until(b"\r\n\r\n", _LONGEST_HEAD)
        found = _STATUS_LINE.match(head)
        if found is None or not head.endswith(b"\r\n\r\n"):
            raise NoSuchProxy(head)
        status = int(found[1])
        if status >= 200:
            return status, (found[2] or b"").decode("ascii", errors="replace")
    raise NoSuchProxy(head)
