"""The relay's thread hears of work at every moment, or clients would wait for ever."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from desktop.ssh.loop import Loop

TIMEOUT_S = 5.0


class SlowBell(socket.socket):
    """Between a ring and its being heard, somebody else hands in work."""

    meanwhile: Callable[[], None]

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        self.meanwhile()
        return super().recv(size, flags)


@pytest.fixture
def loop() -> Iterator[Loop]:
    running = Loop("relay of a test", lambda: None)
    bell = SlowBell(fileno=running._bell.detach())
    bell.setblocking(False)
    bell.meanwhile = lambda: running.post(lambda: None)
    running._bell = bell
    running.start()
    yield running
    bell.meanwhile = lambda: None
    running.stop()
    assert running.join(TIMEOUT_S)


def test_work_handed_in_while_the_bell_is_heard_does_not_silence_it(loop: Loop) -> None:
    for _ in range(3):
        done = threading.Event()
        loop.post(done.set)
        assert done.wait(TIMEOUT_S)
