"""Addresses and ways of a real network that comes and goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop.system.network.view import KernelView
from tests.support.netns import Namespace, needs_namespaces, plug_cable
from tests.support.waiting import wait_until

pytestmark = needs_namespaces

FAR_AWAY = {"10.9.1.2": "192.0.2.1", "fd09::2": "2001:db8::1"}
GATEWAYS = {"10.9.1.2": "10.9.1.1", "fd09::2": "fd09::1"}
ADDRESSES = [pytest.param("10.9.1.2", id="IPv4"), pytest.param("fd09::2", id="IPv6")]


@pytest.fixture
def laptop() -> Iterator[Namespace]:
    with Namespace() as office, Namespace() as network:
        plug_cable(network, "eth0", office, "eth0")
        office.ip("link", "set", "eth0", "up")
        network.ip("address", "add", "10.9.1.2/24", "dev", "eth0")
        network.ip("address", "add", "fd09::2/64", "dev", "eth0", "nodad")
        network.ip("link", "set", "eth0", "up")
        wait_until(lambda: " state UP " in network.ip("link", "show", "dev", "eth0"))
        yield network


def _has(laptop: Namespace, address: str) -> bool:
    with laptop.inside():
        return KernelView().has_address(address)


def _source_towards(laptop: Namespace, address: str) -> str | None:
    with laptop.inside():
        return KernelView().source_towards(address)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_there_until_it_is_removed(laptop: Namespace, address: str) -> None:
    assert _has(laptop, address)
    prefix = "64" if ":" in address else "24"
    laptop.ip("address", "delete", f"{address}/{prefix}", "dev", "eth0")
    assert not _has(laptop, address)


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_source_is_the_one_of_the_default_route(laptop: Namespace, address: str) -> None:
    assert _source_towards(laptop, FAR_AWAY[address]) is None
    laptop.ip("route", "add", "default", "via", GATEWAYS[address], "dev", "eth0")
    assert _source_towards(laptop, FAR_AWAY[address]) == address
    laptop.ip("link", "set", "eth0", "down")
    assert _source_towards(laptop, FAR_AWAY[address]) is None


def test_a_forbidden_destination_has_no_source(laptop: Namespace) -> None:
    laptop.ip("route", "add", "prohibit", "192.0.2.0/24")
    assert _source_towards(laptop, "192.0.2.1") is None


def test_a_link_local_address_is_known_by_its_interface(laptop: Namespace) -> None:
    laptop.ip("address", "add", "fe80::9/64", "dev", "eth0", "nodad")
    assert _has(laptop, "fe80::9%eth0")
    assert not _has(laptop, "fe80::9%lo")
    assert not _has(laptop, "fe80::9%gone0")
    assert _source_towards(laptop, "fe80::1%eth0") is not None


def test_an_address_still_checked_for_duplicates_is_not_there_yet(laptop: Namespace) -> None:
    laptop.run("sh", "-c", "echo 100 > /proc/sys/net/ipv6/conf/eth0/dad_transmits")
    laptop.ip("address", "add", "fd09::3/64", "dev", "eth0")
    assert not _has(laptop, "fd09::3")


def test_where_any_address_can_be_bound_none_is_called_gone(laptop: Namespace) -> None:
    assert not _has(laptop, "192.0.2.7")
    laptop.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_nonlocal_bind")
    assert _has(laptop, "192.0.2.7")


def test_without_ipv6_its_addresses_are_gone(laptop: Namespace) -> None:
    laptop.run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6")
    assert not _has(laptop, "fd09::2")
    assert _source_towards(laptop, "fd09::1") is None
