"""The argument of ``ssh -L``, both ways: ``[bind_address:]port:host:hostport``, ssh(1)."""

from __future__ import annotations

import re

from desktop.core.command_problem import CommandProblem
from desktop.core.errors import CommandNotUnderstood
from desktop.core.model import LOOPBACK, Endpoint, Forward
from desktop.core.validation import MAX_PORT

_LOOPBACKS = {"127.0.0.1": LOOPBACK, "localhost": LOOPBACK, "::1": "::1"}
_FIELD = re.compile(r"\[([^\]]*)\]|([^:\[\]]*)")


def parse_forward(spec: str) -> tuple[Forward, bool]:
    """The forward, and whether its bind address could be kept; a wider one than loopback becomes 127.0.0.1.

    Also takes the older spelling with slashes. Raises `CommandNotUnderstood`.
    """
    fields = _slash_fields(spec) or _colon_fields(spec)
    bind, (local_port, host, port) = ("localhost", fields) if len(fields) == 3 else (fields[0], fields[1:])
    if not host:
        raise CommandNotUnderstood(problem=CommandProblem.BAD_FORWARD, part=spec)
    target = Endpoint(host, parse_port(port))
    local_host = _LOOPBACKS.get(bind.lower())
    forward = Forward(target, parse_port(local_port, lowest=0), local_host or LOOPBACK)
    return forward, local_host is not None


def parse_port(text: str, lowest: int = 1) -> int:
    """A decimal port number. Raises `CommandNotUnderstood`; service names are not looked up."""
    if not (re.fullmatch("[0-9]{1,5}", text) and lowest <= int(text) <= MAX_PORT):
        raise CommandNotUnderstood(problem=CommandProblem.BAD_PORT, part=text)
    return int(text)


def forward_spec(forward: Forward, local_port: int) -> str:
    """What ``-L`` takes for `forward`, listening on `local_port`."""
    bind = "" if forward.local_host == LOOPBACK else f"[{forward.local_host}]:"
    return f"{bind}{local_port}:{forward.target}"


def _slash_fields(spec: str) -> list[str]:
    fields = spec.split("/")
    if len(fields) not in (3, 4) or not (fields[-1].isdigit() and fields[-3].isdigit()):
        return []
    return fields


def _colon_fields(spec: str) -> list[str]:
    fields = []
    position = 0
    while position <= len(spec):
        field = _FIELD.match(spec, position)
        if field is None or spec[field.end() : field.end() + 1] not in ("", ":"):
            raise CommandNotUnderstood(problem=CommandProblem.BAD_FORWARD, part=spec)
        fields.append(field[1] if field[1] is not None else field[2])
        position = field.end() + 1
    if any("/" in field for field in fields):
        raise CommandNotUnderstood(problem=CommandProblem.UNIX_SOCKET, part=spec)
    if len(fields) not in (3, 4):
        raise CommandNotUnderstood(problem=CommandProblem.BAD_FORWARD, part=spec)
    return fields
