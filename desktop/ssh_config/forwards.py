"""The arguments of LocalForward, RemoteForward and DynamicForward, ssh_config(5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.ssh_config.fault import Fault
from desktop.ssh_config.tokens import fill_variables
from desktop.ssh_config.values import port_number

# OpenSSH copies both arguments into a buffer of 256 bytes.
_LONGEST = 255
_MAX_HOST = 1024
_MAX_SOCKET_PATH = 107


@dataclass(frozen=True, slots=True)
class End:
    """One end of a forward: host and port, or the path of a Unix socket. `host` is None where none was given."""

    host: str | None = None
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        if self.path:
            return self.path
        return str(self.port) if self.host is None else f"[{self.host}]:{self.port}"


@dataclass(frozen=True, slots=True)
class Forward:
    """`connect` is None for a SOCKS forward, which asks its client where to go."""

    listen: End
    connect: End | None

    def __str__(self) -> str:
        return str(self.listen) if self.connect is None else f"{self.listen} {self.connect}"


@dataclass(frozen=True, slots=True)
class _Field:
    text: str
    is_path: bool


def parse_forward(
    words: Sequence[str], environment: Mapping[str, str], *, is_remote: bool, is_dynamic: bool
) -> Forward:
    """From one word (SOCKS) or two, as they stand after the keyword. Raises `Fault`."""
    written = " ".join(words)
    spec = fill_variables(":".join(words)[:_LONGEST], environment).lstrip()
    fields = _fields(spec, written)
    forward = _socks(fields) if is_dynamic else _target(fields)
    if forward is None or not _is_possible(forward, is_remote=is_remote):
        raise Fault(SshConfigProblem.BAD_FORWARD, written)
    return forward


def _fields(spec: str, written: str) -> list[_Field]:
    fields: list[_Field] = []
    rest = spec
    while rest:
        if len(fields) == 4:
            raise Fault(SshConfigProblem.BAD_FORWARD, written)
        field, rest = _bracketed(rest, written) if rest.startswith("[") else _plain(rest)
        fields.append(field)
    return fields


def _bracketed(text: str, written: str) -> tuple[_Field, str]:
    inside, closing, rest = text[1:].partition("]")
    if not closing or (rest and not rest.startswith(":")):
        raise Fault(SshConfigProblem.BAD_FORWARD, written)
    return _Field(inside, "/" in inside), rest[1:]


def _plain(text: str) -> tuple[_Field, str]:
    """Up to a colon; a backslash takes away the meaning of what follows it."""
    kept: list[str] = []
    position = 0
    is_path = False
    while position < len(text) and text[position] != ":":
        if text[position] == "\\":
            position += 1
        elif text[position] == "/":
            is_path = True
        kept.append(text[position : position + 1])
        position += 1
    return _Field("".join(kept), is_path), text[position + 1 :]


def _socks(fields: Sequence[_Field]) -> Forward | None:
    if len(fields) == 1:
        only = fields[0]
        return Forward(End(path=only.text) if only.is_path else End(None, port_number(only.text)), None)
    if len(fields) == 2:
        return _target(fields) if fields[1].is_path else Forward(_at(fields), None)
    return None


def _target(fields: Sequence[_Field]) -> Forward | None:
    """``[host:]port`` or a path, and then ``host:port`` or a path."""
    if len(fields) < 2:
        return None
    if fields[0].is_path:
        listen, rest = End(path=fields[0].text), fields[1:]
    elif fields[-1].is_path or len(fields) == 3:
        with_host = len(fields) - (1 if fields[-1].is_path else 2) == 2
        listen = _at(fields[:2]) if with_host else End(None, port_number(fields[0].text))
        rest = fields[2:] if with_host else fields[1:]
    else:
        listen, rest = _at(fields[:2]), fields[2:]
    if len(rest) == 1 and rest[0].is_path:
        return Forward(listen, End(path=rest[0].text))
    return Forward(listen, _at(rest)) if len(rest) == 2 else None


def _at(fields: Sequence[_Field]) -> End:
    return End(fields[0].text, port_number(fields[1].text))


def _is_possible(forward: Forward, *, is_remote: bool) -> bool:
    listen, connect = forward.listen, forward.connect
    if not listen.path and (listen.port < 0 or (listen.port == 0 and not is_remote)):
        return False
    if connect is not None and not connect.path and connect.port <= 0:
        return False
    ends = [listen] if connect is None else [listen, connect]
    return all(len(end.host or "") <= _MAX_HOST and len(end.path) <= _MAX_SOCKET_PATH for end in ends)
