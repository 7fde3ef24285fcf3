"""What the stages of a check are called."""

from __future__ import annotations

from desktop.core.check import Stage, StageName
from desktop.core.check_outline import Step
from desktop.core.model import AnyHost, Connection, Hop
from desktop.core.warehouses import WireProtocol, warehouse
from desktop.wording.messages import title
from desktop.wording.quantities import counted, latency_text
from desktop.wording.targets import target_text

_TITLES: dict[str, str] = {
    StageName.ROUTE: "Name and route",
    StageName.SSH: "SSH",
    StageName.HOST_KEY: "Host key",
    StageName.LOGIN: "Login",
    StageName.FORWARD: "Forwarding allowed",
    StageName.WAREHOUSE: "The bastion reaches the warehouse",
    StageName.PROTOCOL: "It answers as it should",
    StageName.TLS: "TLS",
    StageName.WAREHOUSE_LOGIN: "Login to the warehouse",
    StageName.DIRECT: "Without the bastion",
}


def step_title(step: Step, connection: Connection) -> str:
    """A few words. Of several servers, each has a heading of its own, by `server_title`."""
    hop = _hop_of(step, connection)
    match step.name:
        case StageName.ROUTE if hop is not None:
            return f"Name and route to {hop.host}"
        case StageName.LOGIN if hop is not None and hop.user:
            return f"Login as {hop.user}"
        case StageName.WAREHOUSE if connection.route.is_direct:
            return "This computer reaches the warehouse"
        case StageName.PROTOCOL if warehouse(connection.kind).protocol is not WireProtocol.UNKNOWN:
            return f"It speaks {warehouse(connection.kind).title}"
        case StageName.WAREHOUSE_LOGIN if connection.warehouse_user:
            return f"Login to the warehouse as {connection.warehouse_user}"
    return _TITLES.get(step.name, step.name)


def _hop_of(step: Step, connection: Connection) -> Hop | None:
    """Where an alias is on the way, only the servers that it stands for have places, and they are told of later."""
    hops = connection.route.hops
    if step.hop is None or step.hop >= len(hops) or any(hop.is_alias for hop in hops):
        return None
    return hops[step.hop]


def server_title(place: int, count: int, server: str) -> str:
    """The heading of one of several servers; `place` is from 0, `server` may be empty while it is unknown."""
    role = "Bastion" if place == count - 1 else f"Jump host {place + 1}" if count > 2 else "Jump host"
    return f"{role} · {server}" if server else role


def warehouse_title(connection: Connection) -> str:
    """The heading of what is behind the servers, where these have one each."""
    return f"Warehouse · {target_text(connection.forward.target)}"


def verdict(failed: Stage | None, told: int, took_ms: float, connection: Connection) -> str:
    """The result of a check that is over, in a line."""
    if failed is not None and failed.cause is not None:
        return title(failed.cause)
    if not told:
        return "Nothing was checked"
    end = "Each client's own host is behind it" if is_open_ended(connection) else "All is well"
    return f"{end} · {counted(told, 'stage')} in {latency_text(took_ms)}"


def is_open_ended(connection: Connection) -> bool:
    return isinstance(connection.forward.target, AnyHost)


def login_obstacle(connection: Connection) -> str:
    """Why a check can't log in to the warehouse, in a sentence; empty where it can."""
    kind = warehouse(connection.kind)
    if is_open_ended(connection):
        return "Each client says which warehouse it wants."
    if kind.driver is None:
        return f"Caponier can't log in to this kind: {kind.title}."
    return "" if connection.warehouse_user else "The connection has no warehouse user. Set it in the editor."
