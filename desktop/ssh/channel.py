"""One client's channel through a bastion, as the relay wants it. See `lane` for what is bent, and why."""

from __future__ import annotations

import struct
import threading

import paramiko
from paramiko.common import MSG_CHANNEL_FAILURE, MSG_CHANNEL_WINDOW_ADJUST

from desktop.ssh.channel_messages import ROOM, data_message
from desktop.ssh.forwarding import ChannelSink

PACKET_BYTES = 32 * 1024
_PACKET_OVERHEAD = 64
# As paramiko has it: a server may say less, but has to take as much (RFC 4253 section 6.1).
_LEAST_PACKET_BYTES = 4096
# RFC 4254 section 5.4: message number, and the server's channel.
_FAILURE = struct.Struct(">BI")


class Channels(dict[int, "ForwardChannel"]):
    """Implements paramiko's `ChannelMap`, but keeps its channels.

    There they are kept weakly. One that nobody wants any more must live on until the server has answered, or it could
    not be closed on the server's side; and a look at a dict costs a tenth, for each packet.
    """

    def put(self, chanid: int, channel: ForwardChannel) -> None:
        self[chanid] = channel

    def delete(self, chanid: int) -> None:
        self.pop(chanid, None)


class ForwardChannel(paramiko.Channel):
    """Implements `ForwardingChannel`, which says what may be called where.

    A guard stands around every call of the sink, so that `abandon` is a clear cut: a client that goes over to another
    session must not get a byte of the old one.
    """

    shows_progress = True

    def __init__(self, chanid: int) -> None:
        super().__init__(chanid)
        self._sink: ChannelSink | None = None
        self._answered = False
        self._closed_by_server = False
        self._sink_guard = threading.Lock()

    def serve(self, sink: ChannelSink) -> None:
        """Before it is asked for."""
        self._sink = sink

    def __del__(self) -> None:
        """Collecting a channel must not send: it may happen on the reader thread. The relay hangs up."""

    def send_some(self, data: memoryview) -> int:
        """Send what the server's window takes, and return how much that was."""
        with self.lock:
            if self.closed or self.eof_sent:
                return 0
            size = min(len(data), self.window)
            self.out_window_size -= size
        step = self.out_max_packet_size - _PACKET_OVERHEAD
        if size and not self.transport.transmit_data(self.remote_chanid, data[:size], step):
            pieces = (data[start : min(start + step, size)] for start in range(0, size, step))
            self.transport.transmit(*(data_message(self.remote_chanid, piece) for piece in pieces))
        self.transport.sent_data(size, is_full=self.out_window_size == 0)
        return size

    @property
    def window(self) -> int:
        """Bytes the server takes now."""
        return int(self.out_window_size)

    def grant(self, size: int) -> None:
        """Let the server send `size` bytes more."""
        if self.closed:
            return
        self.transport.transmit(ROOM.pack(MSG_CHANNEL_WINDOW_ADJUST, self.remote_chanid, size))

    def send_eof(self) -> None:
        """Say that no more data follows; the other direction stays open (RFC 4254 section 5.3)."""
        with self.lock:
            message = None if self.closed else self._send_eof()
        if message is not None:
            self.transport.transmit(message.asbytes())

    def hang_up(self) -> None:
        """Close the channel. Idempotent; does nothing before the server confirmed it."""
        with self.lock:
            messages = self._close_internal()
        for message in messages:
            if message is not None:
                self.transport.transmit(message.asbytes())
        if self._closed_by_server:
            self.transport.forget(self)

    def abandon(self) -> None:
        """Tell the sink nothing more, from this moment, and close the channel as soon as the server lets us."""
        with self._sink_guard:
            self._sink = None
        self.hang_up()

    def withdraw(self) -> bool:
        """`abandon` it where the server has not answered yet; False where it has, and the sink is being told."""
        with self._sink_guard:
            if self._answered:
                return False
            self._sink = None
            return True

    @property
    def confirmed(self) -> bool:
        """The server has opened the way, whether or not the sink has come to know."""
        return bool(self.active)

    def refused(self, reason: int, text: str) -> None:
        """Reader thread."""
        with self._sink_guard:
            self._answered = True
            if self._sink is not None:
                self._sink.on_refused(reason, text)

    def opened(self, chanid: int, window_size: int, max_packet_size: int) -> None:
        """By the server, which gave the numbers. Reader thread."""
        self.remote_chanid = chanid
        self.out_window_size = window_size
        self.out_max_packet_size = max(max_packet_size, _LEAST_PACKET_BYTES)
        self.active = 1
        with self._sink_guard:
            self._answered = True
            if self._sink is not None:
                self._sink.on_opened()
                return
        self.transport.send_later(self.hang_up)

    def feed(self, data: memoryview) -> None:
        """Lent until the next `settle`. Reader thread."""
        with self._sink_guard:
            if self._sink is not None:
                self._sink.on_data(data)
                self.transport.fed(self)

    def _feed(self, message: paramiko.Message) -> None:
        self.feed(memoryview(message.get_binary()))

    def settle(self) -> None:
        """Reader thread."""
        with self._sink_guard:
            if self._sink is not None:
                self._sink.on_settled()

    def widen(self, size: int) -> None:
        """The server takes `size` bytes more. Reader thread."""
        with self.lock:
            was_full = self.out_window_size == 0
            self.out_window_size += size
        if not was_full:
            # OpenSSH says it for each three packets of an upload; the relay's thread waits only where it found no room.
            return
        with self._sink_guard:
            if self._sink is not None:
                self._sink.on_window()

    def _window_adjust(self, message: paramiko.Message) -> None:
        self.widen(message.get_int())

    def _handle_eof(self, message: paramiko.Message) -> None:
        super()._handle_eof(message)
        with self._sink_guard:
            if self._sink is not None:
                self._sink.on_eof()

    def _handle_close(self, _message: paramiko.Message) -> None:
        self._closed_by_server = True
        if self.closed:
            self.transport.forget(self)
        with self._sink_guard:
            self._answered = True
            if self._sink is not None:
                self._sink.on_closed()
                return
        self.transport.send_later(self.hang_up)

    def _handle_request(self, message: paramiko.Message) -> None:
        message.get_text()
        if not message.get_boolean():
            return
        reply = _FAILURE.pack(MSG_CHANNEL_FAILURE, self.remote_chanid)
        self.transport.send_later(lambda: self.transport.transmit(reply))
