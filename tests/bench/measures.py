"""What is measured of one way to a service."""

from __future__ import annotations

import socket
import statistics
import time
from contextlib import closing

from desktop.core.model import Endpoint
from tests.bench.peers import Peer
from tests.support import echo

MIB = 1024 * 1024
TIMEOUT_S = 120.0
READ_BYTES = 256 * 1024
REQUEST = b"q" * 64


def download_mib_s(peer: Peer, size_mib: int) -> float:
    with echo.source(size_mib * MIB) as service, peer(service.endpoint) as local, _connected(local) as client:
        started = time.monotonic()
        received = _drain(client)
        took_s = time.monotonic() - started
    if received != size_mib * MIB:
        raise RuntimeError(f"{received} bytes arrived of {size_mib} MiB")
    return size_mib / took_s


def upload_mib_s(peer: Peer, size_mib: int) -> float:
    block = bytes(READ_BYTES)
    with echo.sink() as service, peer(service.endpoint) as local, _connected(local) as client:
        started = time.monotonic()
        for _ in range(size_mib * MIB // READ_BYTES):
            client.sendall(block)
        client.shutdown(socket.SHUT_WR)
        client.recv(READ_BYTES)
        return size_mib / (time.monotonic() - started)


def open_ms(peer: Peer, rounds: int) -> list[float]:
    """Connect, one request, one answer: what a client waits for its first byte."""
    with echo.echo() as service, peer(service.endpoint) as local:
        return [_first_answer_ms(local) for _ in range(rounds)]


def percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _first_answer_ms(local: Endpoint) -> float:
    started = time.monotonic()
    with _connected(local) as client:
        client.sendall(REQUEST)
        client.recv(READ_BYTES)
        return (time.monotonic() - started) * 1000


def _round_trip_ms(client: socket.socket) -> float:
    started = time.monotonic()
    client.sendall(REQUEST)
    client.recv(READ_BYTES)
    return (time.monotonic() - started) * 1000


def _drain(client: socket.socket) -> int:
    received = 0
    while data := client.recv(READ_BYTES):
        received += len(data)
    return received


def _connected(local: Endpoint) -> closing[socket.socket]:
    client = socket.create_connection((local.host, local.port), TIMEOUT_S)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return closing(client)
