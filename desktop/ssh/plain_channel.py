"""One client's channel through a bastion, over a channel of paramiko's that is used as its documentation says."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import paramiko

from desktop.ssh.forwarding import ChannelSink
from desktop.ssh.receive_window import BASE_BYTES

# What one client may hand over before the server's window, or an exchange of keys, has let it out.
ROOM_BYTES = 256 * 1024
_PIECE_BYTES = 32 * 1024


class PlainChannel:
    """Implements `ForwardingChannel`. What the relay asks for is noted, and done by the pump, which may block.

    The server's window is paramiko's own and stays as it is. That a client which does not read fills no more than
    that, and `BASE_BYTES` here, is seen to by taking from paramiko only what was granted.
    """

    shows_progress = False

    def __init__(self, sink: ChannelSink, ring: Callable[[], None]) -> None:
        self._sink: ChannelSink | None = sink
        self._ring = ring
        self._sink_guard = threading.Lock()
        self._answered = False
        self._inner: paramiko.Channel | None = None
        self._lock = threading.Lock()
        self._unsent: deque[memoryview] = deque()
        self._unsent_bytes = 0
        self._awaits_room = False
        self._granted = BASE_BYTES
        self._eof_due = self._eof_sent = self._eof_told = False
        self._close_due = self._closed_there = self._over = False

    # -- any thread, but mostly the relay's ------------------------------------------------------------------

    @property
    def confirmed(self) -> bool:
        return self._inner is not None

    @property
    def window(self) -> int:
        with self._lock:
            room = ROOM_BYTES - self._unsent_bytes
            self._awaits_room = room == 0
            return room

    def send_some(self, data: memoryview) -> int:
        with self._lock:
            if self._over or self._eof_due:
                return 0
            size = min(len(data), ROOM_BYTES - self._unsent_bytes)
            if size:
                self._unsent.append(memoryview(bytes(data[:size])))
                self._unsent_bytes += size
        self._ring()
        return size

    def grant(self, size: int) -> None:
        with self._lock:
            self._granted += size
        self._ring()

    def send_eof(self) -> None:
        self._eof_due = True
        self._ring()

    def hang_up(self) -> None:
        self._close_due = True
        self._ring()

    def abandon(self) -> None:
        """Where both sides had said everything, what is still to go out does so before the close."""
        with self._sink_guard:
            self._sink = None
        self._ring()

    def withdraw(self) -> bool:
        with self._sink_guard:
            if self._answered:
                return False
            self._sink = None
            return True

    # -- the thread that opens it ----------------------------------------------------------------------------

    @property
    def is_wanted(self) -> bool:
        return self._sink is not None

    def opened(self, inner: paramiko.Channel) -> None:
        inner.settimeout(0.0)
        self._inner = inner
        self._tell(lambda sink: sink.on_opened())

    def refused(self, reason: int, text: str) -> None:
        self._tell(lambda sink: sink.on_refused(reason, text))

    # -- reader thread ---------------------------------------------------------------------------------------

    def note_closed(self) -> None:
        """paramiko closes all channels when the connection ends, too; but then its reader does not come to ask."""
        if self._inner is not None and self._inner.closed:
            self._closed_there = True

    # -- pump ------------------------------------------------------------------------------------------------

    def serve(self) -> bool:
        """Move what can be moved now; False where it is over. Blocks while keys are exchanged.

        Raises `SSHException` or `EOFError` where the connection is over.
        """
        inner = self._inner
        if inner is not None and not self._over:
            # Looked at before the data: what came before the close has its turn first.
            closed_there = self._closed_there
            if self._has_broken_off:
                self._forget_unsent()
            self._send(inner)
            self._receive(inner)
            self._tell_end(inner, closed_there=closed_there)
            if (self._close_due or not self.is_wanted) and not self._unsent:
                inner.close()
                self._end()
        return not self._over

    @property
    def _has_broken_off(self) -> bool:
        """What has not gone out is not wanted any more."""
        return not self.is_wanted and not (self._eof_due and self._eof_told)

    def _send(self, inner: paramiko.Channel) -> None:
        while self._unsent and inner.send_ready():
            piece = self._unsent[0]
            try:
                taken = inner.send(bytes(piece[:_PIECE_BYTES]))
            except OSError:
                taken = 0
            if not taken:
                # Closed meanwhile.
                self._forget_unsent()
                break
            with self._lock:
                self._unsent_bytes -= taken
                del self._unsent[0]
                if taken < len(piece):
                    self._unsent.appendleft(piece[taken:])
        if self._eof_due and not self._eof_sent and not self._unsent:
            self._eof_sent = True
            inner.shutdown_write()
        self._tell_room()

    def _tell_room(self) -> None:
        with self._lock:
            has_come = self._awaits_room and self._unsent_bytes < ROOM_BYTES
            self._awaits_room = self._awaits_room and not has_come
        if has_come:
            self._tell(lambda sink: sink.on_window())

    def _receive(self, inner: paramiko.Channel) -> None:
        if self._granted <= 0 or not inner.recv_ready():
            return
        data = inner.recv(self._granted)
        with self._lock:
            self._granted -= len(data)
        self._tell(lambda sink: sink.on_data(memoryview(data)))
        self._tell(lambda sink: sink.on_settled())

    def _tell_end(self, inner: paramiko.Channel, *, closed_there: bool) -> None:
        ended = bool(inner.eof_received)
        if not (ended or closed_there) or inner.recv_ready():
            return
        if ended and not self._eof_told:
            self._eof_told = True
            self._tell(lambda sink: sink.on_eof())
        if closed_there:
            self._end()
            self._tell(lambda sink: sink.on_closed())

    def _end(self) -> None:
        self._over = True
        self._forget_unsent()

    def _forget_unsent(self) -> None:
        with self._lock:
            self._unsent.clear()
            self._unsent_bytes = 0

    def _tell(self, tell: Callable[[ChannelSink], None]) -> None:
        with self._sink_guard:
            self._answered = True
            if self._sink is not None:
                tell(self._sink)
