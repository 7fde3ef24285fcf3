"""What an alias stands for, to be shown to a person before it is used."""

from __future__ import annotations

import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktop.core.aliases import AliasForward, AliasListing, AliasServer, AliasView, ForwardingAliases
from desktop.core.errors import CaponierError
from desktop.core.model import (
    AUTOMATIC_PORT,
    CONFIGURED_PORT,
    LOOPBACK,
    AnyHost,
    Auth,
    AuthMethod,
    Endpoint,
    Forward,
    Hop,
    Target,
    UnixSocket,
)
from desktop.core.plan import OfferedKeys
from desktop.ssh_config.account import Account
from desktop.ssh_config.chain import Chains
from desktop.ssh_config.forwards import End
from desktop.ssh_config.forwards import Forward as ConfiguredForward
from desktop.ssh_config.names import named_hosts
from desktop.ssh_config.plan import planned_server, proxy_of
from desktop.ssh_config.resolved import ResolvedHost

_LEADS_ELSEWHERE = ("hostname", "proxyjump", "proxycommand")
# Where ssh listens for the word localhost, and where it does so without an address unless GatewayPorts says otherwise.
_LOOPBACKS = {None: LOOPBACK, "localhost": LOOPBACK, LOOPBACK: LOOPBACK, "::1": "::1"}


@dataclass(frozen=True, slots=True)
class AliasViews:
    """Blocks for files, and for the commands of ``Match exec`` where `chains` runs them. Any thread."""

    chains: Chains = field(default_factory=Chains)

    def names(self) -> AliasListing:
        try:
            return AliasListing(named_hosts(self._account))
        except CaponierError as error:
            return AliasListing(cause=error.cause)

    def view(self, hop: Hop, *, is_nearest: bool = True) -> AliasView:
        """Of `hop.host`, whatever its method; a user and a port of `hop` go before those of the files.

        `is_nearest` as in `Chains.behind`.
        """
        try:
            return self._view(hop, named_hosts(self._account), is_nearest=is_nearest)
        except CaponierError as error:
            return AliasView(hop.host, cause=error.cause)

    def forwarding(self, is_wanted: Callable[[], bool] = lambda: True) -> ForwardingAliases:
        """All that forward something. Ends early where it is no longer wanted."""
        try:
            names = named_hosts(self._account)
        except CaponierError as error:
            return ForwardingAliases(cause=error.cause)
        views: list[AliasView] = []
        for name in names:
            if not is_wanted():
                break
            views.append(self._forwards_only(name))
        causes = {each.cause for each in views}
        if len(causes) == 1 and (cause := views[0].cause) is not None:
            # A mistake in a file concerns every alias.
            return ForwardingAliases(cause=cause)
        telling = tuple(each for each in views if each.forwards or each.left_out or each.cause)
        return ForwardingAliases(telling, len(views) - len(telling))

    @property
    def _account(self) -> Account:
        return self.chains.account or Account.current()

    def _forwards_only(self, name: str) -> AliasView:
        try:
            itself = self.chains.itself(Hop(name, "", CONFIGURED_PORT, Auth(AuthMethod.SSH_CONFIG)))
        except CaponierError as error:
            return AliasView(name, is_known=True, cause=error.cause)
        forwards, left_out = _forwards_of(itself)
        skipped = tuple(str(place) for place in itself.skipped_commands)
        return AliasView(name, is_known=True, forwards=forwards, left_out=left_out, skipped_commands=skipped)

    def _view(self, hop: Hop, names: Sequence[str], *, is_nearest: bool) -> AliasView:
        servers = self.chains.behind(hop, is_nearest=is_nearest)
        itself = servers[-1]
        forwards, left_out = _forwards_of(itself)
        origins = _origins(itself)
        return AliasView(
            alias=itself.alias,
            is_known=itself.alias in names or any(name in origins for name in _LEADS_ELSEWHERE),
            servers=tuple(_shown(server, is_last=server is itself) for server in servers),
            names=frozenset(names),
            proxy=proxy_of(servers[0]) if is_nearest else None,
            proxy_origin=_origins(servers[0]).get("proxycommand", ""),
            forwards=forwards,
            left_out=left_out,
            home_dir=str(Path(itself.account.user_dir).parent),
            skipped_commands=tuple(
                dict.fromkeys(str(place) for server in servers for place in server.skipped_commands)
            ),
        )


def _shown(server: ResolvedHost, *, is_last: bool) -> AliasServer:
    hop = planned_server(server, is_last=is_last)
    paths = {
        path
        for way in hop.ways
        if isinstance(way, OfferedKeys)
        for path in (*way.identity_files, *way.certificate_files)
    }
    missing = frozenset(path for path in paths if not _is_there(path))
    return AliasServer(server.alias, hop, _origins(server), missing)


def _origins(server: ResolvedHost) -> dict[str, str]:
    """What was said for this look, and not by a file, has none."""
    return {name: str(places[0]) for name, places in server.places.items() if places[0].line}


def _is_there(path: str) -> bool:
    try:
        return stat.S_ISREG(Path(path).stat().st_mode)
    except (OSError, ValueError):
        return False


def _forwards_of(server: ResolvedHost) -> tuple[tuple[AliasForward, ...], tuple[str, ...]]:
    """What listens on a Unix socket of this computer is left out: a connection has a port here."""
    kept: list[AliasForward] = []
    left_out: list[str] = []
    is_wide = server.printed("gatewayports") == ("yes",)
    options = (("LocalForward", server.local_forwards), ("DynamicForward", server.dynamic_forwards))
    for option, configured in options:
        for each in configured:
            if each.listen.path:
                left_out.append(f"{option} {each}")
            else:
                kept.append(_connection_forward(each, is_wide=is_wide))
    return tuple(kept), tuple(left_out)


def _connection_forward(configured: ConfiguredForward, *, is_wide: bool) -> AliasForward:
    listen = configured.listen
    local_host = _LOOPBACKS.get(listen.host)
    narrowed = local_host is None or (is_wide and listen.host is None)
    forward = Forward(_target(configured.connect), listen.port or AUTOMATIC_PORT, local_host or LOOPBACK)
    return AliasForward(forward, narrowed)


def _target(connect: End | None) -> Target:
    if connect is None:
        return AnyHost()
    return UnixSocket(connect.path) if connect.path else Endpoint(connect.host or "localhost", connect.port)
