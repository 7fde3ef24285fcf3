"""Linux: a netlink route socket. Needs no privilege. Numbers and layouts: rtnetlink(7), linux/rtnetlink.h."""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Iterator

from desktop.system.network.doorbell import RouteSocketBell

# Links, and of IPv4 and of IPv6 each: addresses, routes, rules. Not neighbours.
_GROUPS = 0x1 | 0x10 | 0x40 | 0x80 | 0x100 | 0x400 | 0x40000
_NEW_LINK, _NEW_ADDRESS, _NEW_ROUTE, _DELETE_ROUTE = 16, 20, 24, 25
_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, sender
_LINK_BYTES, _ADDRESS_BYTES = 16, 8  # struct ifinfomsg, struct ifaddrmsg
_ROUTE_FLAGS_AT = 8  # in struct rtmsg
_ATTRIBUTE = struct.Struct("=HH")  # length, type
_WIRELESS = 11  # IFLA_WIRELESS
_CACHE_INFO = 6  # IFA_CACHEINFO
_STAMPS = struct.Struct("=8xII")  # struct ifa_cacheinfo: made, last changed, in hundredths of a second
_AS_MADE = 100  # as far apart, two stamps count as the same
_CLONED = 0x200  # RTM_F_CLONED
_BRIDGE = b"\x07"  # AF_BRIDGE

if sys.platform == "linux":

    def open_bell() -> RouteSocketBell:
        """Raises `OSError`, in a sandbox without netlink for example."""
        sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        try:
            sock.bind((0, _GROUPS))
        except OSError:
            sock.close()
            raise
        return RouteSocketBell(sock, is_noise)


def is_noise(datagram: bytes) -> bool:
    """True where nothing in it can have changed a way. What is not understood is no noise."""
    try:
        return all(_is_noise(kind, body) for kind, body in _messages(datagram))
    except struct.error:
        return False


def _messages(datagram: bytes) -> Iterator[tuple[int, bytes]]:
    while datagram:
        length, kind, *_ = _HEADER.unpack_from(datagram)
        if length < _HEADER.size:
            raise struct.error("a message shorter than its header")
        yield kind, datagram[_HEADER.size : length]
        datagram = datagram[_aligned(length) :]


def _is_noise(kind: int, body: bytes) -> bool:
    if kind == _NEW_LINK:
        return _is_bridge_port(body) or _is_wireless_event(body)
    if kind == _NEW_ADDRESS:
        return _is_renewal(body)
    if kind in (_NEW_ROUTE, _DELETE_ROUTE):
        return _is_cached_route(body)
    return False


def _is_bridge_port(body: bytes) -> bool:
    """Spanning tree and the like. The link itself is told of with family 0."""
    return body[:1] == _BRIDGE


def _is_wireless_event(body: bytes) -> bool:
    """A finished scan, for example, which a laptop does every minute or so. Losing the network comes as more."""
    return any(kind == _WIRELESS for kind, _ in _attributes(body[_LINK_BYTES:]))


def _is_renewal(body: bytes) -> bool:
    """The same address with a new lifetime: each router advertisement, and each DHCP lease, repeats it."""
    for kind, value in _attributes(body[_ADDRESS_BYTES:]):
        if kind == _CACHE_INFO:
            made, changed = _STAMPS.unpack_from(value)
            return bool(changed - made > _AS_MADE)
    return False


def _is_cached_route(body: bytes) -> bool:
    (flags,) = struct.unpack_from("=I", body, _ROUTE_FLAGS_AT)
    return bool(flags & _CLONED)


def _attributes(body: bytes) -> Iterator[tuple[int, bytes]]:
    while body:
        length, kind = _ATTRIBUTE.unpack_from(body)
        if length < _ATTRIBUTE.size:
            raise struct.error("an attribute shorter than its header")
        yield kind, body[_ATTRIBUTE.size : length]
        body = body[_aligned(length) :]


def _aligned(length: int) -> int:
    return (length + 3) & ~3
