"""Errors about a server that is not, or not now, what a connection says that it is."""

from __future__ import annotations

from desktop.core.error_tree import error_of
from desktop.core.errors import CaponierError
from desktop.core.first_bytes import judge
from desktop.core.model import AnyHost, Connection
from desktop.core.tls import TlsMode
from desktop.core.warehouse_errors import (
    TlsRequired,
    WarehouseHungUp,
    WarehouseSilent,
    WarehouseUnavailable,
    WrongProtocol,
)
from desktop.core.warehouses import WireProtocol, warehouse
from desktop.probe.classify import TLS, classify
from desktop.probe.said import cleaned

_SHOWN_BYTES = 120


def hung_up(connection: Connection) -> CaponierError:
    return WarehouseHungUp(**_about(connection))


def unanswered(connection: Connection, timeout_s: float) -> CaponierError:
    return WarehouseSilent(**_about(connection), timeout_s=f"{timeout_s:.0f}")


def stranger(connection: Connection, said: bytes, heard: bytes, *, ended: bool) -> CaponierError:
    """What to make of an answer that is none of the expected protocol's, or says that it can't serve now."""
    target = connection.forward.target
    if not isinstance(target, AnyHost) and heard:
        cause = judge(connection.kind, target, said, heard, ended=ended)
        if cause is not None and cause.code != WrongProtocol.code:
            return error_of(cause)
    found = classify(heard)
    if found == TLS and connection.tls.mode is not TlsMode.VERIFY:
        return TlsRequired(**_about(connection))
    answer = cleaned(heard[:_SHOWN_BYTES].decode("utf-8", "replace"))
    protocol = warehouse(connection.kind).protocol
    if found and warehouse(found).protocol is protocol and protocol is not WireProtocol.HTTP:
        return WarehouseUnavailable(**_about(connection), detail=answer)
    return WrongProtocol(**_about(connection), found=found, answer=answer)


def _about(connection: Connection) -> dict[str, str]:
    return {"target": str(connection.forward.target), "kind": connection.kind}
