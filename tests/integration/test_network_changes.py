"""Changes of a real network ring, once each; what only looks like a change does not."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from functools import partial
from typing import NoReturn

import pytest

from desktop.core.system_ports import NetworkMonitor
from desktop.system.network.choice import network_monitor
from desktop.system.network.fingerprint import fingerprint, system_readers
from desktop.system.network.monitor import WatchingMonitor
from tests.support.netns import Namespace, needs_namespaces, plug_cable
from tests.support.waiting import wait_until

pytestmark = needs_namespaces

STORM = 200
FEW = 20
SILENT_S = 0.5


@pytest.fixture
def office() -> Iterator[Namespace]:
    with Namespace() as network:
        yield network


@pytest.fixture
def laptop(office: Namespace) -> Iterator[Namespace]:
    """10.9.1.2 on eth0, which has a cable to the office. No IPv6 address comes by itself."""
    with Namespace() as network:
        plug_cable(network, "eth0", office, "eth0")
        for host, address in ((office, "10.9.1.1/24"), (network, "10.9.1.2/24")):
            host.ip("link", "set", "eth0", "addrgenmode", "none")
            host.ip("address", "add", address, "dev", "eth0")
            host.ip("link", "set", "eth0", "up")
        wait_until(lambda: "LOWER_UP" in network.ip("link", "show", "dev", "eth0"))
        wait_until(lambda: " state UP " in network.ip("link", "show", "dev", "eth0"))
        yield network


class Ears:
    """Counts the calls of one monitor."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1

    def heard(self) -> bool:
        return self.count > 0

    def stay_silent(self) -> bool:
        try:
            wait_until(self.heard, SILENT_S)
        except TimeoutError:
            return True
        return False


Listen = Callable[[NetworkMonitor], Ears]


@pytest.fixture
def listen(laptop: Namespace) -> Iterator[Listen]:
    """Starts a monitor on the laptop; it is closed with the test."""
    started: list[NetworkMonitor] = []

    def start(monitor: NetworkMonitor) -> Ears:
        ears = Ears()
        with laptop.inside():
            monitor.start(ears)
        started.append(monitor)
        return ears

    yield start
    for monitor in started:
        monitor.close()


def _looking_monitor() -> WatchingMonitor:
    """As in a sandbox that allows no netlink."""

    def no_bell() -> NoReturn:
        raise PermissionError(errno.EPERM, "not allowed")

    return WatchingMonitor(no_bell, partial(fingerprint, system_readers()), poll_s=0.05)


CHANGES = [
    pytest.param([], "address add 10.9.1.3/24 dev eth0", id="an address comes"),
    pytest.param([], "address delete 10.9.1.2/24 dev eth0", id="an address goes"),
    pytest.param([], "address add fd09::2/64 dev eth0 nodad", id="an IPv6 address comes"),
    pytest.param([], "link set eth0 down", id="the link goes down"),
    pytest.param(["link set eth0 down"], "link set eth0 up", id="the link comes up"),
    pytest.param([], "route add default via 10.9.1.1", id="a default route comes"),
    pytest.param(
        ["route add default via 10.9.1.1"],
        "route replace default via 10.9.1.77",
        id="the default route has another gateway",
    ),
    pytest.param(["route add default via 10.9.1.1"], "route delete default", id="the default route goes"),
    pytest.param(
        ["address add fd09::2/64 dev eth0 nodad"],
        "route add default via fd09::1",
        id="an IPv6 default route comes",
    ),
]


@pytest.mark.parametrize(("before", "change"), CHANGES)
def test_a_change_rings(laptop: Namespace, listen: Listen, before: list[str], change: str) -> None:
    for words in before:
        laptop.ip(*words.split())
    ears = listen(network_monitor())
    laptop.ip(*change.split())
    wait_until(ears.heard)


@pytest.mark.parametrize(("before", "change"), CHANGES)
def test_without_a_doorbell_a_change_is_seen(
    laptop: Namespace, listen: Listen, before: list[str], change: str
) -> None:
    for words in before:
        laptop.ip(*words.split())
    ears = listen(_looking_monitor())
    laptop.ip(*change.split())
    wait_until(ears.heard)


def test_a_pulled_cable_rings(office: Namespace, laptop: Namespace, listen: Listen) -> None:
    ears = listen(network_monitor())
    office.ip("link", "set", "eth0", "down")
    wait_until(ears.heard)


def test_a_new_rule_of_a_private_network_rings(laptop: Namespace, listen: Listen) -> None:
    ears = listen(network_monitor())
    laptop.ip("rule", "add", "to", "198.51.100.0/24", "lookup", "77")
    wait_until(ears.heard)


@pytest.mark.parametrize("monitor", [network_monitor, _looking_monitor])
def test_a_quiet_network_does_not_ring(listen: Listen, monitor: Callable[[], NetworkMonitor]) -> None:
    assert listen(monitor()).stay_silent()


def test_traffic_does_not_ring(laptop: Namespace, listen: Listen) -> None:
    ears = listen(network_monitor())
    laptop.ip("neighbour", "add", "10.9.1.9", "lladdr", "02:00:00:00:00:09", "dev", "eth0")
    assert ears.stay_silent()


def test_a_storm_of_changes_rings_a_few_times(laptop: Namespace, listen: Listen) -> None:
    ears = listen(network_monitor())
    for number in range(STORM // 2):
        laptop.ip("address", "add", f"10.10.0.{number}/32", "dev", "eth0")
        laptop.ip("address", "delete", f"10.10.0.{number}/32", "dev", "eth0")
    wait_until(ears.heard)
    assert ears.count < FEW
