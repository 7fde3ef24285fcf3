"""What the route strip says about each stop between this computer and the warehouse."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.errors import Cause
from desktop.core.model import AnyHost, Connection, Endpoint, Hop, Snapshot, State
from desktop.core.policy import clients_may_wait, needs_answer
from desktop.core.warehouses import OTHER
from desktop.gui.kind_badge import short_title
from desktop.gui.state_look import ASKS, LOOKS, PROBING, TROUBLED, Look
from desktop.wording.hop_names import address_of
from desktop.wording.quantities import latency_text
from desktop.wording.status import is_probing, standing_cause

AT_WAREHOUSE = frozenset(
    {"forward_prohibited", "warehouse_name_not_found", "warehouse_refused", "warehouse_timeout"}
)
FINE, IDLE, BUSY, LOST, BROKEN = (
    LOOKS[State.UP],
    LOOKS[State.OFF],
    LOOKS[State.CONNECTING],
    TROUBLED,
    LOOKS[State.FAILED],
)
AT_COMPUTER = {
    "port_in_use": ("Port not open", BROKEN),
    "port_not_allowed": ("Port not open", BROKEN),
    "offline": ("No network", LOST),
    "captive_portal": ("Needs sign-in", LOST),
}
NOT_REACHED = {"peer_lost": "Lost", "server_shedding": "Turned away"}


@dataclass(frozen=True, slots=True)
class Stop:
    """`light` and `words` say how it stands; `way` is written on the line that leads here from the stop before."""

    drawing: str
    title: str
    address: str
    words: str
    light: Look
    way: str = ""


def stops_of(snapshot: Snapshot) -> tuple[Stop, ...]:
    """From this computer over every bastion to the warehouse."""
    hops = snapshot.connection.route.hops
    broken = _broken_stop(snapshot)
    bastions = (_bastion(snapshot, hop, place, broken) for place, hop in enumerate(hops, start=1))
    return (_computer(snapshot, broken), *bastions, _warehouse(snapshot, broken))


def _broken_stop(snapshot: Snapshot) -> int | None:
    """Which stop the cause belongs to, counted from this computer."""
    cause, hops = standing_cause(snapshot), snapshot.connection.route.hops
    if cause is None:
        return None
    if cause.code in AT_COMPUTER:
        return 0
    if cause.code in AT_WAREHOUSE:
        return len(hops) + 1
    return _hop_named_by(cause, hops)


def _hop_named_by(cause: Cause, hops: tuple[Hop, ...]) -> int:
    named = (place for place, hop in enumerate(hops, start=1) if hop.host == cause.fact("host"))
    return next(named, len(hops))


def _computer(snapshot: Snapshot, broken: int | None) -> Stop:
    forward = snapshot.connection.forward
    configured = (
        str(Endpoint(forward.local_host, forward.local_port)) if forward.local_port else "automatic port"
    )
    address = str(snapshot.local) if snapshot.local else configured
    words, light = ("Listening", FINE) if snapshot.local else ("Port closed", IDLE)
    if snapshot.local and _turns_clients_away(snapshot):
        words, light = "Resets clients", LOST
    if broken == 0 and snapshot.cause is not None:
        words, light = AT_COMPUTER[snapshot.cause.code]
    return Stop("computer", "This computer", address, words, light)


def _turns_clients_away(snapshot: Snapshot) -> bool:
    cause = snapshot.cause
    return snapshot.state is State.FAILED and cause is not None and not clients_may_wait(cause)


def _bastion(snapshot: Snapshot, hop: Hop, place: int, broken: int | None) -> Stop:
    many = len(snapshot.connection.route.hops) > 1
    title = "Jump host" if many and hop is not snapshot.connection.route.bastion else "Bastion"
    title = f"{title} (alias)" if hop.is_alias else title
    words, light = _bastion_light(snapshot, place, broken)
    known = place == 1 and light is FINE and snapshot.state is State.UP and snapshot.round_trip_ms is not None
    way = latency_text(snapshot.round_trip_ms or 0.0) if known else ""
    return Stop("bastion", title, address_of(hop), words, light, way)


def _bastion_light(snapshot: Snapshot, place: int, broken: int | None) -> tuple[str, Look]:
    if is_probing(snapshot):
        return "Checking", PROBING
    if snapshot.state is State.UP:
        return "Logged in", FINE
    if snapshot.state is State.CONNECTING:
        return "Connecting", BUSY
    if broken is None or place > broken or snapshot.state not in (State.WAITING, State.FAILED):
        return "Not connected", IDLE
    if place < broken:
        return "Passed", FINE
    if needs_answer(snapshot):
        return "Asks you", ASKS
    if snapshot.state is State.FAILED:
        return "No login", BROKEN
    return NOT_REACHED.get(snapshot.cause.code if snapshot.cause else "", "Not reached"), LOST


def _warehouse(snapshot: Snapshot, broken: int | None) -> Stop:
    connection = snapshot.connection
    served = snapshot.clients - snapshot.parked
    if broken == len(connection.route.hops) + 1:
        words, light = "Not reached", BROKEN
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
