"""What is ready of the sockets that are watched: the same answers from each way to ask the system."""

from __future__ import annotations

import selectors
import socket
import sys
from collections.abc import Callable, Iterator

import pytest

from desktop.ssh import readiness
from desktop.ssh.readiness import Readiness, SelectorReadiness

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
BOTH = READ | WRITE

WAYS: list[Callable[[], Readiness]] = [SelectorReadiness]
if sys.platform == "linux":
    WAYS.append(readiness.EpollReadiness)


@pytest.fixture(params=WAYS)
def watched(request: pytest.FixtureRequest) -> Iterator[Readiness]:
    made: Readiness = request.param()
    yield made
    made.close()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    with near, far:
        yield near, far


def serve(_ready: int) -> None:
    """Only asked for."""


def test_nothing_is_ready_before_something_comes(
    watched: Readiness, pair: tuple[socket.socket, socket.socket]
) -> None:
    near, far = pair
    watched.watch(near, READ, serve)
    assert watched.wait(0) == []
    far.send(b"x")
    assert watched.wait(None) == [(serve, READ)]


def test_only_what_was_asked_for_is_told(
    watched: Readiness, pair: tuple[socket.socket, socket.socket]
) -> None:
    near, far = pair
    far.send(b"x")
    told = []
    for mask in (BOTH, READ, WRITE, BOTH):
        watched.watch(near, mask, serve)
        told.append(watched.wait(0))
    assert told == [[(serve, mask)] for mask in (BOTH, READ, WRITE, BOTH)]


def test_a_broken_connection_is_told_to_whoever_waits_for_it(
    watched: Readiness, pair: tuple[socket.socket, socket.socket]
) -> None:
    near, far = pair
    near.send(b"what is never read")
    far.close()
    for mask in (READ, WRITE):
        watched.watch(near, mask, serve)
        assert watched.wait(0) == [(serve, mask)]


def test_what_is_watched_no_more_is_not_told(
    watched: Readiness, pair: tuple[socket.socket, socket.socket]
) -> None:
    near, far = pair
    far.send(b"x")
    watched.watch(near, READ, serve)
    for _ in range(2):
        watched.watch(near, 0, serve)
        assert watched.wait(0) == []
    watched.watch(near, READ, serve)
    assert watched.wait(0) == [(serve, READ)]


def test_hundreds_that_are_ready_are_all_told_in_the_end(watched: Readiness) -> None:
    pairs = [socket.socketpair() for _ in range(300)]
    served: set[int] = set()
    try:
        for number, (near, far) in enumerate(pairs):
            watched.watch(near, READ, lambda _ready, number=number: served.add(number))  # type: ignore[misc]
            far.send(b"x")
        for _ in range(2):
            for handler, ready in watched.wait(0):
                handler(ready)
    finally:
        for near, far in pairs:
            watched.watch(near, 0, serve)
            near.close()
            far.close()
    assert served == set(range(300))
