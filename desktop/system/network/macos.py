"""macOS: a routing socket. Needs no privilege. Numbers and layouts: route(4), net/route.h."""

from __future__ import annotations

import socket
import struct

from desktop.system.network.doorbell import RouteSocketBell

_PF_ROUTE = 17
_HEAD = struct.Struct("=HBB")  # length, version, type: the same in every message
_ROUTE_FLAGS = struct.Struct("=8xi")  # struct rt_msghdr
_ROUTE_KINDS = (0x1, 0x2, 0x3)  # RTM_ADD, RTM_DELETE, RTM_CHANGE
_OTHER_KINDS = (0x6, 0xC, 0xD, 0xE)  # RTM_REDIRECT, RTM_NEWADDR, RTM_DELADDR, RTM_IFINFO
_NEIGHBOUR = 0x400 | 0x20000  # RTF_LLINFO, RTF_WASCLONED


def open_bell() -> RouteSocketBell:
    """Raises `OSError`."""
    return RouteSocketBell(socket.socket(_PF_ROUTE, socket.SOCK_RAW, socket.AF_UNSPEC), is_noise)


def is_noise(message: bytes) -> bool:
    """True for what comes without a change: neighbours found and forgotten, lookups, group memberships.

    A failed lookup by any program is told to everybody (RTM_MISS), so a failed probe would call for the next one:
    https://github.com/tailscale/tailscale/pull/20050. A message too short to judge is no noise.
    """
    try:
        _, _, kind = _HEAD.unpack_from(message)
        if kind in _ROUTE_KINDS:
            (flags,) = _ROUTE_FLAGS.unpack_from(message)
            return bool(flags & _NEIGHBOUR)
    except struct.error:
        return False
    return kind not in _OTHER_KINDS
