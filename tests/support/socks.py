"""Programs that speak SOCKS version 5 to a local port."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

from desktop.core.model import Endpoint
from tests.support.local_clients import client_of, receive

HELLO = b"\x05\x01\x00"
GRANTED = 0
_REPLY_BYTES = 10


def request_for(target: Endpoint, command: int = 1) -> bytes:
    """By name, also where it is an address: whoever answers looks it up."""
    name = target.host.encode()
    return bytes([5, command, 0, 3, len(name)]) + name + target.port.to_bytes(2, "big")


def ask(client: socket.socket, target: Endpoint) -> None:
    client.sendall(HELLO)
    assert receive(client, 2) == b"\x05\x00"
    client.sendall(request_for(target))


def verdict(client: socket.socket) -> int:
    """The field REP of the answer (RFC 1928 section 6)."""
    reply = receive(client, _REPLY_BYTES)
    assert len(reply) == _REPLY_BYTES, reply
    assert (reply[0], reply[2:]) == (5, bytes([0, 1, 0, 0, 0, 0, 0, 0]))
    return reply[1]


@contextlib.contextmanager
def asking(local: Endpoint | int, target: Endpoint) -> Iterator[socket.socket]:
    """A program that has asked, and has not been answered."""
    with client_of(local) as client:
        ask(client, target)
        yield client


@contextlib.contextmanager
def led_to(local: Endpoint | int, target: Endpoint) -> Iterator[socket.socket]:
    """A program that has got there."""
    with asking(local, target) as client:
        assert verdict(client) == GRANTED
        yield client
