"""Programs on the laptop that come at a bad moment."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.support.lab.hosts import Lab
from tests.support.local_clients import answer

_PAUSE_S = 0.005
_ANSWER_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class FirstByte:
    """`took_s` counts from the call. How often the client was refused, or reset, and came again."""

    took_s: float
    refused: int
    reset: int


def first_byte(lab: Lab, port: int, timeout_s: float = 180.0) -> FirstByte:
    """A new client connects now, and at once again where it is refused or reset, until it has an answer.

    Raises `TimeoutError`.
    """
    start_mono = time.monotonic()
    refused = reset = 0
    while (left_s := start_mono + timeout_s - time.monotonic()) > 0:
        try:
            with lab.client(port) as client:
                client.settimeout(left_s)
                if answer(client, b"?"):
                    return FirstByte(time.monotonic() - start_mono, refused, reset)
                reset += 1
        except ConnectionRefusedError:
            refused += 1
        except (ConnectionResetError, BrokenPipeError):
            reset += 1
        time.sleep(_PAUSE_S)
    raise TimeoutError(f"no answer in {timeout_s} s, refused {refused} times, reset {reset} times")


class Crowd:
    """Many clients, each with a question of its own. Use it by `crowd`."""

    def __init__(self, clients: list[socket.socket]) -> None:
        self._clients = clients
        for number, client in enumerate(clients):
            client.sendall(_question(number))

    def count_answered(self, timeout_s: float = _ANSWER_TIMEOUT_S) -> int:
        """Blocks until each has its answer, or was reset, or the time is over."""
        deadline_mono = time.monotonic() + timeout_s
        return sum(self._has_answer(number, deadline_mono) for number in range(len(self._clients)))

    def _has_answer(self, number: int, deadline_mono: float) -> bool:
        client = self._clients[number]
        client.settimeout(max(deadline_mono - time.monotonic(), 0.01))
        try:
            return client.recv(8, socket.MSG_WAITALL) == _question(number)
        except OSError:
            return False


@contextlib.contextmanager
def crowd(lab: Lab, *ports: int, size: int) -> Iterator[Crowd]:
    """So many clients, spread over `ports`. Raises `ConnectionRefusedError` where one is refused."""
    with contextlib.ExitStack() as clients:
        yield Crowd([clients.enter_context(lab.client(ports[number % len(ports)])) for number in range(size)])


def _question(number: int) -> bytes:
    return struct.pack(">Q", number)
