"""Connections that nobody has saved yet, as a pasted ssh command describes them."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from desktop.core.model import Auth, AuthMethod, Connection, Hop, Route
from desktop.core.ssh_command import ParsedCommand
from desktop.core.warehouses import CATALOGUE, OTHER
from desktop.engine.library import Library

# ssh_config(5), IdentityFile. ssh tries all of them; one has to be chosen here, and the youngest kind is the likeliest.
USUAL_IDENTITIES = ("id_ed25519", "id_ecdsa", "id_rsa")
_SAYS_NOTHING = ("localhost", "127.0.0.1", "::1")


def login_name() -> str:
    """Who is logged in here, the likeliest user over there; empty where the system does not tell."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def drafts_of(parsed: ParsedCommand, library: Library, user: str) -> tuple[Connection, ...]:
    """One connection for each forward, all over the same bastion, under names that are free.

    `user` is who logs in where the command does not say. Without -i it is the first of ssh's usual identity files, as
    ssh(1) has it, else a password.
    """
    hop = replace(parsed.hop, user=parsed.hop.user or user, auth=_auth(parsed.hop))
    return tuple(
        Connection(name=name, route=Route((hop,)), forward=forward, kind=kind_for_port(forward.target.port))
        for name, forward in zip(_names(parsed, library), parsed.forwards, strict=True)
    )


def kind_for_port(port: int) -> str:
    """The warehouse that usually listens there."""
    return next((warehouse.key for warehouse in CATALOGUE if warehouse.port == port), OTHER.key)


def _auth(hop: Hop) -> Auth:
    if hop.auth.identity_file:
        return hop.auth
    usual = (f"~/.ssh/{name}" for name in USUAL_IDENTITIES)
    found = next((path for path in usual if Path(path).expanduser().is_file()), "")
    return Auth(AuthMethod.KEY_FILE, found) if found else Auth()


def _names(parsed: ParsedCommand, library: Library) -> Iterator[str]:
    given: set[str] = set()
    for forward in parsed.forwards:
        # The bastion's own "localhost" says nothing about which warehouse it is.
        own = forward.target.host in _SAYS_NOTHING
        wish = parsed.hop.host if own else forward.target.host
        name = library.free_name(wish)
        if name in given:
            name = library.free_name(f"{wish} port {forward.target.port}")
        given.add(name)
        yield name


def spread_name(name: str, drafts: Iterable[Connection], library: Library) -> list[Connection]:
    """The drafts under one name given by the person; further ones get the warehouse's port added."""
    named: list[Connection] = []
    for draft in drafts:
        wish = name if not named else library.free_name(f"{name} {draft.forward.target.port}")
        named.append(replace(draft, name=wish))
    return named
