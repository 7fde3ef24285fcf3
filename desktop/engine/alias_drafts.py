"""The way to a bastion where a pasted ssh command names aliases of ssh_config."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from desktop.core.aliases import AliasView
from desktop.core.model import CONFIGURED_PORT, SSH_PORT, Auth, AuthMethod, Hop, Proxy, Route
from desktop.core.plan import OfferedKeys
from desktop.core.ssh_command import ParsedCommand


def route_of(parsed: ParsedCommand, view: AliasView | None, own: Callable[[Hop], Hop]) -> Route:
    """`view` is what the command's host stands for; `own` gives a hop that is no alias its login.

    An alias stays one. But with a key or an agent of the command's own, the bastion is what the alias stands for now:
    ssh_config has the say about the keys of an alias.
    """
    jumps = tuple(_left_to_alias(jump) if _is_alias(jump, view) else own(jump) for jump in parsed.jumps)
    if view is None or not view.is_known:
        return Route((*jumps, own(parsed.hop)), parsed.proxy)
    if is_by_alias(parsed, view):
        return Route((*jumps, alias_hop(parsed)), parsed.proxy)
    return _as_it_is_now(view, jumps, parsed, own)


def alias_hop(parsed: ParsedCommand) -> Hop:
    """The command's host as an alias, with what the command itself says of user and port."""
    port = parsed.hop.port if parsed.names_port else CONFIGURED_PORT
    return Hop(parsed.hop.host, parsed.hop.user, port, Auth(AuthMethod.SSH_CONFIG))


def is_by_alias(parsed: ParsedCommand, view: AliasView) -> bool:
    """Whether the command leaves the keys to the alias that it names."""
    given = parsed.hop.auth
    return view.is_known and (given == Auth() or _is_one_of_its_keys(given, view))


def with_its_forwards(parsed: ParsedCommand, view: AliasView) -> ParsedCommand:
    """A command without a forward gets those of its alias, if any, as ssh does it."""
    if parsed.forwards or not view.is_known:
        return parsed
    return replace(parsed, forwards=tuple(each.forward for each in view.forwards))


def _is_alias(jump: Hop, view: AliasView | None) -> bool:
    return view is not None and jump.host in view.names and jump.auth == Auth()


def _left_to_alias(jump: Hop) -> Hop:
    """A jump host of a command has the usual port also where none is written."""
    port = CONFIGURED_PORT if jump.port == SSH_PORT else jump.port
    return Hop(jump.host, jump.user, port, Auth(AuthMethod.SSH_CONFIG))


def _is_one_of_its_keys(given: Auth, view: AliasView) -> bool:
    if given != Auth(AuthMethod.KEY_FILE, given.identity_file):
        return False
    offered = [way for way in view.servers[-1].hop.ways if isinstance(way, OfferedKeys)]
    try:
        path = str(Path(given.identity_file).expanduser())
    except RuntimeError:
        return False
    return any(path in way.identity_files for way in offered)


def _as_it_is_now(
    view: AliasView, jumps: tuple[Hop, ...], parsed: ParsedCommand, own: Callable[[Hop], Hop]
) -> Route:
    """The servers before the last stay aliases, each with a login of its own."""
    *before, itself = view.servers
    found = tuple(
        Hop(each.name, each.hop.user, each.hop.endpoint.port, Auth(AuthMethod.SSH_CONFIG)) for each in before
    )
    at = itself.hop.endpoint
    last = own(Hop(at.host, itself.hop.user, at.port, parsed.hop.auth))
    is_first = not (jumps or found)
    return Route((*jumps, *found, last), parsed.proxy or (_saved(view.proxy) if is_first else None))


def _saved(proxy: Proxy | None) -> Proxy | None:
    """Nothing is left to fill in, and a saved command has its tokens filled in at each login."""
    return None if proxy is None else replace(proxy, command=proxy.command.replace("%", "%%"))
