"""A lease that is renewed is no change, in the kernel's own messages."""

from __future__ import annotations

import select
from collections.abc import Iterator

import pytest

from desktop.system.network.choice import open_bell
from desktop.system.network.doorbell import Doorbell
from tests.support.netns import Namespace, needs_namespaces
from tests.support.waiting import wait_until

pytestmark = needs_namespaces

LEASES = [
    pytest.param("10.9.1.2/24", id="of IPv4"),
    pytest.param("fd09::2/64", id="of IPv6"),
]


@pytest.fixture
def laptop() -> Iterator[Namespace]:
    with Namespace() as network:
        yield network


@pytest.fixture
def bell(laptop: Namespace) -> Iterator[Doorbell]:
    with laptop.inside():
        bell = open_bell()
    yield bell
    bell.close()


def _rings(bell: Doorbell) -> bool:
    """After a change: it is told of at once, in the call that makes it."""
    assert select.select([bell.sock], [], [], 5)[0]
    return bell.heard()


@pytest.mark.parametrize("address", LEASES)
def test_a_new_lease_rings_and_a_renewed_one_does_not(
    laptop: Namespace, bell: Doorbell, address: str
) -> None:
    def lease(verb: str) -> bool:
        words = ("dev", "lo", "valid_lft", "600", "preferred_lft", "600")
        laptop.ip("address", verb, address, *words)
        return _rings(bell)

    assert lease("add")
    wait_until(lambda: not lease("change"))  # not in the first second of an address
    assert not lease("change")
    laptop.ip("address", "delete", address, "dev", "lo")
    assert _rings(bell)
