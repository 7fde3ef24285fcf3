"""What a program says before its way is open is kept in order, and bounded."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from desktop.ssh.early import EARLY_BYTES, Early


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    near.setblocking(False)
    with near, far:
        yield near, far


def sent_of(early: Early, most: int = 1 << 20) -> bytes:
    got = bytearray()

    def take(data: memoryview) -> int:
        got.extend(data[:most])
        return min(len(data), most)

    assert early.send(take) == len(got)
    return bytes(got)


def test_words_are_sent_once_and_in_order(pair: tuple[socket.socket, socket.socket]) -> None:
    early = Early()
    for word in (b"select ", b"1"):
        pair[1].sendall(word)
        early.read(pair[0])
    assert early
    assert sent_of(early) == b"select 1"
    assert not early
    assert sent_of(early) == b""


def test_what_the_server_does_not_take_yet_stays(pair: tuple[socket.socket, socket.socket]) -> None:
    early = Early()
    pair[1].sendall(b"select 1")
    early.read(pair[0])
    assert sent_of(early, most=6) == b"select"
    pair[1].sendall(b";")
    early.read(pair[0])
    assert sent_of(early) == b" 1;"


def test_more_than_its_bound_stays_in_the_socket(pair: tuple[socket.socket, socket.socket]) -> None:
    early = Early()
    pair[1].sendall(b"x" * (EARLY_BYTES + 5))
    for _ in range(2):
        early.read(pair[0])
    assert not early.has_room
    assert len(sent_of(early)) == EARLY_BYTES
    assert pair[0].recv(100) == b"x" * 5


def test_an_end_is_noticed_behind_the_words(pair: tuple[socket.socket, socket.socket]) -> None:
    early = Early()
    pair[1].sendall(b"bye")
    early.read(pair[0])
    assert not early.ended
    pair[1].shutdown(socket.SHUT_WR)
    for _ in range(2):
        early.read(pair[0])
    assert (early.ended, early.has_room) == (True, False)
    assert sent_of(early) == b"bye"


def test_silence_is_no_end(pair: tuple[socket.socket, socket.socket]) -> None:
    early = Early()
    assert early.read(pair[0])
    assert (bool(early), early.ended, early.has_room) == (False, False, True)


def test_a_program_that_broke_off_is_gone(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    near.send(b"what is never read")
    far.close()
    assert not Early().read(near)


def test_what_nobody_will_take_is_forgotten(pair: tuple[socket.socket, socket.socket]) -> None:
    early = Early()
    pair[1].sendall(b"too late")
    early.read(pair[0])
    early.forget()
    assert not early


def test_what_was_said_before_is_sent_first_and_takes_room(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    early = Early()
    early.keep(b"before ")
    far.sendall(b"x" * EARLY_BYTES)
    early.read(near)
    assert not early.has_room
    assert sent_of(early) == b"before " + b"x" * (EARLY_BYTES - 7)
