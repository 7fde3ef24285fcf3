"""The socket under a transport."""

from __future__ import annotations

import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from desktop.ssh.acknowledgement import SMALL_READ_BYTES, acknowledge_now
from desktop.ssh.backlog import Backlog
from desktop.ssh.retransmission import give_up_soon

_TCP_FAMILIES = (socket.AF_INET, socket.AF_INET6)
_KEPT = 256
_PACKET_LENGTH = struct.Struct(">I")
# The length of a packet, and its tag: what its length does not count.
AROUND_PACKET_BYTES = _PACKET_LENGTH.size + 16
# paramiko reads a packet in two pieces, each after a look whether there is something: four system calls for 32 KiB.
READ_AHEAD_BYTES = 256 * 1024
# Between two lanes, from the outer to the inner one, and back. As the system has it (208 KiB in all, on Linux) two hops
# cost the program 1.7 times what one hop costs, with this 1.25. Towards the server less may lie about: what a client
# says next waits behind it.
_PAIR_IN_BYTES = 1024 * 1024
_PAIR_OUT_BYTES = 256 * 1024


class Wire(socket.socket):
    """A stream socket that remembers how the other side introduced itself, and when it was last heard.

    paramiko reports garbage, silence and a closed port before the SSH banner alike; what was received tells them
    apart. One thread at a time reads. It calls `on_caught_up` when it has dealt with all that came, before it waits for
    more. `holds_answers` says that more may follow of what came last, and waits for its acknowledgement.
    """

    __slots__ = (
        "_ahead",
        "_ahead_end",
        "_ahead_start",
        "_close_guard",
        "_first",
        "_heard_mono",
        "_is_tcp",
        "_read_little",
        "backlog",
        "holds_answers",
        "on_caught_up",
    )

    def __init__(self, family: int = socket.AF_INET, fileno: int | None = None) -> None:
        """With a `fileno`, around a socket that is connected already."""
        super().__init__(family, socket.SOCK_STREAM, fileno=fileno)
        self._first = b""
        self._is_tcp = family in _TCP_FAMILIES
        self._ahead = memoryview(bytearray(READ_AHEAD_BYTES))
        self._ahead_start = self._ahead_end = 0
        self._heard_mono = time.monotonic()
        self._read_little = self.holds_answers = False
        # Of `hold_back`.
        self.backlog: Backlog | None = None
        self._close_guard = threading.Lock()
        self.on_caught_up: Callable[[], None] | None = None

    @property
    def first_bytes(self) -> bytes:
        """The start of everything received, at most 256 bytes."""
        return self._first

    def note_contact(self) -> None:
        """The other side was heard just now."""
        self._heard_mono = time.monotonic()

    def silent_s(self) -> float:
        """Seconds since the other side was last heard. Any thread."""
        return time.monotonic() - self._heard_mono

    def recv(self, size: int, /) -> bytes:  # type: ignore[override]  # paramiko asks for nothing else
        """Never less than was asked for while that much is here already."""
        if self._ahead_start == self._ahead_end:
            self._read_more()
        start, end = self._ahead_start, min(self._ahead_start + size, self._ahead_end)
        self._ahead_start = end
        self.holds_answers = True
        return bytes(self._ahead[start:end])

    @property
    def ahead_bytes(self) -> int:
        """How much was received, and is still to be read."""
        return self._ahead_end - self._ahead_start

    def read_ahead(self, size: int) -> None:
        """Block until `ahead_bytes` are `size`, at most `READ_AHEAD_BYTES`.

        Raises `TimeoutError`, and `EOFError` where the connection ends before.
        """
        while self.ahead_bytes < size:
            before = self.ahead_bytes
            self._read_more()
            if self.ahead_bytes == before:
                raise EOFError

    def peek(self, size: int) -> memoryview:
        """The next of the bytes ahead, which stay there."""
        return self._ahead[self._ahead_start : self._ahead_start + size]

    def take_packet(self) -> memoryview | None:
        """The next of the packets that begin with their length, where the whole of it is ahead (RFC 5647 section 7.2).

        A view, which holds until `on_caught_up` has returned, and may be changed.
        """
        start, end = self._ahead_start, self._ahead_end
        if end - start < AROUND_PACKET_BYTES:
            return None
        (length,) = _PACKET_LENGTH.unpack_from(self._ahead, start)
        packet_end = start + int(length) + AROUND_PACKET_BYTES
        if packet_end > end:
            return None
        self._ahead_start = packet_end
        return self._ahead[start:packet_end]

    def read_what_is_here(self) -> None:
        """Behind what is still to be read; after `hold_back`.

        Raises `BlockingIOError` where nothing is, and `EOFError` where the connection has ended.
        """
        if self.backlog is not None and not self._receive(self.backlog.sock):
            raise EOFError

    def catch_up(self) -> None:
        """All that came was dealt with."""
        if self.on_caught_up is not None:
            self.on_caught_up()
        if self._is_tcp and self._read_little and self.holds_answers:
            acknowledge_now(self)

    def _read_more(self) -> None:
        self.catch_up()
        self._receive(self)

    def _receive(self, sock: socket.socket) -> int:
        """How much came, behind what is still to be read."""
        left = self._ahead_end - self._ahead_start
        self._ahead[:left] = self._ahead[self._ahead_start : self._ahead_end]
        self._ahead_start, self._ahead_end = 0, left
        size = sock.recv_into(self._ahead[left:])
        self.holds_answers = False
        self._ahead_end += size
        self._read_little = 0 < size < SMALL_READ_BYTES
        if size:
            self.note_contact()
        if len(self._first) < _KEPT:
            self._first += bytes(self._ahead[left : left + min(size, _KEPT - len(self._first))])
        return size

    def send(self, data: bytes | memoryview, flags: int = 0, /) -> int:  # type: ignore[override]  # nothing else is sent
        """Blocks while the connection takes nothing; never after `hold_back`."""
        backlog = self.backlog
        return super().send(data, flags) if backlog is None else backlog.send(data)

    def hold_back(self, on_waiting: Callable[[], None]) -> Backlog:
        """From now on, keep what can't be sent at once in a backlog, which the caller drains and closes.

        The backlog's socket is another descriptor of the same connection: Python lets a socket with a timeout, as
        this one has for its reader, wait also before it sends. Raises `OSError` where the connection is closed, or the
        process has no room for a descriptor more.
        """
        with self._close_guard:
            descriptor = socket.dup(self.fileno())
        sock = socket.socket(self.family, self.type, self.proto, fileno=descriptor)
        sock.setblocking(False)
        self.backlog = Backlog(sock, on_waiting)
        return self.backlog

    def is_cut_off(self) -> bool:
        """The other side has ended the connection, and everything it sent was read. The reader's thread."""
        if self._ahead_start != self._ahead_end:
            return False
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self, selectors.EVENT_READ)
                return bool(selector.select(0)) and not super().recv(1, socket.MSG_PEEK)
        except (OSError, ValueError):
            return True

    def close(self) -> None:
        """From any thread."""
        with self._close_guard:
            super().close()

    def hang_up(self) -> None:
        """Make every blocked and future read and write return. From any thread; does not close."""
        if self._is_tcp:
            give_up_soon(self)
        with suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)


def wire_pair() -> tuple[Wire, socket.socket]:
    """Both ends of a stream within this computer; whoever gets them closes them."""
    near, far = socket.socketpair()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _PAIR_OUT_BYTES)
    far.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _PAIR_IN_BYTES)
    if near.family in _TCP_FAMILIES:
        # Windows has no other pairs.
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Wire(near.family, near.detach()), far
