"""Whether the warehouse that was found is the one that a person chose to remember."""

from __future__ import annotations

from desktop.core.identity import WarehouseIdentity, decided_by, is_same
from desktop.core.model import Connection
from desktop.core.tls import TlsMode
from desktop.core.warehouse_errors import WarehouseChanged
from desktop.core.warehouses import WireProtocol, warehouse


def greets_each(connection: Connection) -> bool:
    """Whether its warehouse introduces itself to each client, so that nobody needs to look."""
    return warehouse(connection.kind).protocol is WireProtocol.MYSQL


def deciding_field(connection: Connection) -> str:
    """The name of the field that its guard goes by; empty without a guard, and where that has nothing to go by."""
    guard = connection.guard
    if not guard.is_on:
        return ""
    if greets_each(connection):
        return "greeting"
    return decided_by(guard.identity, sees_certificate=connection.tls.mode is not TlsMode.OFF)


def change_of(connection: Connection, found: WarehouseIdentity) -> WarehouseChanged | None:
    """None where it is the same by `deciding_field`, and where there is none."""
    known, field = connection.guard.identity, deciding_field(connection)
    if not field or is_same(known, found, field):
        return None
    others = [name for name in known.changes_to(found) if name != field]
    return WarehouseChanged(
        target=str(connection.forward.target),
        kind=connection.kind,
        changes=",".join((field, *others)),
        known=getattr(known, field),
        found=getattr(found, field),
        certificate=found.certificate,
        greeting=found.greeting,
        cluster_mark=found.cluster_mark,
    )
