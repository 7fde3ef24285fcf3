"""paramiko's transport and channel, bent for forwarding. The only module that touches paramiko's inner parts.

Everything used here was read in paramiko 5.1 (transport.py, channel.py, packet.py); `pyproject.toml` holds that
series. What is bent, and why:

- Opening a channel does not block: the confirmation is handled where it arrives, on the reader thread. paramiko
  polls for it and keeps a thread busy for each client.
- Received data goes straight from the reader thread to the client's socket, without a buffer and a thread between.
- The reader thread never sends a connection-level message. `Transport._send_user_message` waits while keys are
  exchanged, and only the reader thread can finish an exchange: sending there ends the session after 30 s. What has to
  be answered is handed to `Lane.send_later`.
- Handshake deadlines are the session's, so the packetizer's timer thread is never started.
- Errors are reported by value; paramiko's own log lines are details, not alarms.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import ClassVar, Protocol

import paramiko
from paramiko.common import (
    MSG_CHANNEL_CLOSE,
    MSG_CHANNEL_DATA,
    MSG_CHANNEL_EOF,
    MSG_CHANNEL_OPEN,
    MSG_CHANNEL_REQUEST,
    MSG_CHANNEL_WINDOW_ADJUST,
    MSG_GLOBAL_REQUEST,
    cMSG_CHANNEL_DATA,
    cMSG_CHANNEL_FAILURE,
    cMSG_REQUEST_FAILURE,
)
from paramiko.packet import Packetizer

from desktop.core.model import Endpoint
from desktop.ssh.wire import Wire

WINDOW_BYTES = 2 * 1024 * 1024
PACKET_BYTES = 32 * 1024
CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr")
_PACKET_OVERHEAD = 64
# How often paramiko's reader looks up from an idle socket; hanging up the wire wakes it at once.
_IDLE_CHECK_S = 2.0

Sender = Callable[[], None]


class ChannelSink(Protocol):
    """What a channel tells the relay, on the transport's reader thread. No call may block or send."""

    def on_opened(self) -> None: ...

    def on_refused(self, reason: int, text: str) -> None:
        """`reason` is a code of RFC 4254 section 5.1."""

    def on_data(self, data: bytes) -> None: ...

    def on_window(self) -> None:
        """The server takes more data."""

    def on_eof(self) -> None: ...

    def on_closed(self) -> None:
        """The server closed the channel; answer with `ForwardChannel.hang_up`."""


class ForwardChannel(paramiko.Channel):
    """A direct-tcpip channel that hands everything to its sink. Sending methods are for the relay thread only.

    A guard stands around every call of the sink, so that `abandon` is a clear cut: a client that goes over to another
    session must not get a byte of the old one.
    """

    def __init__(self, chanid: int, sink: ChannelSink) -> None:
        super().__init__(chanid)
        self._sink: ChannelSink | None = sink
        self._sink_guard = threading.Lock()

    def __del__(self) -> None:
        """Collecting a channel must not send: it may happen on the reader thread. The relay hangs up."""

    def send_some(self, data: memoryview) -> int:
        """Send what the server's window takes, and return how much that was. Blocks while the TCP socket is full."""
        with self.lock:
            if self.closed or self.eof_sent:
                return 0
            size = min(len(data), self.window)
            self.out_window_size -= size
        step = self.out_max_packet_size - _PACKET_OVERHEAD
        for start in range(0, size, step):
            message = paramiko.Message()
            message.add_byte(cMSG_CHANNEL_DATA)
            message.add_int(self.remote_chanid)
            message.add_string(data[start : min(start + step, size)])
            self.transport.transmit(message)
        return size

    @property
    def window(self) -> int:
        """Bytes the server takes now."""
        return int(self.out_window_size)

    def grant(self, size: int) -> None:
        """Let the server send `size` bytes more."""
        if self.closed:
            return
        message = paramiko.Message()
        message.add_byte(bytes([MSG_CHANNEL_WINDOW_ADJUST]))
        message.add_int(self.remote_chanid)
        message.add_int(size)
        self.transport.transmit(message)

    def send_eof(self) -> None:
        """Say that no more data follows; the other direction stays open (RFC 4254 section 5.3)."""
        with self.lock:
            message = None if self.closed else self._send_eof()
        if message is not None:
            self.transport.transmit(message)

    def hang_up(self) -> None:
        """Close the channel. Idempotent; does nothing before the server confirmed it."""
        with self.lock:
            messages = self._close_internal()
        for message in messages:
            if message is not None:
                self.transport.transmit(message)

    def abandon(self) -> None:
        """Tell the sink nothing more, from this moment, and close the channel as soon as the server lets us."""
        with self._sink_guard:
            self._sink = None
        self.hang_up()

    def refused(self, reason: int, text: str) -> None:
        """Reader thread."""
        with self._sink_guard:
            if self._sink is not None:
                self._sink.on_refused(reason, text)

    def _set_remote_channel(self, chanid: int, window_size: int, max_packet_size: int) -> None:
        super()._set_remote_channel(chanid, window_size, max_packet_size)
        self.transport.answered(self.chanid)
        with self._sink_guard:
            if self._sink is not None:
                self._sink.on_opened()
                return
        self.transport.send_later(self.hang_up)

    def _feed(self, message: paramiko.Message | bytes) -> None:
        with self._sink_guard:
            if self._sink is not None:
                self._sink.on_data(message if isinstance(message, bytes) else message.get_binary())

    def _window_adjust(self, message: paramiko.Message) -> None:
        super()._window_adjust(message)
        with self._sink_guard:
            if self._sink is not None:
                self._sink.on_window()

    def _handle_eof(self, message: paramiko.Message) -> None:
        super()._handle_eof(message)
        with self._sink_guard:
            if self._sink is not None:
                self._sink.on_eof()

    def _handle_close(self, _message: paramiko.Message) -> None:
        with self._sink_guard:
            if self._sink is not None:
                self._sink.on_closed()
                return
        self.transport.send_later(self.hang_up)

    def _handle_request(self, message: paramiko.Message) -> None:
        message.get_text()
        if not message.get_boolean():
            return
        reply = paramiko.Message()
        reply.add_byte(cMSG_CHANNEL_FAILURE)
        reply.add_int(self.remote_chanid)
        self.transport.send_later(lambda: self.transport.transmit(reply))


class _Packetizer(Packetizer):
    def start_handshake(self, timeout: float) -> None:
        """The session watches over the handshake."""


class Lane(paramiko.Transport):
    """One SSH connection. Its thread is the reader thread; `on_end` is called there when it is over.

    `send_later` queues a message for the relay thread, which is woken by `on_queued` and calls `run_queue`.
    """

    _active_check_timeout = _IDLE_CHECK_S
    # paramiko calls these unbound, so overriding the methods is not enough.
    _channel_handler_table: ClassVar = {
        **paramiko.Transport._channel_handler_table,
        MSG_CHANNEL_DATA: ForwardChannel._feed,
        MSG_CHANNEL_WINDOW_ADJUST: ForwardChannel._window_adjust,
        MSG_CHANNEL_EOF: ForwardChannel._handle_eof,
        MSG_CHANNEL_CLOSE: ForwardChannel._handle_close,
        MSG_CHANNEL_REQUEST: ForwardChannel._handle_request,
    }

    def __init__(self, wire: Wire, name: str, on_end: Callable[[], None]) -> None:
        super().__init__(
            wire,
            default_window_size=WINDOW_BYTES,
            default_max_packet_size=PACKET_BYTES,
            packetizer_class=_Packetizer,
        )
        self.name = name
        self._wire = wire
        self.get_security_options().ciphers = CIPHERS
        self.disconnect_text = ""
        self.on_queued: Callable[[], None] | None = None
        self.on_pong: Callable[[float], None] | None = None
        self._on_end = on_end
        self._queue: deque[Sender] = deque()
        self._pings: deque[float] = deque()
        # paramiko keeps its channels weakly. One that nobody wants any more must live on until the server has answered,
        # or it could not be closed on the server's side.
        self._unanswered: dict[int, ForwardChannel] = {}

    def run(self) -> None:
        try:
            super().run()
        finally:
            self._on_end()

    def open_forward(self, target: Endpoint, origin: Endpoint, sink: ChannelSink) -> ForwardChannel:
        """Ask for a direct-tcpip channel (RFC 4254 section 7.2) and return at once; the sink learns the answer."""
        with self.lock:
            chanid = self._next_channel()
            channel = ForwardChannel(chanid, sink)
            self._channels.put(chanid, channel)
            self._unanswered[chanid] = channel
            self.channels_seen[chanid] = True
            channel._set_transport(self)
            channel._set_window(WINDOW_BYTES, PACKET_BYTES)
        message = paramiko.Message()
        message.add_byte(bytes([MSG_CHANNEL_OPEN]))
        message.add_string("direct-tcpip")
        for number in (chanid, WINDOW_BYTES, PACKET_BYTES):
            message.add_int(number)
        for endpoint in (target, origin):
            message.add_string(endpoint.host)
            message.add_int(endpoint.port)
        self.transmit(message)
        return channel

    def answered(self, chanid: int) -> None:
        """The server confirmed or refused a channel. Reader thread."""
        self._unanswered.pop(chanid, None)

    def transmit(self, message: paramiko.Message) -> None:
        """Send a connection-level message, waiting while keys are exchanged. Never on the reader thread.

        A lane that can't send is over: its wire is hung up, and the reader thread reports the end.
        """
        try:
            self._send_user_message(message)
        except (EOFError, paramiko.SSHException):
            self._wire.hang_up()

    def send_later(self, send: Sender) -> None:
        """Have the relay thread call `send`. From any thread."""
        self._queue.append(send)
        if self.on_queued is not None:
            self.on_queued()

    def run_queue(self) -> None:
        """Send what was queued. Relay thread only."""
        while self._queue:
            self._queue.popleft()()

    def ping(self) -> None:
        """Ask for an answer that any server gives, if only a refusal; `on_pong` gets the milliseconds it took."""
        self.send_later(self._send_ping)

    def _send_ping(self) -> None:
        message = paramiko.Message()
        message.add_byte(bytes([MSG_GLOBAL_REQUEST]))
        message.add_string("keepalive@openssh.com")
        message.add_boolean(True)
        self._pings.append(time.monotonic())
        self.transmit(message)

    def _parse_request_success(self, _message: paramiko.Message) -> None:
        self._take_pong()

    def _parse_request_failure(self, _message: paramiko.Message) -> None:
        self._take_pong()

    def _take_pong(self) -> None:
        if self._pings and self.on_pong is not None:
            self.on_pong((time.monotonic() - self._pings.popleft()) * 1000)

    def _parse_global_request(self, message: paramiko.Message) -> None:
        message.get_text()
        if message.get_boolean():
            refusal = paramiko.Message()
            refusal.add_byte(cMSG_REQUEST_FAILURE)
            self.send_later(lambda: self.transmit(refusal))

    def _parse_channel_open_failure(self, message: paramiko.Message) -> None:
        channel = self._channels.get(message.get_int())
        reason, text = message.get_int(), message.get_text()
        if channel is not None:
            self._unlink_channel(channel.chanid)
            self.answered(channel.chanid)
            channel.refused(reason, text)

    def _parse_disconnect(self, message: paramiko.Message) -> None:
        message.get_int()
        self.disconnect_text = message.get_text()

    def _log(self, level: int, msg: object, *args: object) -> None:
        super()._log(min(level, logging.DEBUG), msg, *args)


def start(lane: Lane) -> threading.Event:
    """Start the key exchange; the event is set when it ended, well or not (`Lane.is_active` tells)."""
    done = threading.Event()
    lane.start_client(event=done)
    return done
