"""Getting a TCP connection, giving it up, and opening a local port; all on loopback."""

from __future__ import annotations

import select
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from desktop.core.errors import (
    BastionRefused,
    BastionTimeout,
    NameNotFound,
    PasswordNeeded,
    PortInUse,
    PortNotAllowed,
    SecretStoreLocked,
)
from desktop.core.model import Endpoint, Forward, Hop, SecretKind
from desktop.ssh import reach as module
from desktop.ssh.cancel import Cancelled, CancelToken
from desktop.ssh.credentials import Credentials
from desktop.ssh.listener import bound_endpoint, listen
from desktop.ssh.login import Login
from desktop.ssh.reach import reach
from desktop.ssh.resolve import AddressInfo, resolve

TARGET = Endpoint("db.internal", 5432)
WAIT_S = 10.0


@pytest.fixture
def cancel() -> Iterator[CancelToken]:
    token = CancelToken()
    yield token
    token.close()


@pytest.fixture
def server() -> Iterator[Endpoint]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield Endpoint("127.0.0.1", listener.getsockname()[1])


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port that is bound, so that nobody else gets it, and that nobody listens on."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    found: list[AddressInfo] = [(socket.AF_INET, address) for address in addresses]
    monkeypatch.setattr(module, "resolve", lambda *_: found)


@pytest.fixture
def full_server() -> Iterator[Endpoint]:
    """A server whose backlog is full: Linux answers a further connection with silence."""
    if sys.platform != "linux":
        pytest.skip("other systems answer in another way")
    else:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            endpoint = Endpoint("127.0.0.1", listener.getsockname()[1])
            waiting = [socket.socket() for _ in range(4)]
            for sock in waiting:
                sock.setblocking(False)
                sock.connect_ex((endpoint.host, endpoint.port))
            yield endpoint
            for sock in waiting:
                sock.close()


def test_a_listening_server_is_reached(server: Endpoint, cancel: CancelToken) -> None:
    wire, took_s = reach(server, WAIT_S, cancel)
    with wire:
        assert wire.getpeername() == (server.host, server.port)
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert 0 <= took_s < WAIT_S


def test_a_port_without_a_server_refuses(dead_port: int, cancel: CancelToken) -> None:
    with pytest.raises(BastionRefused) as caught:
        reach(Endpoint("127.0.0.1", dead_port), WAIT_S, cancel)
    assert caught.value.facts == {"host": "127.0.0.1", "port": str(dead_port)}


def test_a_dead_address_leaves_it_to_a_living_one(
    server: Endpoint, dead_port: int, cancel: CancelToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody may connect to the broadcast address, which fails at once; the second refuses.
    resolves_to(monkeypatch, ("255.255.255.255", 22), ("127.0.0.1", dead_port), (server.host, server.port))
    wire, _ = reach(Endpoint("bastion", 22), WAIT_S, cancel)
    with wire:
        assert wire.getpeername()[1] == server.port


def test_a_silent_address_leaves_it_to_a_living_one(
    server: Endpoint, full_server: Endpoint, cancel: CancelToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolves_to(monkeypatch, (full_server.host, full_server.port), (server.host, server.port))
    wire, _ = reach(Endpoint("bastion", 22), WAIT_S, cancel)
    with wire:
        assert wire.getpeername()[1] == server.port


def test_silence_ends_at_the_deadline(full_server: Endpoint, cancel: CancelToken) -> None:
    with pytest.raises(BastionTimeout) as caught:
        reach(full_server, 0.05, cancel)
    assert caught.value.facts["stage"] == "connect"


def test_a_cancel_ends_the_wait_for_silence_at_once(full_server: Endpoint, cancel: CancelToken) -> None:
    timer = threading.Timer(0.05, cancel.set)
    timer.start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        reach(full_server, 60, cancel)
    assert time.monotonic() - started < WAIT_S
    timer.join()


def test_a_name_that_is_no_name_is_not_found(cancel: CancelToken) -> None:
    # Both fail before any question is sent: an empty label, and one that is too long.
    for host in ("bastion..example", "x" * 64 + ".example"):
        with pytest.raises(NameNotFound) as caught:
            resolve(Endpoint(host, 22), time.monotonic() + WAIT_S, cancel)
        assert caught.value.facts["host"] == host


def test_a_cancelled_resolution_asks_nobody(cancel: CancelToken) -> None:
    cancel.set()
    with pytest.raises(Cancelled):
        resolve(Endpoint("127.0.0.1", 22), time.monotonic() + WAIT_S, cancel)


def test_a_cancel_token_wakes_select_and_stays_set(cancel: CancelToken) -> None:
    cancel.check()
    assert select.select([cancel], [], [], 0)[0] == []
    cancel.set()
    cancel.set()
    assert select.select([cancel], [], [], WAIT_S)[0] == [cancel]
    assert cancel.is_set()
    with pytest.raises(Cancelled):
        cancel.check()


def test_a_closed_cancel_token_can_still_be_set() -> None:
    token = CancelToken()
    token.close()
    token.set()
    token.close()
    assert token.is_set()


def test_a_local_port_is_bound_to_loopback_and_automatic_where_asked() -> None:
    with listen(Forward(TARGET), lambda _: "") as listener:
        local = bound_endpoint(listener)
        assert local.host == "127.0.0.1"
        assert local.port > 0
        with socket.create_connection((local.host, local.port)):
            pass


def test_a_taken_port_names_its_holder(server: Endpoint) -> None:
    with pytest.raises(PortInUse) as caught:
        listen(Forward(TARGET, server.port), lambda port: f"psql (process {port})")
    assert caught.value.facts["holder"] == f"psql (process {server.port})"
    assert caught.value.__context__ is None


def test_an_address_of_another_computer_is_not_allowed() -> None:
    with pytest.raises(PortNotAllowed) as caught:
        listen(Forward(TARGET, local_host="192.0.2.1"), lambda _: "")
    assert caught.value.facts["reason"]


class Source:
    """Secrets that come, never come, or fail."""

    def __init__(self, answer: Future[str | None]) -> None:
        self._answer = answer

    def get(self, kind: SecretKind) -> Future[str | None]:
        return self._answer


def test_a_locked_keyring_asks_for_the_password_and_says_why(cancel: CancelToken) -> None:
    locked: Future[str | None] = Future()
    locked.set_exception(SecretStoreLocked())
    with pytest.raises(PasswordNeeded) as caught:
        Login(Hop("bastion", "me"), Credentials(Source(locked), cancel))
    assert caught.value.facts == {"user": "me", "host": "bastion", "store": "secret_store_locked"}


def test_a_cancel_ends_the_wait_for_an_unlock_dialog(cancel: CancelToken) -> None:
    timer = threading.Timer(0.05, cancel.set)
    timer.start()
    with pytest.raises(Cancelled):
        Credentials(Source(Future()), cancel).ask(SecretKind.SSH_PASSWORD)
    timer.join()
