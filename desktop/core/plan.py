"""A `Route` ready to be dialled: every alias of ssh_config(5) in it has been looked up."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from desktop.core.model import SSH_PORT, Auth, Endpoint, Hop, Proxy, ProxyKind, Route
from desktop.core.route_errors import ProxyCommandUnusable

# Names the proxy's secrets among those of a connection. No hop is called so: those have an @.
PROXY_LOGIN = "proxy"
_TOKEN = re.compile("%([%hnpr])")
# Of host and user in a shell's command line. OpenSSH refuses what is odd in them, too (valid_hostname in ssh.c).
_HARMLESS = re.compile(r"(?!-)[\w.:%@+-]*")


class Strictness(StrEnum):
    """What to do about a host key that nobody has seen before; `StrictHostKeyChecking` of ssh_config(5).

    A key that changed, or was revoked, is refused whatever this says.
    """

    YES = "yes"
    ASK = "ask"
    ACCEPT_NEW = "accept-new"


class AddressFamily(StrEnum):
    """In the words of ssh_config(5)."""

    ANY = "any"
    IPV4 = "inet"
    IPV6 = "inet6"


@dataclass(frozen=True, slots=True)
class Trust:
    """How one server's host key is checked. `name` is what it is called in known_hosts files.

    `user_files` and `global_files` are paths to be opened; None stands for the usual ones. A new key is always written
    to Caponier's own file, as a hash of the name where `hash_names` says so.
    """

    name: str
    user_files: tuple[str, ...] | None = None
    global_files: tuple[str, ...] | None = None
    strictness: Strictness = Strictness.ASK
    hash_names: bool = False


@dataclass(frozen=True, slots=True)
class OfferedKeys:
    """The public key method as ssh_config(5) has it: several keys, tried in ssh(1)'s order. Files are paths to open.

    Files that do not exist are passed over. `agent` is named as in `Auth.agent`. With `only_these` the agent's keys are
    offered only where they belong to one of the files.
    """

    identity_files: tuple[str, ...] = ()
    certificate_files: tuple[str, ...] = ()
    asks_agent: bool = True
    agent: str = ""
    only_these: bool = False


LoginWay = Auth | OfferedKeys


@dataclass(frozen=True, slots=True)
class PlannedHop:
    """One SSH server. `ways` are tried in order, until one lets us in.

    `login` names the secrets for it among those of a connection: empty for the last hop, the bastion itself. An
    empty `bind_address` leaves the choice to the system; `connect_timeout_s` None, to Caponier.
    """

    endpoint: Endpoint
    user: str
    ways: tuple[LoginWay, ...]
    trust: Trust
    login: str = ""
    connect_timeout_s: float | None = None
    address_family: AddressFamily = AddressFamily.ANY
    bind_address: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The SSH servers, nearest first, and what is in front of the first."""

    hops: tuple[PlannedHop, ...]
    proxy: Proxy | None = None

    @property
    def bastion(self) -> PlannedHop:
        """The last hop, from which the warehouse is reached."""
        return self.hops[-1]


def plan_of(route: Route, _check: Callable[[], None] | None = None) -> Plan:
    """Of a route without aliases: a `core.ports.Planner` that never blocks."""
    last = len(route.hops) - 1
    hops = tuple(planned(hop, is_last=place == last) for place, hop in enumerate(route.hops))
    return Plan(hops, filled_proxy(route.proxy, hops[0]))


def planned(hop: Hop, *, is_last: bool) -> PlannedHop:
    """A hop that is no alias."""
    trust = Trust(known_hosts_name(hop.endpoint))
    return PlannedHop(hop.endpoint, hop.user, (hop.auth,), trust, "" if is_last else login_of(hop))


def filled_proxy(proxy: Proxy | None, hop: PlannedHop) -> Proxy | None:
    """A saved one, with what stands for the hop in its command filled in, as ssh(1) does for ProxyCommand.

    Raises `ProxyCommandUnusable` where a name would mean something to the shell: it may come from a file.
    """
    if proxy is None or proxy.kind is not ProxyKind.COMMAND:
        return proxy
    values = {
        "%": "%",
        "h": hop.endpoint.host,
        "n": hop.endpoint.host,
        "p": str(hop.endpoint.port),
        "r": hop.user,
    }
    odd = next((value for value in (hop.endpoint.host, hop.user) if not _HARMLESS.fullmatch(value)), None)
    if odd is not None:
        raise ProxyCommandUnusable(command=proxy.command, reason=f"{odd!r} has characters that a shell heeds")
    return replace(proxy, command=_TOKEN.sub(lambda token: values[token[1]], proxy.command))


def login_of(hop: Hop) -> str:
    """Names a jump host's secrets among those of a connection."""
    return f"{hop.user}@{hop.endpoint}"


def logins_of(route: Route) -> tuple[str, ...]:
    """Every name under which a connection may have secrets, the bastion's empty one first."""
    proxy = (PROXY_LOGIN,) if route.proxy is not None else ()
    return ("", *(login_of(hop) for hop in route.hops[:-1]), *proxy)


def known_hosts_name(endpoint: Endpoint) -> str:
    """How known_hosts names an endpoint: the port only where it is not 22; sshd(8)."""
    if endpoint.port == SSH_PORT:
        return endpoint.host.lower()
    return f"[{endpoint.host.lower()}]:{endpoint.port}"
