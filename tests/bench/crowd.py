"""Many clients at once: all are connected before the first asks, and none leaves before the last is answered.

usage: python -m tests.bench.crowd HOST PORT COUNT      says `Served` as JSON, runs until standard input ends
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from desktop.system.limits import raise_open_files_limit
from tests.bench.children import say, wait_for_end
from tests.bench.services import ECHO

_REQUEST_BYTES = 64
_PATIENCE_S = 30.0
_LEAST_S = 0.01


@dataclass(slots=True)
class Served:
    """`took_ms` is from the first that connects to the last answer. The first few failures stand for all."""

    answered: int = 0
    took_ms: float = 0.0
    failures: list[str] = field(default_factory=list)


def main(host: str, port: str, count: str) -> None:
    raise_open_files_limit()
    with contextlib.ExitStack() as open_clients:
        say(json.dumps(asdict(_serve_all((host, int(port)), int(count), open_clients))))
        wait_for_end()


def _serve_all(address: tuple[str, int], count: int, open_clients: contextlib.ExitStack) -> Served:
    served, start_mono = Served(), time.monotonic()
    clients: list[tuple[socket.socket, bytes]] = []
    for number in range(count):
        with _noting(served):
            client = open_clients.enter_context(socket.create_connection(address, _left_s(start_mono)))
            # Each its own, so that nobody is content with somebody else's answer.
            clients.append((client, ECHO + f"{number:0{_REQUEST_BYTES - 1}}".encode()))
    for client, request in clients:
        with _noting(served):
            client.sendall(request)
    for client, request in clients:
        with _noting(served):
            served.answered += _answer(client, start_mono) == request
    served.took_ms = (time.monotonic() - start_mono) * 1000
    return served


@contextlib.contextmanager
def _noting(served: Served) -> Iterator[None]:
    """One that fails is not the end of the others."""
    try:
        yield
    except OSError as error:
        served.failures = [*served.failures, f"{type(error).__name__}: {error}"][:5]


def _answer(client: socket.socket, start_mono: float) -> bytes:
    data = b""
    while len(data) < _REQUEST_BYTES:
        client.settimeout(_left_s(start_mono))
        more = client.recv(_REQUEST_BYTES - len(data))
        if not more:
            raise ConnectionError("closed in the middle of an answer")
        data += more
    return data


def _left_s(start_mono: float) -> float:
    return max(start_mono + _PATIENCE_S - time.monotonic(), _LEAST_S)


if __name__ == "__main__":
    main(*sys.argv[1:])
