"""Which netlink messages are noise. Layouts: rtnetlink(7)."""

from __future__ import annotations

import struct

import pytest

from desktop.system.network.linux import is_noise

NEW_LINK, DELETE_LINK, NEW_ADDRESS, DELETE_ADDRESS, NEW_ROUTE, DELETE_ROUTE, NEW_RULE = (
    16,
    17,
    20,
    21,
    24,
    25,
    32,
)
NAME, WIRELESS, CACHE_INFO = 3, 11, 6
FOREVER = 0xFFFFFFFF


def message(kind: int, body: bytes) -> bytes:
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 0, 0) + body


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def link(*attributes: bytes, family: int = 0, kind: int = NEW_LINK) -> bytes:
    return message(kind, struct.pack("=BxHiII", family, 1, 2, 0x1043, 0) + b"".join(attributes))


def address(made: int, changed: int, kind: int = NEW_ADDRESS) -> bytes:
    cache = struct.pack("=IIII", FOREVER, FOREVER, made, changed)
    body = struct.pack("=BBBBI", 2, 24, 0, 0, 2) + attribute(1, b"\x0a\x09\x01\x02")
    return message(kind, body + attribute(CACHE_INFO, cache))


def route(flags: int, kind: int = NEW_ROUTE) -> bytes:
    return message(kind, struct.pack("=BBBBBBBBI", 10, 0, 0, 0, 254, 3, 0, 1, flags))


@pytest.mark.parametrize(
    "datagram",
    [
        pytest.param(link(attribute(NAME, b"eth0\0")), id="a link"),
        pytest.param(link(kind=DELETE_LINK), id="a link that goes"),
        pytest.param(address(4_000, 4_000), id="an address"),
        pytest.param(address(4_000, 4_050), id="an address that is usable a moment later"),
        pytest.param(address(4_000, 90_000, kind=DELETE_ADDRESS), id="an address that goes"),
        pytest.param(route(0), id="a route"),
        pytest.param(route(0, kind=DELETE_ROUTE), id="a route that goes"),
        pytest.param(message(NEW_RULE, bytes(12)), id="a rule"),
        pytest.param(address(1, 90_000) + link(), id="noise and a link in one datagram"),
    ],
)
def test_a_change_is_heard(datagram: bytes) -> None:
    assert not is_noise(datagram)


@pytest.mark.parametrize(
    "datagram",
    [
        pytest.param(link(attribute(NAME, b"wlan0\0"), attribute(WIRELESS, bytes(20))), id="a finished scan"),
        pytest.param(link(family=7), id="a port of a bridge"),
        pytest.param(address(4_000, 90_000), id="a renewed lease"),
        pytest.param(route(0x200), id="a remembered route"),
        pytest.param(address(1, 90_000) + address(1, 90_000), id="two renewed leases in one datagram"),
    ],
)
def test_noise_is_not(datagram: bytes) -> None:
    assert is_noise(datagram)


@pytest.mark.parametrize(
    "datagram",
    [
        pytest.param(b"\x01", id="cut in its header"),
        pytest.param(struct.pack("=IHHII", 3, NEW_LINK, 0, 0, 0), id="shorter than its header"),
        pytest.param(message(NEW_ROUTE, b"\x0a"), id="a route cut short"),
        pytest.param(link(b"\x01"), id="an attribute cut short"),
        pytest.param(link(struct.pack("=HH", 0, NAME)), id="an attribute of no length"),
        pytest.param(
            message(NEW_ADDRESS, bytes(8) + attribute(CACHE_INFO, b"")), id="a cache info cut short"
        ),
    ],
)
def test_what_is_not_understood_is_heard(datagram: bytes) -> None:
    assert not is_noise(datagram)
