"""A bastion's name: resolved, not resolved, or not in time."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from desktop.core.errors import BastionRefused, NameNotFound
from desktop.core.model import Endpoint
from desktop.ssh import resolve
from desktop.ssh.cancel import Cancelled, CancelToken
from desktop.ssh.reach import reach
from desktop.ssh.resolve import AddressBook, AddressInfo
from tests.support.background import in_background
from tests.support.echo import refusing_endpoint
from tests.support.names import HangingNames, resolves_nothing, resolves_to
from tests.support.names import hanging_names as hanging_names
from tests.support.waiting import wait_until

BASTION = Endpoint("bastion.example", 22)
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


def remembering(at: Endpoint) -> AddressBook:
    book = AddressBook()
    book.remember(BASTION, [ipv4(at)])
    return book


def ipv4(at: Endpoint) -> AddressInfo:
    return socket.AF_INET, (at.host, at.port)


def is_reached(at: Endpoint, cancel: CancelToken, book: AddressBook) -> None:
    with reach(BASTION, WAIT_S, cancel, book).wire as wire:
        assert wire.getpeername() == (at.host, at.port)


def test_a_name_that_is_no_name_is_not_found(cancel: CancelToken) -> None:
    # Both fail before any question is sent: an empty label, and one that is too long.
    for host in ("bastion..example", "x" * 64 + ".example"):
        with pytest.raises(NameNotFound) as caught:
            reach(Endpoint(host, 22), WAIT_S, cancel, AddressBook())
        assert caught.value.facts["host"] == host


def test_a_name_that_is_not_resolved_in_time_is_not_found(
    cancel: CancelToken, hanging_names: HangingNames
) -> None:
    with pytest.raises(NameNotFound):
        reach(BASTION, 0.05, cancel, AddressBook())


def test_a_cancel_does_not_wait_for_the_system(cancel: CancelToken, hanging_names: HangingNames) -> None:
    with in_background(lambda: reach(BASTION, 60, cancel, AddressBook())) as reaching:
        wait_until(lambda: hanging_names.waiting == 1)
        cancel.set()
        with pytest.raises(Cancelled):
            reaching.result(WAIT_S)


def test_where_no_name_server_answers_the_bastion_is_where_it_was(
    server: Endpoint, cancel: CancelToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = AddressBook()
    resolves_to(monkeypatch, (server.host, server.port))
    is_reached(server, cancel, book)
    resolves_nothing(monkeypatch)
    is_reached(server, cancel, book)


def test_a_look_up_that_hangs_is_not_waited_for(
    server: Endpoint, cancel: CancelToken, hanging_names: HangingNames
) -> None:
    is_reached(server, cancel, remembering(server))


def test_a_bastion_that_moved_is_found_where_it_is_now(
    server: Endpoint, cancel: CancelToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = remembering(refusing_endpoint())
    resolves_to(monkeypatch, (server.host, server.port))
    is_reached(server, cancel, book)
    assert book.recall(BASTION) == (ipv4(server),)


def test_an_old_address_that_refuses_does_not_end_the_wait_for_the_new_one(
    server: Endpoint, cancel: CancelToken, hanging_names: HangingNames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolve, "RECALL_AFTER_S", 0.0)
    book = remembering(refusing_endpoint())
    with in_background(lambda: reach(BASTION, WAIT_S, cancel, book)) as reaching:
        wait_until(lambda: hanging_names.waiting == 1)
        hanging_names.answer_from_now_on((server.host, server.port))
        cancel.nudge()
        with reaching.result(WAIT_S).wire as wire:
            assert wire.getpeername()[1] == server.port


def test_an_old_address_that_refuses_is_the_verdict_where_the_name_is_gone(
    cancel: CancelToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolves_nothing(monkeypatch)
    with pytest.raises(BastionRefused):
        reach(BASTION, WAIT_S, cancel, remembering(refusing_endpoint()))


def test_a_nudge_asks_again_for_a_name_whose_look_up_hangs(
    server: Endpoint, cancel: CancelToken, hanging_names: HangingNames
) -> None:
    with in_background(lambda: reach(BASTION, WAIT_S, cancel, AddressBook())) as reaching:
        wait_until(lambda: hanging_names.waiting == 1)
        hanging_names.answer_from_now_on((server.host, server.port))
        cancel.nudge()
        reaching.result(WAIT_S).wire.close()


def test_time_that_a_name_took_counts_as_silence(
    server: Endpoint, cancel: CancelToken, hanging_names: HangingNames
) -> None:
    reached = reach(BASTION, WAIT_S, cancel, remembering(server))
    with reached.wire:
        assert reached.silent_s >= resolve.RECALL_AFTER_S


def test_many_nudges_leave_few_look_ups_behind(cancel: CancelToken, hanging_names: HangingNames) -> None:
    with in_background(lambda: reach(BASTION, 60, cancel, AddressBook())) as reaching:
        for count in range(1, 5):
            wait_until(lambda count=count: hanging_names.waiting == count)  # type: ignore[misc]
            cancel.nudge()
        cancel.nudge()
        cancel.set()
        with pytest.raises(Cancelled):
            reaching.result(WAIT_S)
    assert hanging_names.waiting == 4
