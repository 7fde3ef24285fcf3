"""What a program's socket does not take at once is kept, in order, with the end after the last byte."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from desktop.ssh.outlet import Outlet

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


@pytest.fixture
def connected() -> Iterator[tuple[socket.socket, socket.socket]]:
    """By TCP, which knows resets."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        far = socket.create_connection(listener.getsockname())
        near, _ = listener.accept()
    near.setblocking(False)
    far.settimeout(10)
    with near, far:
        yield near, far


def drain(outlet: Outlet, far: socket.socket, size: int) -> bytes:
    """Read `size` bytes while the outlet is flushed, as the relay does when the socket is writable."""
    got = bytearray()
    while len(got) < size:
        got += far.recv(65536)
        outlet.flush()
    return bytes(got)


def deliver(outlet: Outlet, *pieces: bytes) -> bool:
    """As the reader thread does, in memory that is used for something else right after that."""
    lent = [bytearray(piece) for piece in pieces]
    for each in lent:
        outlet.put(memoryview(each))
    more_to_do = outlet.deliver()
    for each in lent:
        each[:] = bytes(len(each))
    return more_to_do


def test_what_the_socket_takes_is_delivered_at_once(pair: tuple[socket.socket, socket.socket]) -> None:
    outlet = Outlet(pair[0])
    assert not deliver(outlet, b"he", b"ll", b"o")
    assert not outlet.has_waiting
    assert pair[1].recv(10) == b"hello"
    assert outlet.delivered == 5


def test_the_rest_waits_and_follows_in_order(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    outlet = Outlet(near)
    relay_is_called = [deliver(outlet, LONG), deliver(outlet, b"behind ", b"it")]
    waited = outlet.has_waiting
    assert drain(outlet, far, len(LONG) + 9) == LONG + b"behind it"
    assert relay_is_called == [True, False]
    assert (waited, outlet.has_waiting) == (True, False)
    assert outlet.delivered == len(LONG) + 9


def test_what_is_lent_still_comes_before_the_end(pair: tuple[socket.socket, socket.socket]) -> None:
    outlet = Outlet(pair[0])
    outlet.put(memoryview(b"last words"))
    outlet.end()
    outlet.flush()
    assert pair[1].recv(100) == b"last words"
    assert pair[1].recv(100) == b""


def test_the_end_comes_after_the_last_byte(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    outlet = Outlet(near)
    deliver(outlet, LONG)
    outlet.end()
    outlet.flush()
    ended_early = outlet.ended
    assert drain(outlet, far, len(LONG)) == LONG
    assert (ended_early, outlet.ended) == (False, True)
    assert far.recv(1) == b""
    far.sendall(b"the other direction stays open")
    assert near.recv(100) == b"the other direction stays open"


def test_a_program_that_left_breaks_the_outlet_and_wakes_the_relay_once(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    outlet = Outlet(pair[0])
    pair[1].close()
    first, broken, second = deliver(outlet, b"lost"), outlet.broken, deliver(outlet, b"lost too")
    assert (first, broken, second) == (True, True, False)
    outlet.end()
    outlet.flush()
    assert outlet.ended


def test_a_program_that_leaves_while_data_waits_breaks_the_outlet(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    outlet = Outlet(pair[0])
    deliver(outlet, LONG)
    pair[1].close()
    outlet.flush()
    assert outlet.broken


def test_what_waits_is_counted_until_the_program_took_it(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    outlet = Outlet(near)
    deliver(outlet, LONG)
    deliver(outlet, b"more")
    assert outlet.delivered + outlet.waiting_bytes == len(LONG) + 4
    drain(outlet, far, len(LONG) + 4)
    assert (outlet.delivered, outlet.waiting_bytes) == (len(LONG) + 4, 0)


def test_what_nobody_will_take_is_not_counted(pair: tuple[socket.socket, socket.socket]) -> None:
    outlet = Outlet(pair[0].dup())
    deliver(outlet, LONG)
    outlet.close(reset=True)
    assert outlet.waiting_bytes == 0


def test_words_of_our_own_come_first_and_are_not_counted(pair: tuple[socket.socket, socket.socket]) -> None:
    outlet = Outlet(pair[0])
    outlet.say(b"granted ")
    deliver(outlet, b"welcome")
    assert pair[1].recv(100) == b"granted welcome"
    assert outlet.delivered == 7


def test_a_farewell_arrives_though_the_program_has_said_more(
    connected: tuple[socket.socket, socket.socket],
) -> None:
    near, far = connected
    far.sendall(b"x" * 100_000)
    Outlet(near).part(b"no")
    assert far.recv(100) == b"no"
    assert far.recv(100) == b""


def test_without_a_farewell_the_program_is_reset(connected: tuple[socket.socket, socket.socket]) -> None:
    near, far = connected
    Outlet(near).part(b"")
    with pytest.raises(ConnectionResetError):
        far.recv(100)


def test_nothing_is_said_to_a_program_that_was_parted_with(pair: tuple[socket.socket, socket.socket]) -> None:
    outlet = Outlet(pair[0])
    outlet.part(b"no")
    outlet.say(b"granted")
    assert (pair[1].recv(100), pair[1].recv(100)) == (b"no", b"")
    assert not outlet.has_said


def test_a_program_has_left_once_all_that_it_said_was_read(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    outlet = Outlet(near)
    seen = [outlet.is_left]
    far.sendall(b"quit")
    far.shutdown(socket.SHUT_WR)
    seen.append(outlet.is_left)
    near.recv(100)
    seen.append(outlet.is_left)
    outlet.close(reset=False)
    assert [*seen, outlet.is_left] == [False, False, True, True]
