"""A server on a Unix socket, as a warehouse's own."""

from __future__ import annotations

import contextlib
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

_NAME = ".s.PGSQL.5432"


@contextlib.contextmanager
def unix_echo(*, open_to_all: bool = True) -> Iterator[Path]:
    """Sends back what it gets, and an end of stream for an end of stream. Gives the socket's path."""
    # Not in pytest's folder: the user who logs in at the bastion can't enter that one.
    folder = Path(tempfile.mkdtemp(prefix="caponier-socket-", dir="/tmp"))
    folder.chmod(0o755)
    path = folder / _NAME
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        path.chmod(0o777 if open_to_all else 0o700)
        listener.listen()
        accepting = threading.Thread(target=_accept, args=(listener,), name="unix-echo")
        accepting.start()
        try:
            yield path
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            shutil.rmtree(folder)


def _accept(listener: socket.socket) -> None:
    serving: list[threading.Thread] = []
    # Accepting ends with an error when the socket is shut down.
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            serving.append(threading.Thread(target=_echo, args=(client,), name="unix-echo-client"))
            serving[-1].start()
    for thread in serving:
        thread.join()


def _echo(client: socket.socket) -> None:
    with client, contextlib.suppress(OSError):
        while data := client.recv(1 << 16):
            client.sendall(data)
