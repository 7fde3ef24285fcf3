"""Reaching a host by one kind of address only, and from a chosen one."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator

import pytest

from desktop.core.errors import NameNotFound
from desktop.core.model import Endpoint
from desktop.core.plan import AddressFamily
from desktop.core.route_errors import BindAddressMissing
from desktop.ssh.cancel import CancelToken
from desktop.ssh.reach import reach
from desktop.ssh.resolve import AddressBook

WAIT_S = 5.0
# RFC 5737: nobody's.
FOREIGN = "192.0.2.1"


@pytest.fixture
def cancel() -> Iterator[CancelToken]:
    token = CancelToken()
    yield token
    token.close()


@pytest.fixture
def server() -> Iterator[Endpoint]:
    """At both loopback addresses, under one port."""
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as listener:
        yield Endpoint("localhost", listener.getsockname()[1])


@pytest.mark.parametrize(
    ("family", "found"), [(AddressFamily.IPV4, "127.0.0.1"), (AddressFamily.IPV6, "::1")]
)
def test_only_addresses_of_the_wanted_family_are_tried(
    server: Endpoint, cancel: CancelToken, monkeypatch: pytest.MonkeyPatch, family: AddressFamily, found: str
) -> None:
    both = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", server.port, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    reached = reach(server, WAIT_S, cancel, AddressBook(), family=family)
    with reached.wire:
        assert reached.addresses == (found, found)


def test_a_host_without_such_an_address_is_not_found(cancel: CancelToken) -> None:
    with pytest.raises(NameNotFound):
        reach(Endpoint("127.0.0.1", 22), WAIT_S, cancel, AddressBook(), family=AddressFamily.IPV6)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one IPv4 loopback address")
def test_a_connection_comes_from_the_address_it_is_bound_to(server: Endpoint, cancel: CancelToken) -> None:
    at = Endpoint("127.0.0.1", server.port)
    reached = reach(at, WAIT_S, cancel, AddressBook(), bind_address="127.0.0.2")
    with reached.wire:
        assert reached.addresses == ("127.0.0.2", "127.0.0.1")


@pytest.mark.parametrize("address", [FOREIGN, "::1", "no address at all"])
def test_an_address_that_is_not_there_is_named(server: Endpoint, cancel: CancelToken, address: str) -> None:
    at = Endpoint("127.0.0.1", server.port)
    with pytest.raises(BindAddressMissing) as caught:
        reach(at, WAIT_S, cancel, AddressBook(), bind_address=address)
    assert caught.value.facts == {"address": address, "host": at.host}
