"""What the form starts from, and how a pasted ssh command reads."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.core.aliases import AliasView
from desktop.core.model import Connection, Endpoint, Forward, Hop, ProxyKind, Route
from desktop.core.ssh_command import ParsedCommand
from desktop.core.ssh_way import login
from desktop.core.warehouses import CATALOGUE
from desktop.engine.alias_drafts import is_by_alias
from desktop.engine.drafts import login_name
from desktop.wording.aliases import left_out_line, narrowed_line, stands_for_line
from desktop.wording.messages import title
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


def understood_text(parsed: ParsedCommand, view: AliasView | None = None) -> str:
    """What was read from a command, one line for each forward; `view` is what its host stands for, if that is known."""
    hop = parsed.hop
    if view is not None and view.is_known:
        lines = [f"{target_text(each.target)}, {_local(each)}" for each in parsed.forwards]
        stands = stands_for_line(view, stays=is_by_alias(parsed, view))
        return "\n".join([*lines, *_on_the_way(parsed), stands])
    port = "" if hop.port == Hop("", "").port else f", port {hop.port}"
    bastion = f"{hop.user or login_name()}@{hop.host}{port}"
    return "\n".join(
        [
            *(f"{target_text(each.target)} through {bastion}, {_local(each)}" for each in parsed.forwards),
            *_on_the_way(parsed),
        ]
    )


def left_out_text(parsed: ParsedCommand, view: AliasView | None = None) -> str:
    """What a command asks for that a saved connection does not do, or nothing; and what is wrong with ssh_config."""
    left_out = [f"Not carried over: {', '.join(parsed.not_taken)}"] if parsed.not_taken else []
    if view is not None and view.cause is not None:
        left_out.append(f"{title(view.cause)}. Until then {view.alias} is taken for the name of a server.")
    if view is not None and parsed.forwards == tuple(each.forward for each in view.forwards):
        left_out += [left_out_line(view), narrowed_line(view)]
    return "\n".join(filter(None, left_out))


def _on_the_way(parsed: ParsedCommand) -> Iterator[str]:
    if parsed.proxy is not None and parsed.proxy.kind is ProxyKind.COMMAND:
        yield f"Reached by running: {parsed.proxy.command}"
    elif parsed.proxy is not None:
        yield f"Reached through {proxy_name(parsed.proxy)}"
    if parsed.jumps:
        yield f"By way of {', '.join(login(hop.user, str(hop.endpoint)) for hop in parsed.jumps)}"


def _local(forward: Forward) -> str:
    return f"local port {forward.local_port}" if forward.local_port else "an automatic local port"
