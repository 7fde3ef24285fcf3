"""What the network looks like, for comparing with what it looked like before. About half a millisecond."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from desktop.system.network.view import KernelView

# Documentation addresses (RFC 5737, RFC 3849): the way to them is the default route, and they are nobody's.
_FAR_AWAY = ("192.0.2.1", "2001:db8::1")
_IPV4_COLUMNS, _IPV6_COLUMNS = 8, 10


@dataclass(frozen=True, slots=True)
class Readers:
    """Where a fingerprint comes from. None of them raises."""

    links: Callable[[], Iterable[str]]  # interfaces that are up
    addresses: Callable[[], Iterable[tuple[str, str]]]  # (interface, address)
    source_towards: Callable[[str], str | None]
    gateways: Callable[[], Iterable[tuple[str, str]]]  # (interface, gateway) of the default routes


@dataclass(frozen=True, slots=True)
class Fingerprint:
    links: frozenset[str]
    addresses: frozenset[tuple[str, str]]
    sources: tuple[str | None, ...]
    gateways: frozenset[tuple[str, str]]


def fingerprint(readers: Readers) -> Fingerprint:
    return Fingerprint(
        links=frozenset(readers.links()),
        addresses=frozenset(readers.addresses()),
        sources=tuple(readers.source_towards(address) for address in _FAR_AWAY),
        gateways=frozenset(readers.gateways()),
    )


def system_readers() -> Readers:
    return Readers(
        links=links_up,
        addresses=interface_addresses,
        source_towards=KernelView().source_towards,
        gateways=kernel_gateways if sys.platform == "linux" else lambda: (),
    )


def links_up() -> list[str]:
    # psutil costs 20 ms to import, and is needed only where nothing rings.
    import psutil

    with suppress(OSError, psutil.Error):
        return [interface for interface, state in psutil.net_if_stats().items() if state.isup]
    return []


def interface_addresses() -> list[tuple[str, str]]:
    import psutil

    families = (socket.AF_INET, socket.AF_INET6)
    with suppress(OSError, psutil.Error):
        return [
            (interface, each.address)
            for interface, found in psutil.net_if_addrs().items()
            for each in found
            if each.family in families
        ]
    return []


def kernel_gateways() -> list[tuple[str, str]]:
    """From the main routing table of the calling thread's network (proc(5), ``/proc/net/route``)."""
    tables = []
    for name in ("route", "ipv6_route"):
        try:
            tables.append(Path("/proc/thread-self/net", name).read_text(encoding="ascii"))
        except OSError:
            tables.append("")
    return default_gateways(*tables)


def default_gateways(ipv4_table: str, ipv6_table: str) -> list[tuple[str, str]]:
    """Interface and gateway, in the kernel's hexadecimal, of every route to everywhere."""
    ipv4 = [line.split() for line in ipv4_table.splitlines()]
    ipv6 = [line.split() for line in ipv6_table.splitlines()]
    return [
        *((row[0], row[2]) for row in ipv4 if len(row) >= _IPV4_COLUMNS and row[1] == row[7] == "00000000"),
        *(
            (row[9], row[4])
            for row in ipv6
            if len(row) >= _IPV6_COLUMNS and row[0] == "0" * 32 and row[1] == "00"
        ),
    ]
