"""The argument of ProxyJump: ``[user@]host[:port]`` or ``ssh://...``, several of them after commas, or none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.ssh_config.fault import Fault
from desktop.ssh_config.lines import ascii_lower
from desktop.ssh_config.values import port_number

_SCHEME = "ssh://"
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.))*")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_END = re.compile(r"#|(?<=.)\s", re.DOTALL)
_NUMERIC = re.compile(r"[0-9.]*")


@dataclass(frozen=True, slots=True)
class Jump:
    """One hop. `user` is empty and `port` 0 where nothing says."""

    host: str
    port: int = 0
    user: str = ""

    def __str__(self) -> str:
        is_address = ":" in self.host or _NUMERIC.fullmatch(self.host) is not None
        user = f"{self.user}@" if self.user else ""
        host = f"[{self.host}]" if is_address else self.host
        return f"{user}{host}:{self.port}" if self.port else f"{user}{host}"


@dataclass(frozen=True, slots=True)
class Jumps:
    """Who is asked first comes first. `text` is as ``ssh -G`` prints it; empty for ``none``."""

    hops: tuple[Jump, ...] = ()
    text: str = ""


def parse_jumps(text: str) -> Jumps:
    """From all that follows the keyword. Raises `Fault`."""
    if ascii_lower(text) == "none":
        return Jumps()
    # OpenSSH 9 takes what is behind a blank for a comment, as it does with what is behind a hash.
    listed = _END.split(text, maxsplit=1)[0]
    hops = tuple(_hop(part, text) for part in listed.split(","))
    # All but the last are printed as they were written.
    before, comma, _ = listed.rpartition(",")
    return Jumps(hops, f"{before}{comma}{hops[-1]}" if before else str(hops[-1]))


def _hop(part: str, whole: str) -> Jump:
    jump = _from_uri(part[len(_SCHEME) :]) if part.startswith(_SCHEME) else _from_words(part)
    if jump is None:
        raise Fault(SshConfigProblem.BAD_JUMP, whole)
    return jump


def _from_words(part: str) -> Jump | None:
    user, at, place = part.rpartition("@")
    found = _place(place)
    if (at and not user) or found is None:
        return None
    return Jump(*found, user)


def _from_uri(rest: str) -> Jump | None:
    """Without its scheme; draft-ietf-secsh-scp-sftp-ssh-uri, less the connection parameters and without a path."""
    login, at, place = rest.partition("@") if "@" in rest else ("", "", rest)
    user = login.partition(";")[0]
    if (at and not user) or _ESCAPE.search(user):
        return None
    address, slash, path = place.partition("/")
    found = None if slash and (path or address.endswith(":")) else _place(address)
    if found is None or not _DOMAIN.fullmatch(found[0]):
        return None
    return Jump(found[0].removesuffix("."), found[1], unquote(user))


def _place(text: str) -> tuple[str, int] | None:
    """Host and port, the port 0 where none is given."""
    if text.startswith("["):
        inside, closing, rest = text.partition("]")
        host = f"{inside}{closing}"
        if not closing or (rest and not rest.startswith(":")):
            return None
        port_text = rest[1:]
    else:
        host, _, port_text = text.partition(":")
        if "/" in host:
            return None
    port = port_number(port_text) if port_text else 0
    if not host or port < 0 or (port_text and port == 0):
        return None
    return (host[1:-1] if host.startswith("[") else host), port
