"""Where a connection leads, in words."""

from __future__ import annotations

from desktop.core.model import AnyHost, Connection, Target
from desktop.core.warehouses import OTHER, warehouse

_ANY_HOST = "Any host (SOCKS)"


def target_text(target: Target) -> str:
    return _ANY_HOST if isinstance(target, AnyHost) else str(target)


def where_line(connection: Connection) -> str:
    """With the kind of warehouse that is there."""
    title = warehouse(connection.kind).title
    if not isinstance(connection.forward.target, AnyHost):
        return f"{title} at {connection.forward.target}"
    return _ANY_HOST if connection.kind == OTHER.key else f"{title} and any other host (SOCKS)"
