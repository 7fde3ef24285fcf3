"""Clients that ask for very much and stop reading after a first piece, as a suspended program does.

usage: python -m tests.bench.stalled HOST PORT COUNT      says how many stall, runs until standard input ends
"""

from __future__ import annotations

import os
import socket
import struct
import sys

from desktop.system.limits import raise_open_files_limit
from tests.bench.children import say, wait_for_end
from tests.bench.services import SOURCE

_FIRST_BYTES = 64 * 1024
_TIMEOUT_S = 20.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def main(host: str, port: str, count: str) -> None:
    raise_open_files_limit()
    clients = [socket.create_connection((host, int(port)), _TIMEOUT_S) for _ in range(int(count))]
    for client in clients:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        client.sendall(SOURCE)
    # All at once are asked for before the first is read: who comes late finds the way as full as who came early.
    stalled = sum(_read_first(client) for client in clients)
    say(stalled)
    wait_for_end()
    # What waits for them is nobody's any more; a polite end would not come to pass.
    os._exit(0)


def _read_first(client: socket.socket) -> bool:
    left = _FIRST_BYTES
    while left and (size := len(client.recv(left))):
        left -= size
    return not left


if __name__ == "__main__":
    main(*sys.argv[1:])
