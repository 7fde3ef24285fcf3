"""What a connection does not take at once is kept in order, whoever sends, and nobody waits for it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from desktop.ssh.backlog import Backlog
from desktop.ssh.wire import Wire
from tests.support.waiting import wait_until

# Far more than the smallest buffers take, and no byte like its neighbours.
LONG = bytes(number % 251 for number in range(400_000))


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    near.setblocking(False)
    near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    far.settimeout(10)
    with near, far:
        yield near, far


class Calls:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def drain(backlog: Backlog, far: socket.socket, size: int) -> bytes:
    """Read `size` bytes while the backlog is drained, as the relay does when the socket is writable."""
    got = bytearray()
    while len(got) < size:
        got += far.recv(65536)
        backlog.drain()
    return bytes(got)


def test_what_the_socket_takes_is_sent_at_once(pair: tuple[socket.socket, socket.socket]) -> None:
    called = Calls()
    backlog = Backlog(pair[0], called)
    assert backlog.send(b"hello") == 5
    assert pair[1].recv(10) == b"hello"
    assert (backlog.size, called.count) == (0, 0)


def test_the_rest_waits_and_follows_in_order(pair: tuple[socket.socket, socket.socket]) -> None:
    called = Calls()
    near, far = pair
    backlog = Backlog(near, called)
    assert backlog.send(LONG) == len(LONG)
    waited = backlog.size
    assert backlog.send(b"behind it") == 9
    assert (backlog.size, called.count) == (waited + 9, 1)
    assert drain(backlog, far, len(LONG) + 9) == LONG + b"behind it"
    assert backlog.size == 0


def test_each_time_that_something_begins_to_wait_is_told(pair: tuple[socket.socket, socket.socket]) -> None:
    called = Calls()
    backlog = Backlog(pair[0], called)
    for count in (1, 2):
        backlog.send(LONG)
        assert called.count == count
        drain(backlog, pair[1], len(LONG))


def test_messages_of_several_senders_stay_whole(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    backlog = Backlog(near, lambda: None)
    messages = [bytes([number]) * 50_000 for number in range(8)]
    senders = [threading.Thread(target=backlog.send, args=(message,)) for message in messages]
    for sender in senders:
        sender.start()
    got = drain(backlog, far, 8 * 50_000)
    for sender in senders:
        sender.join()
    assert sorted(got[at : at + 50_000] for at in range(0, len(got), 50_000)) == messages


def test_what_is_gathered_goes_out_at_the_end_in_order(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    far.setblocking(False)
    backlog = Backlog(near, lambda: None)
    with backlog.gather():
        for number in range(200):
            backlog.send(bytes([number]))
        with pytest.raises(BlockingIOError):
            far.recv(1)
    assert far.recv(1000) == bytes(range(200))
    assert backlog.size == 0


def test_what_is_gathered_behind_something_waits_with_it(pair: tuple[socket.socket, socket.socket]) -> None:
    called = Calls()
    near, far = pair
    backlog = Backlog(near, called)
    backlog.send(LONG)
    with backlog.gather():
        backlog.send(b"behind it")
    assert called.count == 1
    assert drain(backlog, far, len(LONG) + 9) == LONG + b"behind it"


def test_a_gathering_that_fills_the_socket_is_told(pair: tuple[socket.socket, socket.socket]) -> None:
    called = Calls()
    near, far = pair
    backlog = Backlog(near, called)
    with backlog.gather():
        backlog.send(LONG)
        backlog.send(b"behind it")
        assert called.count == 0
    assert called.count == 1
    assert drain(backlog, far, len(LONG) + 9) == LONG + b"behind it"


def test_a_gathering_on_a_dead_connection_is_told(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    backlog = Backlog(near, lambda: None)
    far.close()
    with pytest.raises(OSError), backlog.gather():
        backlog.send(b"too late")


def test_who_sends_after_the_other_side_left_is_told(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    backlog = Backlog(near, lambda: None)
    backlog.send(LONG)
    far.close()
    backlog.drain()
    assert backlog.size == 0
    with pytest.raises(BrokenPipeError):
        backlog.send(b"too late")


def test_closing_forgets_what_waits(pair: tuple[socket.socket, socket.socket]) -> None:
    backlog = Backlog(pair[0], lambda: None)
    backlog.send(LONG)
    for _ in range(2):
        backlog.close()
    backlog.drain()
    assert backlog.size == 0
    with pytest.raises(BrokenPipeError):
        backlog.send(b"too late")


def test_a_wire_whose_path_takes_nothing_never_holds_up_a_sender() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, Wire() as wire:
        wire.connect(server.getsockname())
        # As paramiko sets it for its reader; sending must not wait for it.
        wire.settimeout(3600)
        far, _ = server.accept()
        waiting = threading.Event()
        backlog = wire.hold_back(waiting.set)
        with far:
            far.settimeout(10)
            sent = 0
            while not waiting.is_set():
                sent += wire.send(LONG)
            assert wire.send(b"the end") == 7
            assert receive_all(far, backlog, sent + 7).endswith(LONG + b"the end")
        backlog.close()


def test_a_closed_wire_holds_nothing_back() -> None:
    wire = Wire()
    wire.close()
    with pytest.raises(OSError):
        wire.hold_back(lambda: None)


def receive_all(far: socket.socket, backlog: Backlog, size: int) -> bytes:
    got = bytearray()

    def has_all() -> bool:
        backlog.drain()
        got.extend(far.recv(1 << 20))
        return len(got) == size

    wait_until(has_all)
    return bytes(got)
