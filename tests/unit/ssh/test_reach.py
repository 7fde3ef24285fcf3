"""Getting a TCP connection, giving it up, and opening a local port; all on loopback."""

from __future__ import annotations

import errno
import select
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from desktop.core.errors import (
    BastionRefused,
    BastionTimeout,
    Offline,
    PasswordNeeded,
    PortInUse,
    PortNotAllowed,
    SecretStoreLocked,
)
from desktop.core.model import Endpoint, Forward, Hop, SecretKind
from desktop.core.plan import planned
from desktop.ssh import approach
from desktop.ssh.cancel import Cancelled, CancelToken
from desktop.ssh.credentials import Credentials
from desktop.ssh.listener import bound_endpoint, listen
from desktop.ssh.login import Login
from desktop.ssh.reach import reach
from desktop.ssh.resolve import AddressBook
from desktop.ssh.wire import Wire
from tests.support.background import in_background
from tests.support.full_server import FullServer
from tests.support.full_server import full_server as full_server
from tests.support.names import resolves_to
from tests.support.waiting import wait_until

BASTION = Endpoint("bastion.example", 22)
TARGET = Endpoint("db.internal", 5432)
WAIT_S = 10.0
NEVER_S = 60.0


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


def test_a_listening_server_is_reached(server: Endpoint, cancel: CancelToken) -> None:
    reached = reach(server, WAIT_S, cancel, AddressBook())
    with reached.wire as wire:
        assert wire.getpeername() == (server.host, server.port)
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert reached.addresses == ("127.0.0.1", "127.0.0.1")
        assert reached.round_trip_s is not None
        assert 0 <= reached.round_trip_s < WAIT_S


def test_a_port_without_a_server_refuses(dead_port: int, cancel: CancelToken) -> None:
    with pytest.raises(BastionRefused) as caught:
        reach(Endpoint("127.0.0.1", dead_port), WAIT_S, cancel, AddressBook())
    assert caught.value.facts == {"host": "127.0.0.1", "port": str(dead_port), "source": "127.0.0.1"}


def test_a_dead_address_leaves_it_to_a_living_one(
    server: Endpoint, dead_port: int, cancel: CancelToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody may connect to the broadcast address, which fails at once; the second refuses.
    resolves_to(monkeypatch, ("255.255.255.255", 22), ("127.0.0.1", dead_port), (server.host, server.port))
    with reach(BASTION, WAIT_S, cancel, AddressBook()).wire as wire:
        assert wire.getpeername()[1] == server.port


def test_a_silent_address_leaves_it_to_a_living_one(
    server: Endpoint, full_server: FullServer, cancel: CancelToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = full_server.endpoint
    resolves_to(monkeypatch, (silent.host, silent.port), (server.host, server.port))
    reached = reach(BASTION, WAIT_S, cancel, AddressBook())
    with reached.wire as wire:
        assert wire.getpeername()[1] == server.port
    assert reached.silent_s == 0


def test_silence_ends_at_the_deadline(full_server: FullServer, cancel: CancelToken) -> None:
    with pytest.raises(BastionTimeout) as caught:
        reach(full_server.endpoint, 0.05, cancel, AddressBook())
    assert caught.value.facts["stage"] == "connect"


def test_a_cancel_ends_the_wait_for_silence_at_once(full_server: FullServer, cancel: CancelToken) -> None:
    timer = threading.Timer(0.05, cancel.set)
    timer.start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        reach(full_server.endpoint, 60, cancel, AddressBook())
    assert time.monotonic() - started < WAIT_S
    timer.join()


def test_a_fresh_syn_gets_through_as_soon_as_the_path_is_back(
    full_server: FullServer, cancel: CancelToken
) -> None:
    with in_background(lambda: reach(full_server.endpoint, WAIT_S, cancel, AddressBook())) as reaching:
        full_server.wait_for_a_knock()
        full_server.make_room()
        reached = reaching.result(WAIT_S)
    with reached.wire:
        assert reached.silent_s >= approach.FRESH_SYN_EVERY_S


def test_a_nudge_sends_a_fresh_syn_at_once(
    full_server: FullServer, cancel: CancelToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approach, "FRESH_SYN_EVERY_S", NEVER_S)
    with in_background(lambda: reach(full_server.endpoint, WAIT_S, cancel, AddressBook())) as reaching:
        full_server.wait_for_a_knock()
        full_server.make_room()
        cancel.nudge()
        reached = reaching.result(WAIT_S)
    with reached.wire:
        # The kernel sends the first one again after whole seconds of silence.
        assert not reached.silent_s.is_integer()


def test_a_server_never_has_more_than_two_attempts_to_hold(
    full_server: FullServer, cancel: CancelToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approach, "FRESH_SYN_EVERY_S", 0.02)
    at_a_time, ever = set(), set[int]()

    def ten_were_made() -> bool:
        now = full_server.knocking()
        at_a_time.add(len(now))
        ever.update(now)
        return len(ever) >= 10

    with in_background(lambda: reach(full_server.endpoint, 60, cancel, AddressBook())) as reaching:
        wait_until(ten_were_made)
        cancel.set()
        with pytest.raises(Cancelled):
            reaching.result(WAIT_S)
    assert max(at_a_time) <= 2
    assert full_server.knocking() == set()


@pytest.mark.parametrize("code", [errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EHOSTUNREACH])
def test_without_a_network_it_ends_at_once(
    code: int, server: Endpoint, cancel: CancelToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Wire, "connect_ex", lambda _self, _address: code)
    with pytest.raises(Offline):
        reach(server, NEVER_S, cancel, AddressBook())


def test_a_cancel_token_wakes_select_and_stays_set(cancel: CancelToken) -> None:
    cancel.check()
    assert select.select([cancel], [], [], 0)[0] == []
    cancel.set()
    cancel.set()
    assert select.select([cancel], [], [], WAIT_S)[0] == [cancel]
    assert cancel.is_set()
    with pytest.raises(Cancelled):
        cancel.check()


def test_a_nudge_wakes_select_and_is_taken_once(cancel: CancelToken) -> None:
    assert not cancel.take_nudge()
    cancel.nudge()
    cancel.nudge()
    assert select.select([cancel], [], [], WAIT_S)[0] == [cancel]
    assert cancel.take_nudge()
    assert select.select([cancel], [], [], 0)[0] == []
    assert not cancel.take_nudge()
    cancel.check()


def test_a_wake_is_no_nudge(cancel: CancelToken) -> None:
    cancel.wake()
    assert select.select([cancel], [], [], WAIT_S)[0] == [cancel]
    assert not cancel.take_nudge()


def test_a_wait_ends_with_its_time_or_with_the_cancel(cancel: CancelToken) -> None:
    cancel.wait(0.01)
    timer = threading.Timer(0.05, cancel.set)
    timer.start()
    with pytest.raises(Cancelled):
        cancel.wait(NEVER_S)
    timer.join()


def test_a_closed_cancel_token_can_still_be_set() -> None:
    token = CancelToken()
    token.close()
    token.set()
    token.nudge()
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

    def get(self, kind: SecretKind, login: str = "") -> Future[str | None]:
        return self._answer


def test_a_locked_keyring_asks_for_the_password_and_says_why(cancel: CancelToken) -> None:
    locked: Future[str | None] = Future()
    locked.set_exception(SecretStoreLocked())
    with pytest.raises(PasswordNeeded) as caught:
        Login(planned(Hop("bastion", "me"), is_last=True), Credentials(Source(locked), cancel))
    assert caught.value.facts == {"user": "me", "host": "bastion", "store": "secret_store_locked"}


def test_a_cancel_ends_the_wait_for_an_unlock_dialog(cancel: CancelToken) -> None:
    timer = threading.Timer(0.05, cancel.set)
    timer.start()
    with pytest.raises(Cancelled):
        Credentials(Source(Future()), cancel).ask(SecretKind.SSH_PASSWORD)
    timer.join()
