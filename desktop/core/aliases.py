"""Aliases of the person's ssh_config(5): which there are, what one stands for, and who is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from desktop.core.errors import Cause
from desktop.core.model import Endpoint, Forward, Hop, Proxy
from desktop.core.plan import PlannedHop


@dataclass(frozen=True, slots=True)
class AliasServer:
    """One server on the way to an alias. `name` is what the files call it.

    `origins` tells where a value comes from, as ``file:line``, by the option's name in lower case; what is nobody's has
    none. `missing` are the paths of key and certificate files that are not there; ssh passes over those.
    """

    name: str
    hop: PlannedHop
    origins: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AliasForward:
    """A LocalForward or a DynamicForward.

    `is_narrowed`: for ssh, other computers could use it, and here it is for this one alone.
    """

    forward: Forward
    is_narrowed: bool = False


@dataclass(frozen=True, slots=True)
class AliasView:
    """What `alias` stands for now, or `cause`, why that can't be told.

    The nearest of `servers` comes first, and the last is the alias itself. `is_known`: a ``Host`` line names it in
    full, or the files give it another HostName, a ProxyJump or a ProxyCommand. `names` are all that such lines name,
    for the other hosts of a command. `left_out` are forwards, as they are
    written, that have no place in a connection. `skipped_commands` are places of ``Match exec`` whose command was not
    run, so that it counted as one that failed. `home_dir` is what ``~`` means to the person.
    """

    alias: str
    is_known: bool = False
    servers: tuple[AliasServer, ...] = ()
    names: frozenset[str] = frozenset()
    proxy: Proxy | None = None
    proxy_origin: str = ""
    forwards: tuple[AliasForward, ...] = ()
    left_out: tuple[str, ...] = ()
    skipped_commands: tuple[str, ...] = ()
    home_dir: str = ""
    cause: Cause | None = None

    @property
    def address(self) -> Endpoint | None:
        return self.servers[-1].hop.endpoint if self.servers else None


@dataclass(frozen=True, slots=True)
class AliasListing:
    """The names that ``Host`` lines give in full, in the order of the files, or `cause`, why they can't be told."""

    names: tuple[str, ...] = ()
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class ForwardingAliases:
    """`views` are those with a forward, and those that can't be looked up; `without` counts the others.

    Their servers were not looked up.
    """

    views: tuple[AliasView, ...] = ()
    without: int = 0
    cause: Cause | None = None


class AliasLook(Protocol):
    """A look at the person's ssh_config that goes on by itself."""

    def stop(self) -> None:
        """Nothing is told from now on. Idempotent, and does not wait for any file."""


class Aliases(Protocol):
    """The aliases of the person's ssh_config, as its files say now. Each call returns at once.

    What there is to tell is told once, from another thread. No command of a ``Match exec`` is run for a look: one that
    comes with each letter that is typed would run it for each, and a slow one would have the person wait for nothing.
    """

    def list(self, tell: Callable[[AliasListing], None]) -> AliasLook: ...

    def look(self, hop: Hop, tell: Callable[[AliasView], None], *, is_nearest: bool = True) -> AliasLook:
        """At the alias `hop.host`; a user and a port of `hop` go before those of the files.

        Where it is not the nearest of its route, it has no jump hosts and no proxy of its own.
        """

    def forwarding(self, tell: Callable[[ForwardingAliases], None]) -> AliasLook:
        """At all of them, for those that forward something. May take seconds where there are thousands."""
