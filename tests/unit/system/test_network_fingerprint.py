"""Two sights of the network differ where a session's way may have changed."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from desktop.system.network.fingerprint import (
    Readers,
    default_gateways,
    fingerprint,
    kernel_gateways,
    system_readers,
)

AT_HOME = Readers(
    links=lambda: ["lo", "wlan0"],
    addresses=lambda: [("wlan0", "192.168.1.23"), ("lo", "127.0.0.1")],
    source_towards=lambda address: None if ":" in address else "192.168.1.23",
    gateways=lambda: [("wlan0", "0101A8C0")],
)

IPV4_TABLE = """\
Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
wlan0	00000000	0101A8C0	0003	0	0	600	00000000	0	0	0
wlan0	0001A8C0	00000000	0001	0	0	600	00FFFFFF	0	0	0
tun0	00000000	00000000	0001	0	0	50	00000080	0	0	0
"""
_ANY = "0" * 32
_ROUTER = "fe80000000000000020000fffe000001"
IPV6_TABLE = f"""\
{_ANY} 00 {_ANY} 00 {_ROUTER} 00000400 00000001 00000000 00450003 wlan0
fd090000000000000000000000000000 40 {_ANY} 00 {_ANY} 00000100 00000001 00000000 00000001 wlan0
"""


def test_the_same_network_looks_the_same() -> None:
    shuffled = replace(AT_HOME, addresses=lambda: [("lo", "127.0.0.1"), ("wlan0", "192.168.1.23")])
    assert fingerprint(AT_HOME) == fingerprint(shuffled)


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param(replace(AT_HOME, links=lambda: ["lo"]), id="the link is down"),
        pytest.param(replace(AT_HOME, addresses=lambda: [("lo", "127.0.0.1")]), id="an address is gone"),
        pytest.param(replace(AT_HOME, source_towards=lambda _: None), id="there is no way out"),
        pytest.param(
            replace(AT_HOME, gateways=lambda: [("wlan0", "0102A8C0")]), id="there is another gateway"
        ),
    ],
)
def test_another_network_looks_different(elsewhere: Readers) -> None:
    assert fingerprint(AT_HOME) != fingerprint(elsewhere)


def test_gateways_are_those_of_the_routes_to_everywhere() -> None:
    assert default_gateways(IPV4_TABLE, IPV6_TABLE) == [("wlan0", "0101A8C0"), ("wlan0", _ROUTER)]


def test_a_kernel_without_routing_tables_has_no_gateways() -> None:
    assert default_gateways("", "") == []


def test_this_computer_has_a_loopback_address() -> None:
    assert "127.0.0.1" in {address for _, address in fingerprint(system_readers()).addresses}


@pytest.mark.skipif(sys.platform != "linux", reason="the tables are Linux'")
def test_the_tables_of_this_kernel_can_be_read() -> None:
    assert all(len(entry) == 2 for entry in kernel_gateways())
