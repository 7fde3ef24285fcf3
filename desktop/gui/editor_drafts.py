"""What the form starts from, and how a pasted ssh command reads."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.core.model import Connection, Endpoint, Forward, Hop, ProxyKind, Route
from desktop.core.ssh_command import ParsedCommand
from desktop.core.ssh_way import login
from desktop.core.warehouses import CATALOGUE
from desktop.engine.drafts import login_name
from desktop.wording.targets import target_text
from desktop.wording.way import proxy_name


def blank() -> Connection:
    first = CATALOGUE[0]
    return Connection(
        name="",
        route=Route((Hop("", login_name()),)),
        forward=Forward(Endpoint("", first.port)),
        kind=first.key,
    )


def understood_text(parsed: ParsedCommand) -> str:
    """What was read from a command, one line for each forward."""
    hop = parsed.hop
    port = "" if hop.port == Hop("", "").port else f", port {hop.port}"
    bastion = f"{hop.user or login_name()}@{hop.host}{port}"
    return "\n".join(
        [
            *(f"{target_text(each.target)} through {bastion}, {_local(each)}" for each in parsed.forwards),
            *_on_the_way(parsed),
        ]
    )


def left_out_text(parsed: ParsedCommand) -> str:
    """What a command asks for that a saved connection does not do, or nothing."""
    return f"Not carried over: {', '.join(parsed.not_taken)}" if parsed.not_taken else ""


def _on_the_way(parsed: ParsedCommand) -> Iterator[str]:
    if parsed.proxy is not None and parsed.proxy.kind is ProxyKind.COMMAND:
        yield f"Reached by running: {parsed.proxy.command}"
    elif parsed.proxy is not None:
        yield f"Reached through {proxy_name(parsed.proxy)}"
    if parsed.jumps:
        yield f"By way of {', '.join(login(hop.user, str(hop.endpoint)) for hop in parsed.jumps)}"


def _local(forward: Forward) -> str:
    return f"local port {forward.local_port}" if forward.local_port else "an automatic local port"
