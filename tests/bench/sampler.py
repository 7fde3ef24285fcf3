"""Clients with small requests: how long each answer takes.

usage: python -m tests.bench.sampler HOST PORT PLAN      PLAN is a `Plan` as JSON; prints `Samples` as JSON, then ends
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field

from tests.bench.children import say
from tests.bench.services import ECHO, PARTS

REQUEST_BYTES = 64
_TIMEOUT_S = 20.0

Address = tuple[str, int]
Work = Callable[[Address, "Plan", "Samples"], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """So many clients of each kind at once, each with `pause_s` between two requests, for `seconds` in all.

    Without `seconds` each makes its `count`. `in_parts` asks for answers in two parts, 2 ms apart.
    """

    askers: int
    openers: int
    pause_s: float
    seconds: float = 0.0
    count: int = 0
    in_parts: bool = False

    @property
    def request(self) -> bytes:
        return (PARTS if self.in_parts else ECHO) * REQUEST_BYTES


@dataclass(slots=True)
class Samples:
    """`ask_ms`: request to answer on an open connection. `open_ms`: from before connecting to the first answer."""

    ask_ms: list[float] = field(default_factory=list)
    open_ms: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def main(host: str, port: str, plan_text: str) -> None:
    plan, address, samples = Plan(**json.loads(plan_text)), (host, int(port)), Samples()
    works = [*[_ask_all] * plan.askers, *[_open_all] * plan.openers]
    clients = [threading.Thread(target=_run, args=(work, address, plan, samples)) for work in works]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    say(json.dumps(asdict(samples)))


def _run(work: Work, address: Address, plan: Plan, samples: Samples) -> None:
    """What a client saw before it failed counts."""
    try:
        work(address, plan, samples)
    except OSError as error:
        samples.failures.append(f"{type(error).__name__}: {error}")


def _ask_all(address: Address, plan: Plan, samples: Samples) -> None:
    with _connected(address) as client:
        # The first also waits for the way to be opened.
        _ask(client, plan.request)
        for _ in _turns(plan):
            start_mono = time.monotonic()
            _ask(client, plan.request)
            samples.ask_ms.append((time.monotonic() - start_mono) * 1000)


def _open_all(address: Address, plan: Plan, samples: Samples) -> None:
    for _ in _turns(plan):
        start_mono = time.monotonic()
        with _connected(address) as client:
            _ask(client, plan.request)
            samples.open_ms.append((time.monotonic() - start_mono) * 1000)


def _turns(plan: Plan) -> Iterator[int]:
    deadline_mono = time.monotonic() + plan.seconds
    number = 0
    while number < plan.count or time.monotonic() < deadline_mono:
        yield number
        number += 1
        time.sleep(plan.pause_s)


def _ask(client: socket.socket, request: bytes) -> None:
    client.sendall(request)
    left = len(request)
    while left:
        size = len(client.recv(left))
        if not size:
            raise ConnectionError("the connection was closed in the middle of an answer")
        left -= size


def _connected(address: Address) -> contextlib.closing[socket.socket]:
    client = socket.create_connection(address, _TIMEOUT_S)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return contextlib.closing(client)


if __name__ == "__main__":
    main(*sys.argv[1:])
