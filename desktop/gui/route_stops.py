"""What the route strip says about each stop between this computer and the warehouse."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.error_tree import leaves
from desktop.core.errors import Cause, ForwardError, HostKeyError
from desktop.core.model import (
    CONFIGURED_PORT,
    AnyHost,
    Connection,
    Endpoint,
    HopPicture,
    Proxy,
    ProxyKind,
    Snapshot,
    Standing,
    State,
    address_of,
)
from desktop.core.policy import clients_may_wait, is_on_demand, needs_answer
from desktop.core.route_errors import ProxyError, hop_of
from desktop.core.warehouse_errors import WarehouseError
from desktop.core.warehouses import OTHER
from desktop.gui.kind_badge import short_title
from desktop.gui.prompt_questions import asks
from desktop.gui.state_look import ASKS, LOOKS, PROBING, TROUBLED, Look
from desktop.wording.quantities import latency_text
from desktop.wording.status import is_probing, standing_cause
from desktop.wording.way import PROXY_NAMES

# The warehouse was reached, and this is how it stands.
AT_REACHED_WAREHOUSE = {
    **{leaf.code: "In trouble" for leaf in leaves(WarehouseError)},
    "wrong_protocol": "Another server",
    "warehouse_hung_up": "Hangs up",
    "warehouse_silent": "Says nothing",
    "warehouse_changed": "Another one",
    "warehouse_unidentified": "Not identified",
    "tls_required": "Wants TLS",
    "warehouse_client_not_allowed": "Not let in",
    "warehouse_too_many_connections": "Full",
    "warehouse_host_blocked": "Blocked",
    "warehouse_starting": "Starting",
    "warehouse_unavailable": "Not available",
}
AT_WAREHOUSE = frozenset(leaf.code for leaf in leaves(ForwardError)) | AT_REACHED_WAREHOUSE.keys()
FINE, IDLE, BUSY, LOST, BROKEN = (
    LOOKS[State.UP],
    LOOKS[State.OFF],
    LOOKS[State.CONNECTING],
    TROUBLED,
    LOOKS[State.FAILED],
)
AT_COMPUTER = {
    "port_in_use": ("Port not open", BROKEN),
    "port_reserved": ("Port not open", BROKEN),
    "port_not_allowed": ("Port not open", BROKEN),
    "offline": ("No network", LOST),
    "bind_address_missing": ("No such address", LOST),
    "captive_portal": ("Needs sign-in", LOST),
}
AT_PROXY = frozenset(leaf.code for leaf in leaves(ProxyError))
# In front of the servers, whose places count from 0.
_COMPUTER, _PROXY = -2, -1
NOT_REACHED = {"peer_lost": "Lost", "server_shedding": "Turned away"}
# Of a stop that will not be tried again by itself; the rest did not let us in.
NO_LOGIN = {
    **{leaf.code: "Not trusted" for leaf in leaves(HostKeyError)},
    "jump_refused": "Not reached",
    "not_ssh": "Not SSH",
    "no_common_algorithm": "No encryption",
    "proxy_refused": "Refused",
    "not_a_proxy": "No proxy",
    "proxy_command_unusable": "Can't start",
    "proxy_command_garbage": "Not SSH",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """`light` and `words` say how it stands; `way` is written on the line that leads here from the stop before.

    `short` is its title where there is little room.
    """

    drawing: str
    title: str
    address: str
    words: str
    light: Look
    way: str = ""
    short: str = ""


def stops_of(snapshot: Snapshot) -> tuple[Stop, ...]:
    """From this computer over the proxy and every server to the warehouse."""
    if snapshot.connection.route.is_direct:
        return _computer_alone(), Stop("warehouse", *_names_of(snapshot.connection), "Not watched", IDLE)
    hops = _hops_of(snapshot)
    broken = _broken_stop(snapshot, hops)
    proxy = _proxy_of(snapshot)
    return (
        _computer(snapshot, broken),
        *([] if proxy is None else [_proxy(snapshot, proxy, hops[0], broken)]),
        *(_server(snapshot, hops, place, broken) for place in range(len(hops))),
        _warehouse(snapshot, broken),
    )


def _computer_alone() -> Stop:
    return Stop("computer", "This computer", "no tunnel", "Direct", IDLE, short="Computer")


def _hops_of(snapshot: Snapshot) -> tuple[HopPicture, ...]:
    """What an alias stands for, once that is known."""
    route = snapshot.connection.route
    return snapshot.way.hops or tuple(HopPicture(hop.endpoint) for hop in route.hops)


def _proxy_of(snapshot: Snapshot) -> Proxy | None:
    return snapshot.way.proxy if snapshot.way.hops else snapshot.connection.route.proxy


def _broken_stop(snapshot: Snapshot, hops: tuple[HopPicture, ...]) -> int | None:
    """Which stop the cause belongs to: `_COMPUTER`, `_PROXY`, a server's place, or the number of servers."""
    cause = standing_cause(snapshot)
    if cause is None:
        return None
    if cause.code in AT_COMPUTER:
        return _COMPUTER
    if cause.code in AT_WAREHOUSE:
        return len(hops)
    if cause.code in AT_PROXY:
        return _PROXY
    noted = hop_of(cause)
    return noted if noted is not None and noted < len(hops) else _hop_named_by(cause, hops)


def _hop_named_by(cause: Cause, hops: tuple[HopPicture, ...]) -> int:
    named = (place for place, hop in enumerate(hops) if hop.endpoint.host == cause.fact("host"))
    return next(named, len(hops) - 1)


def _computer(snapshot: Snapshot, broken: int | None) -> Stop:
    forward = snapshot.connection.forward
    configured = (
        str(Endpoint(forward.local_host, forward.local_port)) if forward.local_port else "automatic port"
    )
    address = str(snapshot.local) if snapshot.local else configured
    words, light = ("Listening", FINE) if snapshot.local else ("Port closed", IDLE)
    if snapshot.local and _turns_clients_away(snapshot):
        words, light = "Resets clients", LOST
    if broken == _COMPUTER and snapshot.cause is not None:
        words, light = AT_COMPUTER[snapshot.cause.code]
    return Stop("computer", "This computer", address, words, light, short="Computer")


def _turns_clients_away(snapshot: Snapshot) -> bool:
    cause = snapshot.cause
    return snapshot.state is State.FAILED and cause is not None and not clients_may_wait(cause)


def _proxy(snapshot: Snapshot, proxy: Proxy, first: HopPicture, broken: int | None) -> Stop:
    is_command = proxy.kind is ProxyKind.COMMAND
    title = PROXY_NAMES[proxy.kind]
    address = proxy.command.split(" ", 1)[0] if is_command else str(proxy.endpoint)
    is_passed = snapshot.state is State.UP or (
        snapshot.state is State.CONNECTING and first.standing is Standing.PASSED
    )
    words, light = _server_light(snapshot, _PROXY, broken, first.standing)
    if is_passed and not is_probing(snapshot):
        words, light = "Passed", FINE
    return Stop("proxy", title, address, words, light, short="Proxy")


def _server(snapshot: Snapshot, hops: tuple[HopPicture, ...], place: int, broken: int | None) -> Stop:
    hop, is_last = hops[place], place == len(hops) - 1
    words, light = _server_light(snapshot, place, broken, hop.standing)
    way = _leg(snapshot, hops, place) if light is FINE else ""
    short = "Bastion" if is_last else "Jump host"
    # What it stands for is known from the first look at ssh_config on.
    title = f"{short} (alias)" if hop.endpoint.port == CONFIGURED_PORT else short
    return Stop("bastion", title, address_of(hop.endpoint), words, light, way, short)


def _leg(snapshot: Snapshot, hops: tuple[HopPicture, ...], place: int) -> str:
    """What the way from the stop before takes of the round trip, where that is known."""
    if snapshot.state not in (State.UP, State.CONNECTING):
        return ""
    there_ms = hops[place].round_trip_ms
    if len(hops) == 1 and snapshot.state is State.UP:
        there_ms = snapshot.round_trip_ms
    before_ms = hops[place - 1].round_trip_ms if place else 0.0
    if there_ms is None or before_ms is None:
        return ""
    # Measured one after the other: noise may be more than a short way takes.
    return latency_text(max(there_ms - before_ms, 0.0))


def _server_light(snapshot: Snapshot, place: int, broken: int | None, standing: Standing) -> tuple[str, Look]:
    if is_probing(snapshot):
        return "Checking", PROBING
    if snapshot.state is State.UP:
        return "Logged in", FINE
    if snapshot.state is State.CONNECTING:
        return _light_while_connecting(snapshot, standing)
    is_idle = snapshot.state not in (State.WAITING, State.FAILED) or is_on_demand(snapshot.cause)
    if is_idle or broken is None or place > broken:
        return "Not connected", IDLE
    if place < broken:
        return "Passed", FINE
    if asks(snapshot):
        return "Asks you", ASKS
    code = snapshot.cause.code if snapshot.cause else ""
    if snapshot.state is State.FAILED:
        return NO_LOGIN.get(code, "No login"), BROKEN
    return NOT_REACHED.get(code, "Not reached"), LOST


def _light_while_connecting(snapshot: Snapshot, standing: Standing) -> tuple[str, Look]:
    if standing is Standing.PASSED:
        return "Logged in", FINE
    if standing is Standing.TRIED or not snapshot.way.hops:
        if needs_answer(snapshot):
            return "Asks you", ASKS
        return "Connecting", BUSY
    return "Not connected", IDLE


def _warehouse(snapshot: Snapshot, broken: int | None) -> Stop:
    connection = snapshot.connection
    served = snapshot.clients - snapshot.parked
    if broken == len(_hops_of(snapshot)) and snapshot.cause is not None:
        words, light = AT_REACHED_WAREHOUSE.get(snapshot.cause.code, "Not reached"), BROKEN
    elif is_probing(snapshot):
        words, light = "Not known", IDLE
    elif snapshot.state is State.UP and served > 0:
        words, light = "In use", FINE
    elif snapshot.state is State.UP:
        words, light = "Idle", IDLE
    else:
        words, light = "Not connected", IDLE
    return Stop("warehouse", *_names_of(connection), words, light)


def _names_of(connection: Connection) -> tuple[str, str]:
    """Title and address of what is behind the bastion."""
    title = short_title(connection.kind)
    if not isinstance(connection.forward.target, AnyHost):
        return title, str(connection.forward.target)
    return ("Any host", "by SOCKS") if connection.kind == OTHER.key else (title, "any host, by SOCKS")
