"""Servers on the warehouse's side that are known by name: a web site, and the members of a replica set."""

from __future__ import annotations

import socket
from collections.abc import Iterable

from desktop.core.model import Endpoint
from tests.support.socket_service import SocketService


def web_site(place: Endpoint) -> SocketService:
    """Tells the host that it was asked for. Listens in the network namespace of the thread that calls this."""
    return SocketService([_listener(place)], _tell_host)


def replica_set(places: Iterable[Endpoint], names: Iterable[Endpoint] = ()) -> SocketService:
    """As MongoDB's: whoever says hello to a member gets `names`, and is expected to go to those. Else an echo.

    Listens as `web_site` does.
    """
    told = "".join(f"{name}\n" for name in names).encode()

    def serve(client: socket.socket) -> None:
        with client.makefile("rb") as said:
            for line in said:
                client.sendall(told if line == b"hello\n" else line)

    return SocketService(map(_listener, places), serve)


def _tell_host(client: socket.socket) -> None:
    with client.makefile("rb") as said:
        host = next(line[6:].strip().decode() for line in said if line.lower().startswith(b"host: "))
    body = f"you asked for {host}\n".encode()
    client.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def _listener(place: Endpoint) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    return socket.create_server((place.host, place.port), family=family)
