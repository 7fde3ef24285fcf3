"""What stands behind every way: one port whose clients choose by their first byte what they get.

usage: python -m tests.bench.services ADDRESS COUNTER_PATH      says its port, runs until standard input ends

Clients that echo are served by one process, clients that move much by another: a small request waits for the tunnel
only, never for a service that is busy with somebody else.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from desktop.system.limits import raise_open_files_limit
from tests.bench.children import say
from tests.bench.counter import Counter

Kind = Callable[[socket.socket, Counter], None]

# The first byte of each kind of client.
ECHO, PARTS, SOURCE, SINK = b"e", b"p", b"d", b"u"
BLOCK_BYTES = 1 << 20
_REQUEST_BYTES = 4096
_BETWEEN_PARTS_S = 0.002
# A thousand may come at once.
_BACKLOG = 2048


def main(address: str, counter_path: str) -> None:
    raise_open_files_limit()
    front, back = socket.socketpair()
    bulk_pid = 0
    if sys.platform != "win32":
        bulk_pid = os.fork()
    if not bulk_pid:
        front.close()
        _serve_much(back, Path(counter_path))
        os._exit(0)
    back.close()
    with front, socket.create_server((address, 0), backlog=_BACKLOG) as listener:
        say(listener.getsockname()[1])
        _serve_echo(listener, front)
    os.waitpid(bulk_pid, 0)


def _serve_echo(listener: socket.socket, bulk: socket.socket) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    return
                if key.fileobj is listener:
                    selector.register(_accepted(listener), selectors.EVENT_READ)
                elif isinstance(key.fileobj, socket.socket) and not _goes_on(key.fileobj, bulk):
                    selector.unregister(key.fileobj)
                    key.fileobj.close()


def _accepted(listener: socket.socket) -> socket.socket:
    client, _ = listener.accept()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def _goes_on(client: socket.socket, bulk: socket.socket) -> bool:
    """Answer a request; False where the client has left or was handed to the other process."""
    try:
        request = client.recv(_REQUEST_BYTES)
        if not request:
            return False
        if request.startswith((SOURCE, SINK)):
            _hand_over(client, request[:1], bulk)
            return False
        _answer(client, request)
    except OSError:
        return False
    return True


def _answer(client: socket.socket, request: bytes) -> None:
    first_bytes = len(request)
    first_bytes = len(request) // 2 if request.startswith(PARTS) else len(request)
    client.sendall(request[:first_bytes])
    if first_bytes < len(request):
        # As a warehouse works on what follows. Others wait meanwhile: none are measured then.
        time.sleep(_BETWEEN_PARTS_S)
        client.sendall(request[first_bytes:])


def _serve_much(front: socket.socket, counter_path: Path) -> None:
    """Until `front` ends."""
    kinds = {SOURCE: _send, SINK: _receive}
    with front, Counter(counter_path) as counter:
        while True:
            kind, client = _taken_over(front)
            if client is None:
                return
            threading.Thread(target=_serve, args=(kinds[kind], client, counter), daemon=True).start()


def _hand_over(client: socket.socket, kind: bytes, to: socket.socket) -> None:
    if sys.platform != "win32":
        socket.send_fds(to, [kind], [client.fileno()])


def _taken_over(front: socket.socket) -> tuple[bytes, socket.socket | None]:
    """Kind and client that were handed over; no client at the end."""
    kind, handles = b"", list[int]()
    if sys.platform != "win32":
        kind, handles, _, _ = socket.recv_fds(front, 1, 1)
    return kind, socket.socket(fileno=handles[0]) if handles else None


def _serve(kind: Kind, client: socket.socket, counter: Counter) -> None:
    with client, contextlib.suppress(OSError):
        kind(client, counter)


def _send(client: socket.socket, _counter: Counter) -> None:
    """Without an end; the client leaves."""
    block = memoryview(os.urandom(BLOCK_BYTES))
    while True:
        client.sendall(block)


def new_block() -> memoryview:
    """To receive into; at the start of a page.

    16 bytes behind it, where malloc(3) puts what is large, AMD's ``rep movsb`` takes 11 us for 32 KiB that the kernel
    has at the start of one, and 0.7 anywhere else (glibc's bug 30994): that is for no peer to lose.
    """
    return memoryview(mmap.mmap(-1, BLOCK_BYTES))


def _receive(client: socket.socket, counter: Counter) -> None:
    block = new_block()
    while size := client.recv_into(block):
        counter.add(size)


if __name__ == "__main__":
    main(*sys.argv[1:])
