"""Proxies as people write them: the usual programs of a ProxyCommand, and URLs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from urllib.parse import SplitResult, unquote, urlsplit

from desktop.core.command_problem import CommandProblem
from desktop.core.config_errors import CommandNotUnderstood
from desktop.core.model import Proxy, ProxyKind
from desktop.core.ssh_arguments import is_host
from desktop.core.validation import MAX_PORT

_SCHEMES = {
    "socks5": ProxyKind.SOCKS5,
    "socks5h": ProxyKind.SOCKS5,
    "socks": ProxyKind.SOCKS5,
    "http": ProxyKind.HTTP,
}
# RFC 1928 section 3; for HTTP there is no port that all use.
_SOCKS_PORT = 1080
# What a shell would do more with than split it into words.
_OF_THE_SHELL = re.compile(r"[;&|<>`$\\()\n*?#!{}]")
# nc(1) of OpenBSD, -X: connect is HTTP's, 5 is SOCKS, which is meant where nothing is said. For ncat(1) that is HTTP.
_NC_KINDS = {"5": ProxyKind.SOCKS5, "": ProxyKind.SOCKS5, "connect": ProxyKind.HTTP}
_NCAT_KINDS = {"socks5": ProxyKind.SOCKS5, "http": ProxyKind.HTTP, "": ProxyKind.HTTP}
_PLACE = re.compile(r"(?:([^@\s]+)@)?(?:\[([^\]]+)\]|([^:@\s]+)):([0-9]{1,5})")


def shell_words(command: str) -> list[str]:
    """The words of `command`; none where a shell would do more than split it."""
    try:
        return [] if _OF_THE_SHELL.search(command) else shlex.split(command)
    except ValueError:
        return []


def proxy_of_command(command: str) -> Proxy:
    """A SOCKS5 or HTTP proxy where `command` does just what Caponier can do itself, else the command as it stands."""
    words = shell_words(command)
    words = words[1:] if words[:1] == ["exec"] else words
    found = _proxy_of_words(words[0], words[1:-2]) if words[-2:] == ["%h", "%p"] and len(words) > 2 else None
    return found or Proxy(ProxyKind.COMMAND, command=command)


def parse_proxy_url(text: str) -> Proxy:
    """``socks5://[user@]host[:port]`` or ``http://[user@]host:port``.

    Raises `CommandNotUnderstood`; also for a URL that holds a password, which is not repeated.
    """
    try:
        url = urlsplit(text.strip())
        password, port = url.password, url.port
    except ValueError:
        raise CommandNotUnderstood(problem=CommandProblem.BAD_PROXY, part="") from None
    if password is not None:
        raise CommandNotUnderstood(problem=CommandProblem.UNSAFE_URL, part="")
    kind = _SCHEMES.get(url.scheme.lower())
    if kind is ProxyKind.SOCKS5 and port is None:
        port = _SOCKS_PORT
    if kind is None or not port or _says_more(url) or not is_host(url.hostname or ""):
        # Where it is no URL at all, what looks like a user may be a password.
        raise CommandNotUnderstood(problem=CommandProblem.BAD_PROXY, part="" if "@" in text else text)
    return Proxy(kind, url.hostname or "", port, unquote(url.username or ""))


def _says_more(url: SplitResult) -> bool:
    return bool(url.path.strip("/") or url.query or url.fragment)


def _proxy_of_words(program: str, words: list[str]) -> Proxy | None:
    match program.rpartition("/")[2]:
        case "nc" | "netcat" | "nc.openbsd":
            given = _options(words, {"-X": "kind", "-x": "place", "-P": "user"})
            return _proxy(given, _NC_KINDS)
        case "ncat":
            given = _options(
                words,
                {"--proxy-type": "kind", "--proxy": "place", "--proxy-auth": "login"},
            )
            return _proxy(given, _NCAT_KINDS)
        case "connect" | "connect-proxy":
            return _of_connect(
                _options([word for word in words if word != "-5"], {"-S": "socks", "-H": "http"})
            )
    return None


def _options(words: list[str], names: Mapping[str, str]) -> dict[str, str]:
    """By what they mean; empty where there is any word besides them."""
    found: dict[str, str] = {}
    rest = [part for word in words for part in (word.split("=", 1) if word.startswith("--") else [word])]
    if len(rest) % 2:
        return {}
    for name, value in zip(rest[::2], rest[1::2], strict=True):
        if name not in names or names[name] in found:
            return {}
        found[names[name]] = value
    return found


def _proxy(given: Mapping[str, str], kinds: Mapping[str, ProxyKind]) -> Proxy | None:
    # A password behind the user's name is not kept: it is asked for.
    user = given.get("login", "").partition(":")[0] or given.get("user", "")
    kind = kinds.get(given.get("kind", "").lower())
    place = _PLACE.fullmatch(given.get("place", ""))
    if kind is None or place is None or place[1] or not 0 < int(place[4]) <= MAX_PORT:
        return None
    return Proxy(kind, place[2] or place[3], int(place[4]), user)


def _of_connect(given: Mapping[str, str]) -> Proxy | None:
    if len(given) != 1:
        return None
    ((kind, text),) = given.items()
    place = _PLACE.fullmatch(text)
    if place is None or not 0 < int(place[4]) <= MAX_PORT:
        return None
    return Proxy(
        ProxyKind.SOCKS5 if kind == "socks" else ProxyKind.HTTP,
        place[2] or place[3],
        int(place[4]),
        place[1] or "",
    )
