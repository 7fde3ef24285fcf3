"""Channel-open failures in the words of the error tree."""

from __future__ import annotations

from desktop.core.errors import (
    CaponierError,
    ForwardProhibited,
    WarehouseNameNotFound,
    WarehouseRefused,
    WarehouseTimeout,
)
from desktop.core.model import Endpoint, Route

# RFC 4254 section 5.1
ADMINISTRATIVELY_PROHIBITED = 1
UNKNOWN_CHANNEL_TYPE = 3


def forward_error(reason: int, text: str, route: Route, target: Endpoint) -> CaponierError:
    """Why the bastion opened no way to `target`. `text` is the server's; OpenSSH puts strerror(3) there."""
    return _kind_of_error(reason, text.lower())(bastion=route.bastion.host, target=str(target))


def _kind_of_error(reason: int, text: str) -> type[CaponierError]:
    if reason in (ADMINISTRATIVELY_PROHIBITED, UNKNOWN_CHANNEL_TYPE):
        return ForwardProhibited
    if "timed out" in text or "timeout" in text:
        return WarehouseTimeout
    if "unknown host" in text or "name or service" in text or "resolution" in text or "nodename" in text:
        return WarehouseNameNotFound
    return WarehouseRefused
