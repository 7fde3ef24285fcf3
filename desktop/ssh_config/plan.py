"""From a route with aliases to what is dialled. Asked at each login, so that an edited file counts from the next on.

Where the plan differs from what ssh(1) would do, and why:

- `StrictHostKeyChecking no` (or ``off``) accepts a new host key, as ``accept-new`` does; a changed one is refused all
  the same, where ssh only warns.
- A proxy that was saved with the connection stands in front of the nearest server, instead of its `ProxyCommand`. The
  jump hosts stay: ssh with ``-o ProxyCommand`` would leave them out, and reach nothing behind them.
- A server that is reached through another has no `ProxyCommand`, whatever the files say: as with ssh, see `chain`.
- `BindInterface` is passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from desktop.core.model import Endpoint, Hop, Proxy, ProxyKind, Route
from desktop.core.plan import (
    Plan,
    PlannedHop,
    Strictness,
    Trust,
    filled_proxy,
    known_hosts_name,
    login_of,
    planned,
)
from desktop.ssh_config.chain import Chains
from desktop.ssh_config.command import nobody_calls_off
from desktop.ssh_config.resolved import ResolvedHost, StrictHostKeyChecking
from desktop.ssh_config.ways import ways_of

_STRICTNESS = {
    StrictHostKeyChecking.YES: Strictness.YES,
    StrictHostKeyChecking.NO: Strictness.ACCEPT_NEW,
    StrictHostKeyChecking.ASK: Strictness.ASK,
    StrictHostKeyChecking.ACCEPT_NEW: Strictness.ACCEPT_NEW,
}


@dataclass(frozen=True, slots=True)
class ConfigPlanner:
    """Implements `core.ports.Planner`."""

    chains: Chains = field(default_factory=Chains)

    def __call__(self, route: Route, check: Callable[[], None] = nobody_calls_off) -> Plan:
        chains = replace(self.chains, check=check)
        proxy: Proxy | None = None
        hops: list[PlannedHop] = []
        for number, hop in enumerate(route.hops):
            is_last = number == len(route.hops) - 1
            if not hop.is_alias:
                hops.append(planned(hop, is_last=is_last))
                continue
            servers = chains.behind(hop, is_nearest=number == 0)
            if number == 0:
                proxy = proxy_of(servers[0])
            *before, itself = servers
            hops += (planned_server(server, is_last=False) for server in before)
            hops.append(planned_server(itself, is_last=is_last))
        return Plan(tuple(hops), filled_proxy(route.proxy, hops[0]) or proxy)


def planned_server(host: ResolvedHost, *, is_last: bool) -> PlannedHop:
    """Raises `SshConfigInvalid`, `SshConfigNoMethod`."""
    endpoint = Endpoint(host.host_name, host.port)
    return PlannedHop(
        endpoint=endpoint,
        user=host.user,
        ways=ways_of(host),
        trust=_trust_in(host, endpoint),
        login="" if is_last else login_of(Hop(host.host_name, host.user, host.port)),
        # 0 means the system's own limit to ssh, which is minutes.
        connect_timeout_s=float(host.connect_timeout_s) if host.connect_timeout_s else None,
        address_family=host.address_family,
        bind_address=host.bind_address,
    )


def proxy_of(nearest: ResolvedHost) -> Proxy | None:
    """Raises `SshConfigInvalid`."""
    if not nearest.proxy_command:
        return None
    return Proxy(ProxyKind.COMMAND, command=nearest.proxy_command_line())


def _trust_in(host: ResolvedHost, endpoint: Endpoint) -> Trust:
    """The alias of a host key stands without a port; ssh_config(5), HostKeyAlias."""
    return Trust(
        name=host.host_key_alias or known_hosts_name(endpoint),
        user_files=host.user_known_hosts_files if "userknownhostsfile" in host.places else None,
        global_files=host.global_known_hosts_files if "globalknownhostsfile" in host.places else None,
        strictness=_STRICTNESS[host.strict_host_key_checking],
        hash_names=host.hash_known_hosts,
    )
