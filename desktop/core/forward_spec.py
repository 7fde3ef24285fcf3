"""The arguments of ``ssh -L`` and ``ssh -D``, both ways; ssh(1).

``[bind_address:]port:host:hostport``, ``[bind_address:]port:remote_socket``, and ``[bind_address:]port``.
"""

from __future__ import annotations

import re

from desktop.core.command_problem import CommandProblem
from desktop.core.config_errors import CommandNotUnderstood
from desktop.core.model import LOOPBACK, AnyHost, Endpoint, Forward, UnixSocket
from desktop.core.validation import MAX_PORT

_LOOPBACKS = {"127.0.0.1": LOOPBACK, "localhost": LOOPBACK, "::1": "::1"}
_FIELD = re.compile(r"\[([^\]]*)\]|([^:\[\]]*)")
# A backslash takes away the meaning of what follows it.
_TO_SOCKET = re.compile(r"(.*?):(/(?:[^:\\]|\\.)*)")


def parse_forward(spec: str) -> tuple[Forward, bool]:
    """What ``-L`` says, and whether its bind address could be kept; a wider one than loopback becomes 127.0.0.1.

    Also takes the older spelling with slashes. Raises `CommandNotUnderstood`.
    """
    to_socket = _TO_SOCKET.fullmatch(spec)
    if to_socket is not None:
        target = UnixSocket(re.sub(r"\\(.)", r"\1", to_socket[2]))
        local_host, port = _listening(_colon_fields(to_socket[1], spec), spec)
        return Forward(target, port, local_host or LOOPBACK), local_host is not None
    fields = _slash_fields(spec) or _colon_fields(spec, spec)
    if len(fields) not in (3, 4):
        raise CommandNotUnderstood(problem=CommandProblem.BAD_FORWARD, part=spec)
    *listening, host, host_port = fields
    if not host:
        raise CommandNotUnderstood(problem=CommandProblem.BAD_FORWARD, part=spec)
    to_host = Endpoint(host, parse_port(host_port))
    local_host, port = _listening(listening, spec)
    return Forward(to_host, port, local_host or LOOPBACK), local_host is not None


def parse_dynamic(spec: str) -> tuple[Forward, bool]:
    """What ``-D`` says; as `parse_forward`."""
    local_host, port = _listening(_colon_fields(spec, spec), spec)
    return Forward(AnyHost(), port, local_host or LOOPBACK), local_host is not None


def parse_place(spec: str) -> Endpoint:
    """``host:port``, with brackets around an IPv6 address. Raises `CommandNotUnderstood`."""
    fields = _colon_fields(spec, spec)
    if len(fields) != 2 or not fields[0]:
        raise CommandNotUnderstood(problem=CommandProblem.BAD_PLACE, part=spec)
    return Endpoint(fields[0], parse_port(fields[1]))


def parse_port(text: str, lowest: int = 1) -> int:
    """A decimal port number. Raises `CommandNotUnderstood`; service names are not looked up."""
    if not (re.fullmatch("[0-9]{1,5}", text) and lowest <= int(text) <= MAX_PORT):
        raise CommandNotUnderstood(problem=CommandProblem.BAD_PORT, part=text)
    return int(text)


def forward_words(forward: Forward, local_port: int) -> list[str]:
    """The option and its argument for `forward`, listening on `local_port`."""
    bind = "" if forward.local_host == LOOPBACK else f"[{forward.local_host}]:"
    match forward.target:
        case AnyHost():
            return ["-D", f"{bind}{local_port}"]
        case UnixSocket(path):
            escaped = re.sub(r"[:\\]", r"\\\g<0>", path)
            return ["-L", f"{bind}{local_port}:{escaped}"]
        case Endpoint():
            return ["-L", f"{bind}{local_port}:{forward.target}"]


def _listening(fields: list[str], spec: str) -> tuple[str | None, int]:
    """The loopback address, None where another was asked for, and the port."""
    if len(fields) not in (1, 2):
        raise CommandNotUnderstood(problem=CommandProblem.BAD_FORWARD, part=spec)
    bind = fields[0] if len(fields) == 2 else "localhost"
    return _LOOPBACKS.get(bind.lower()), parse_port(fields[-1], lowest=0)


def _slash_fields(spec: str) -> list[str]:
    fields = spec.split("/")
    if len(fields) not in (3, 4) or not (fields[-1].isdigit() and fields[-3].isdigit()):
        return []
    return fields


def _colon_fields(text: str, spec: str) -> list[str]:
    """Of `text`, which is `spec` or a part of it."""
    fields = []
    position = 0
    while position <= len(text):
        field = _FIELD.match(text, position)
        if field is None or text[field.end() : field.end() + 1] not in ("", ":"):
            raise CommandNotUnderstood(problem=CommandProblem.BAD_FORWARD, part=spec)
        fields.append(field[1] if field[1] is not None else field[2])
        position = field.end() + 1
    if "/" in fields[0]:
        raise CommandNotUnderstood(problem=CommandProblem.UNIX_SOCKET, part=spec)
    if any("/" in field for field in fields):
        raise CommandNotUnderstood(problem=CommandProblem.BAD_FORWARD, part=spec)
    return fields
