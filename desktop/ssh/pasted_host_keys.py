"""Host keys in a text that somebody pasted: lines of known_hosts, what ssh-keyscan(1) prints, or public keys."""

from __future__ import annotations

from dataclasses import replace

from desktop.core.config_errors import HostKeyTextInvalid
from desktop.core.host_keys import PasteProblem
from desktop.core.model import Endpoint
from desktop.core.plan import known_hosts_name
from desktop.ssh.known_hosts_line import KnownKey, is_public_key, read_line
from desktop.ssh.untrusted import shown

_LARGEST_PORT = 65535
# What would be another kind of line, or another field.
_NOT_IN_HOSTS = frozenset("|@#\"'\\")


def read_pasted(text: str, host: str) -> list[KnownKey]:
    """At least one. `host` is whose the keys are that stand there without one. Raises `HostKeyTextInvalid`."""
    hosts = hosts_field(host) if host.strip() else ""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            found.append(_entry(line, hosts, number))
    if not found:
        raise _invalid(PasteProblem.EMPTY, 1)
    return found


def hosts_field(text: str) -> str:
    """Names or patterns as known_hosts has them; a port may be said as ``host:port``. Raises `HostKeyTextInvalid`."""
    return ",".join(_host(each.strip()) for each in text.lower().split(","))


def _entry(line: str, hosts: str, number: int) -> KnownKey:
    if "PRIVATE KEY" in line:
        raise _invalid(PasteProblem.PRIVATE_KEY, number)
    entry = read_line(line)
    if entry is not None:
        if not f"{entry.hosts}{entry.key_type}".isprintable():
            # Also what is no text at all. Nobody could see what is trusted.
            raise _invalid(PasteProblem.NOT_A_KEY, number)
        return replace(entry, comment="")
    marker, rest = ("", line.split())
    if rest[0].startswith("@"):
        marker, rest = rest[0], rest[1:]
    if len(rest) < 2 or not is_public_key(*rest[:2]):
        raise _invalid(PasteProblem.NOT_A_KEY, number)
    if not hosts:
        raise _invalid(PasteProblem.NO_HOST, number)
    named = read_line(" ".join((marker, hosts, *rest[:2])))
    if named is None:
        raise _invalid(PasteProblem.NOT_A_KEY, number)
    return named


def _host(name: str) -> str:
    negated, bare = ("!", name[1:]) if name.startswith("!") else ("", name)
    host, port = bare, "22"
    if bare.startswith("["):
        host, _, port = bare[1:].partition("]:")
    elif bare.count(":") == 1:
        host, _, port = bare.partition(":")
    usable = host and host.isprintable() and not any(c.isspace() or c in _NOT_IN_HOSTS for c in host)
    if not usable or not port.isascii() or not port.isdigit() or not 0 < int(port) <= _LARGEST_PORT:
        raise _invalid(PasteProblem.BAD_HOST, 1, name)
    return negated + known_hosts_name(Endpoint(host, int(port)))


def _invalid(problem: PasteProblem, line: int, part: str = "") -> HostKeyTextInvalid:
    return HostKeyTextInvalid(problem=problem, line=line, part=shown(part))
