"""Which messages of a macOS routing socket are noise. Layouts: route(4)."""

from __future__ import annotations

import struct

import pytest

from desktop.system.network.macos import is_noise

ADD, DELETE, CHANGE, GET, MISS, NEW_ADDRESS, DELETE_ADDRESS, INTERFACE, NEW_GROUP, INTERFACE_2 = (
    *(0x1, 0x2, 0x3, 0x4, 0x7),
    *(0xC, 0xD, 0xE, 0xF, 0x12),
)
UP, GATEWAY, HOST, LINK_LAYER, STATIC, CLONED = 0x1, 0x2, 0x4, 0x400, 0x800, 0x20000


def route(kind: int, flags: int) -> bytes:
    """The beginning of struct rt_msghdr, which has 92 bytes."""
    return struct.pack("=HBBH2xi", 92, 5, kind, 4, flags) + bytes(80)


def other(kind: int) -> bytes:
    return struct.pack("=HBB", 20, 5, kind) + bytes(16)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(route(ADD, UP | GATEWAY | STATIC), id="a default route"),
        pytest.param(route(DELETE, GATEWAY | STATIC), id="a default route that goes"),
        pytest.param(route(CHANGE, UP | GATEWAY), id="another gateway"),
        pytest.param(other(NEW_ADDRESS), id="an address"),
        pytest.param(other(DELETE_ADDRESS), id="an address that goes"),
        pytest.param(other(INTERFACE), id="an interface"),
        pytest.param(b"", id="nothing at all"),
        pytest.param(route(ADD, UP)[:8], id="a route cut short"),
    ],
)
def test_a_change_is_heard(message: bytes) -> None:
    assert not is_noise(message)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(route(ADD, UP | HOST | LINK_LAYER), id="a neighbour found"),
        pytest.param(route(DELETE, HOST | CLONED), id="a route made on use and forgotten"),
        pytest.param(route(GET, UP | GATEWAY), id="an answer to another program"),
        pytest.param(route(MISS, 0), id="a failed lookup of another program"),
        pytest.param(other(NEW_GROUP), id="a group membership"),
        pytest.param(other(INTERFACE_2), id="statistics"),
    ],
)
def test_noise_is_not(message: bytes) -> None:
    assert is_noise(message)
