"""What must hold before a connection is saved. Problems carry codes; `desktop.wording.messages` has the sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from desktop.core.model import (
    CONFIGURED_PORT,
    LOOPBACKS,
    AnyHost,
    AuthMethod,
    Connection,
    Endpoint,
    Hop,
    Proxy,
    ProxyKind,
    Route,
    Target,
    UnixSocket,
)
from desktop.core.tls import Tls

MAX_PORT = 65535
# unix(7): sun_path holds 108 bytes, with a null byte at the end.
MAX_SOCKET_PATH = 107
# 32 bytes in base64, without the padding.
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")

# What ssh(1) takes for no host, because a shell may come to see it.
_NO_ALIAS = re.compile(r"-|.*['`\"$\\;&<>|(){}]", re.DOTALL)


class Field(StrEnum):
    """A part of the form. The editor puts the problem beside it."""

    NAME = "name"
    BASTION_HOST = "bastion-host"
    BASTION_PORT = "bastion-port"
    BASTION_USER = "bastion-user"
    IDENTITY_FILE = "identity-file"
    AGENT_KEY = "agent-key"
    PROXY_HOST = "proxy-host"
    PROXY_PORT = "proxy-port"
    PROXY_USER = "proxy-user"
    PROXY_COMMAND = "proxy-command"
    TARGET_HOST = "target-host"
    TARGET_PORT = "target-port"
    TARGET_SOCKET = "target-socket"
    CA_FILE = "ca-file"
    SERVER_NAME = "server-name"
    LOCAL_PORT = "local-port"
    LOCAL_HOST = "local-host"


# What leads to the bastion and lets us in there.
WAY_FIELDS = frozenset(
    {
        Field.BASTION_HOST,
        Field.BASTION_PORT,
        Field.BASTION_USER,
        Field.IDENTITY_FILE,
        Field.AGENT_KEY,
        Field.PROXY_HOST,
        Field.PROXY_PORT,
        Field.PROXY_USER,
        Field.PROXY_COMMAND,
    }
)


class Fault(StrEnum):
    EMPTY = "empty"
    DUPLICATE = "duplicate"
    OUT_OF_RANGE = "out-of-range"
    HAS_SPACES = "has-spaces"
    NOT_LOOPBACK = "not-loopback"
    PORT_TAKEN_BY_OTHER = "port-taken-by-other"
    NOT_A_FINGERPRINT = "not-a-fingerprint"
    HAS_INVISIBLE = "has-invisible"
    SAME_AS_BEFORE = "same-as-before"
    NOT_A_SOCKET_PATH = "not-a-socket-path"
    NOT_A_HOST = "not-a-host"
    KEYS_ARE_CONFIGURED = "keys-are-configured"
    NEEDS_BASTION = "needs-bastion"


@dataclass(frozen=True, slots=True)
class Problem:
    """`detail` is the name of the other connection for DUPLICATE and PORT_TAKEN_BY_OTHER.

    Of a jump host, `jump_host` is its number on the route, from 1; `field` is then named as if it were the bastion.
    """

    field: Field
    fault: Fault
    detail: str = ""
    jump_host: int = 0


def problems_of(connection: Connection, others: Iterable[Connection]) -> tuple[Problem, ...]:
    """Everything wrong with `connection` beside the saved `others`; its own saved form is passed over by id."""
    others = [other for other in others if other.id != connection.id]
    return (
        *_name_problems(connection, others),
        *_route_problems(connection.route),
        *_forward_problems(connection, others),
        *_tls_problems(connection.tls),
    )


def _name_problems(connection: Connection, others: list[Connection]) -> Iterable[Problem]:
    name = connection.name.strip()
    if not name:
        yield Problem(Field.NAME, Fault.EMPTY)
    for other in others:
        if other.name.strip().casefold() == name.casefold():
            yield Problem(Field.NAME, Fault.DUPLICATE, other.name)


def _route_problems(route: Route) -> Iterable[Problem]:
    """The bastion's first: it is what the form begins with."""
    if route.is_direct:
        return
    *jumps, bastion = route.hops
    yield from _hop_problems(bastion)
    if jumps and _leads_to_itself(jumps[-1], bastion):
        yield Problem(Field.BASTION_HOST, Fault.SAME_AS_BEFORE)
    for number, hop in enumerate(jumps, 1):
        for problem in _hop_problems(hop):
            yield replace(problem, jump_host=number)
        if number > 1 and _leads_to_itself(jumps[number - 2], hop):
            yield Problem(Field.BASTION_HOST, Fault.SAME_AS_BEFORE, jump_host=number)
    if route.proxy is not None:
        yield from _proxy_problems(route.proxy)


def _hop_problems(hop: Hop) -> Iterable[Problem]:
    yield from _text_problems(Field.BASTION_HOST, hop.host)
    if hop.is_alias:
        yield from _alias_problems(hop)
        return
    yield from _text_problems(Field.BASTION_USER, hop.user)
    yield from _port_problems(Field.BASTION_PORT, hop.port, lowest=1)
    if hop.auth.method is AuthMethod.KEY_FILE and not hop.auth.identity_file.strip():
        yield Problem(Field.IDENTITY_FILE, Fault.EMPTY)
    chosen = hop.auth.key_fingerprint if hop.auth.method is AuthMethod.AGENT else ""
    if chosen and not _FINGERPRINT.fullmatch(chosen):
        yield Problem(Field.AGENT_KEY, Fault.NOT_A_FINGERPRINT)


def _leads_to_itself(before: Hop, hop: Hop) -> bool:
    """Loopback is another computer after each hop."""
    here = hop.host.casefold() in (*LOOPBACKS, "localhost")
    return not here and (before.host.casefold(), before.port) == (hop.host.casefold(), hop.port)


def _alias_problems(hop: Hop) -> Iterable[Problem]:
    """User and port may be left to ssh_config."""
    if hop.host.strip() and _NO_ALIAS.match(hop.host.strip()):
        yield Problem(Field.BASTION_HOST, Fault.NOT_A_HOST)
    if hop.user.strip():
        yield from _text_problems(Field.BASTION_USER, hop.user)
    yield from _port_problems(Field.BASTION_PORT, hop.port, lowest=CONFIGURED_PORT)


def _proxy_problems(proxy: Proxy) -> Iterable[Problem]:
    if proxy.kind is not ProxyKind.COMMAND:
        yield from _text_problems(Field.PROXY_HOST, proxy.host)
        yield from _port_problems(Field.PROXY_PORT, proxy.port, lowest=1)
        if proxy.user and not proxy.user.isprintable():
            yield Problem(Field.PROXY_USER, Fault.HAS_INVISIBLE)
    elif not proxy.command.strip():
        yield Problem(Field.PROXY_COMMAND, Fault.EMPTY)
    elif not proxy.command.isprintable():
        # What is shown before it may run must be all that runs.
        yield Problem(Field.PROXY_COMMAND, Fault.HAS_INVISIBLE)


def _forward_problems(connection: Connection, others: list[Connection]) -> Iterable[Problem]:
    forward = connection.forward
    yield from _target_problems(forward.target)
    if connection.route.is_direct:
        yield from _direct_problems(connection)
        return
    yield from _port_problems(Field.LOCAL_PORT, forward.local_port, lowest=0)
    if forward.local_host not in LOOPBACKS:
        yield Problem(Field.LOCAL_HOST, Fault.NOT_LOOPBACK)
    for other in others:
        if forward.local_port and forward.local_port == reserved_port(other):
            yield Problem(Field.LOCAL_PORT, Fault.PORT_TAKEN_BY_OTHER, other.name)


def reserved_port(connection: Connection) -> int:
    """The fixed local port that is this connection's, or 0."""
    return 0 if connection.route.is_direct else connection.forward.local_port


def _direct_problems(connection: Connection) -> Iterable[Problem]:
    """There is no local port, and nothing but a host and port can be reached from here."""
    if not isinstance(connection.forward.target, Endpoint):
        yield Problem(Field.TARGET_HOST, Fault.NEEDS_BASTION)
    if connection.route.proxy is not None:
        yield Problem(Field.PROXY_HOST, Fault.NEEDS_BASTION)


def _target_problems(target: Target) -> Iterable[Problem]:
    match target:
        case Endpoint(host, port):
            yield from _text_problems(Field.TARGET_HOST, host)
            yield from _port_problems(Field.TARGET_PORT, port, lowest=1)
        case UnixSocket(path):
            yield from _socket_problems(path)
        case AnyHost():
            pass


def _tls_problems(tls: Tls) -> Iterable[Problem]:
    """Whether the file is there is for the moment when it is needed: it may be on a disk that comes later."""
    if not tls.ca_file.isprintable():
        yield Problem(Field.CA_FILE, Fault.HAS_INVISIBLE)
    if tls.server_name:
        yield from _text_problems(Field.SERVER_NAME, tls.server_name)


def _socket_problems(path: str) -> Iterable[Problem]:
    """Spaces are fine in a path."""
    if not path.strip():
        yield Problem(Field.TARGET_SOCKET, Fault.EMPTY)
    elif not path.startswith("/") or not path.isprintable() or len(path.encode()) > MAX_SOCKET_PATH:
        yield Problem(Field.TARGET_SOCKET, Fault.NOT_A_SOCKET_PATH)


def _text_problems(field: Field, text: str) -> Iterable[Problem]:
    if not text.strip():
        yield Problem(field, Fault.EMPTY)
    elif any(character.isspace() or not character.isprintable() for character in text.strip()):
        yield Problem(field, Fault.HAS_SPACES)


def _port_problems(field: Field, port: int, lowest: int) -> Iterable[Problem]:
    if not lowest <= port <= MAX_PORT:
        yield Problem(field, Fault.OUT_OF_RANGE)
