"""A server on a Unix socket, as a warehouse's own."""

from __future__ import annotations

import contextlib
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.support.agents import unix_socket
from tests.support.socket_service import SocketService

_NAME = ".s.PGSQL.5432"


@contextlib.contextmanager
def unix_echo(*, open_to_all: bool = True) -> Iterator[Path]:
    """Sends back what it gets, and an end of stream for an end of stream. Gives the socket's path."""
    # Not in pytest's folder: the user who logs in at the bastion can't enter that one.
    folder = Path(tempfile.mkdtemp(prefix="caponier-socket-", dir="/tmp"))
    folder.chmod(0o755)
    path = folder / _NAME
    listener = unix_socket()
    listener.bind(str(path))
    path.chmod(0o777 if open_to_all else 0o700)
    listener.listen()
    try:
        with SocketService([listener], _echo):
            yield path
    finally:
        shutil.rmtree(folder)


def _echo(client: socket.socket) -> None:
    while data := client.recv(1 << 16):
        client.sendall(data)
