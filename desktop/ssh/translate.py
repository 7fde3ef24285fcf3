"""Channel-open failures in the words of the error tree."""

from __future__ import annotations

from desktop.core.errors import (
    CaponierError,
    ForwardProhibited,
    WarehouseNameNotFound,
    WarehouseRefused,
    WarehouseTimeout,
)
from desktop.core.model import Endpoint, Place, Route
from desktop.core.route_errors import JumpError, JumpRefused, JumpTrouble, JumpUnreachable
from desktop.ssh.socks import Refusal

# RFC 4254 section 5.1
ADMINISTRATIVELY_PROHIBITED = 1
UNKNOWN_CHANNEL_TYPE = 3
_AT_JUMP_HOST: dict[type[CaponierError], JumpTrouble] = {
    WarehouseNameNotFound: JumpTrouble.NAME,
    WarehouseTimeout: JumpTrouble.TIMEOUT,
    WarehouseRefused: JumpTrouble.REFUSED,
}


def forward_error(reason: int, text: str, route: Route, target: Place) -> CaponierError:
    """Why the bastion opened no way to `target`. `text` is the server's; OpenSSH puts strerror(3) there."""
    return _kind_of_error(reason, text.lower())(bastion=route.bastion.host, target=str(target))


def jump_error(reason: int, text: str, jump: str, target: Endpoint) -> JumpError:
    """Why the jump host opened no way to the next server; `reason` and `text` as in `forward_error`."""
    trouble = _AT_JUMP_HOST.get(_kind_of_error(reason, text.lower()))
    if trouble is None:
        return JumpRefused(jump=jump, host=target.host, port=target.port)
    return JumpUnreachable(jump=jump, host=target.host, port=target.port, trouble=trouble)


def socks_refusal(reason: int, text: str) -> Refusal:
    """As `forward_error`, for a program that speaks SOCKS."""
    kind = _kind_of_error(reason, text.lower())
    if kind is ForwardProhibited:
        return Refusal.NOT_ALLOWED
    unreachable = "unreachable" in text.lower() or "no route" in text.lower()
    return Refusal.REFUSED if kind is WarehouseRefused and not unreachable else Refusal.HOST_UNREACHABLE


def _kind_of_error(reason: int, text: str) -> type[CaponierError]:
    if reason in (ADMINISTRATIVELY_PROHIBITED, UNKNOWN_CHANNEL_TYPE):
        return ForwardProhibited
    if "timed out" in text or "timeout" in text:
        return WarehouseTimeout
    if "unknown host" in text or "name or service" in text or "resolution" in text or "nodename" in text:
        return WarehouseNameNotFound
    return WarehouseRefused
