"""A client that moves as much as it can.

usage: python -m tests.bench.load download|upload HOST PORT COUNTER_PATH      runs until standard input ends

It counts what it received. What it sent counts only where it arrives: the service does that.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
import threading
from pathlib import Path

from tests.bench.children import say, wait_for_end
from tests.bench.counter import Counter
from tests.bench.services import BLOCK_BYTES, SINK, SOURCE, new_block

_CONNECT_TIMEOUT_S = 20.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def main(direction: str, host: str, port: str, counter_path: str) -> None:
    with (
        socket.create_connection((host, int(port)), _CONNECT_TIMEOUT_S) as client,
        Counter(Path(counter_path)) as counter,
    ):
        client.settimeout(None)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        work = {"download": _download, "upload": _upload}[direction]
        threading.Thread(target=work, args=(client, counter), daemon=True).start()
        say("moving")
        wait_for_end()
        # A polite end would first send what waits in buffers, into the next measurement.
        os._exit(0)


def _download(client: socket.socket, counter: Counter) -> None:
    client.sendall(SOURCE)
    block = new_block()
    with contextlib.suppress(OSError):
        while size := client.recv_into(block):
            counter.add(size)


def _upload(client: socket.socket, _counter: Counter) -> None:
    block = memoryview(SINK + os.urandom(BLOCK_BYTES - 1))
    with contextlib.suppress(OSError):
        while True:
            client.sendall(block)


if __name__ == "__main__":
    main(*sys.argv[1:])
