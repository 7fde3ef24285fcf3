"""Connections that nobody has saved yet, as a pasted ssh command describes them."""

from __future__ import annotations

import base64
import getpass
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath

from desktop.core.aliases import AliasView
from desktop.core.model import AnyHost, Auth, AuthMethod, Connection, Endpoint, Hop, Target, UnixSocket
from desktop.core.ssh_command import ParsedCommand
from desktop.core.ssh_options import USUAL_IDENTITIES
from desktop.core.warehouses import kind_for
from desktop.engine.alias_drafts import route_of
from desktop.engine.library import Library

_LONGEST_PUBLIC_KEY = 64 * 1024
_SAYS_NOTHING = ("localhost", "127.0.0.1", "::1")


def login_name() -> str:
    """Who is logged in here, the likeliest user over there; empty where the system does not tell."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _no_agent() -> bool:
    return False


def drafts_of(
    parsed: ParsedCommand,
    library: Library,
    user: str,
    agent_has_keys: Callable[[], bool] = _no_agent,
    view: AliasView | None = None,
) -> tuple[Connection, ...]:
    """One connection for each forward, all over the same way, under names that are free.

    `view` is what the command's host stands for in ssh_config: see `route_of`. `user` is who logs in where the command
    does not say. Without -i it is the first of ssh's usual identity files, as ssh(1) has it, else the SSH agent if
    `agent_has_keys`, else a password. The public half of a key stands for the key in the agent, if there is one. The
    same goes for each jump host.
    """
    ask_once = cache(agent_has_keys)

    def own(hop: Hop) -> Hop:
        return replace(hop, user=hop.user or user, auth=_auth(hop.auth, ask_once))

    route = route_of(parsed, view, own)
    return tuple(
        Connection(name=name, route=route, forward=forward, kind=kind_for(forward.target))
        for name, forward in zip(_names(parsed, library), parsed.forwards, strict=True)
    )


def _auth(given: Auth, agent_has_keys: Callable[[], bool]) -> Auth:
    if given.method is AuthMethod.AGENT:
        return _of_agent(given, agent_has_keys) if given.identity_file else given
    if given.identity_file or given.method is AuthMethod.INTERACTIVE:
        return given
    usual = (f"~/.ssh/{name}" for name in USUAL_IDENTITIES)
    found = next((path for path in usual if Path(path).expanduser().is_file()), "")
    if found:
        return replace(given, method=AuthMethod.KEY_FILE, identity_file=found)
    # A certificate is of no use without a key.
    return replace(given, method=AuthMethod.AGENT) if agent_has_keys() else Auth()


def _of_agent(given: Auth, agent_has_keys: Callable[[], bool]) -> Auth:
    """With the fingerprint of the public half.

    Without an agent, or where the file can't be read, it stays a key file: connecting says what is wrong with it.
    """
    file_only = replace(given, method=AuthMethod.KEY_FILE, agent="")
    if not given.agent and not agent_has_keys():
        return file_only
    try:
        with Path(given.identity_file).expanduser().open("rb") as file:
            line = file.read(_LONGEST_PUBLIC_KEY)
        blob = base64.b64decode(line.split()[1], validate=True)
    except (OSError, RuntimeError, ValueError, IndexError):
        return file_only
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return replace(given, key_fingerprint=f"SHA256:{digest}")


def _names(parsed: ParsedCommand, library: Library) -> Iterator[str]:
    given: set[str] = set()
    for forward in parsed.forwards:
        target = forward.target
        wish = parsed.hop.host
        # The bastion's own "localhost" says nothing about which warehouse it is, and neither does a socket there.
        if isinstance(target, Endpoint) and target.host not in _SAYS_NOTHING:
            wish = target.host
        name = library.free_name(wish)
        if name in given:
            at = "port " if isinstance(target, Endpoint) else ""
            name = library.free_name(f"{wish} {at}{mark_of(target)}")
        given.add(name)
        yield name


def mark_of(target: Target) -> str:
    """What tells a connection from its siblings in a name."""
    match target:
        case Endpoint(_, port):
            return str(port)
        case UnixSocket(path):
            return PurePosixPath(path).name
        case AnyHost():
            return "SOCKS"


def spread_name(name: str, drafts: Iterable[Connection], library: Library) -> list[Connection]:
    """The drafts under one name given by the person; further ones get their `mark_of` added."""
    named: list[Connection] = []
    for draft in drafts:
        wish = name if not named else library.free_name(f"{name} {mark_of(draft.forward.target)}")
        named.append(replace(draft, name=wish))
    return named
