"""paramiko's transport, bent for forwarding.

Only this module, `channel`, `key_query` and `login_exchange` touch paramiko's inner parts.

Everything used here was read in paramiko 5.1 (transport.py, channel.py, packet.py); `pyproject.toml` holds that
series. What is bent, and why:

- Opening a channel does not block: the confirmation is handled where it arrives, on the thread that reads it. paramiko
  polls for it and keeps a thread busy for each client.
- Received data goes straight from the thread that reads to the client's socket, without a thread between: all that one
  read of the connection brought, in one system call. While little comes, the relay's thread is the one that reads
  (`loan`).
- What a client sends becomes packets in one piece (`gcm_packets`), without a message for each; room that the server
  makes for more is added where it is read, and wakes the relay only where that had none left. Together a third of what
  an upload cost the processor.
- Sending does not block either, once the relay has taken over: the kernel's part of that is in `backlog`, and what
  is to be sent during an exchange of keys is held until it is over. `Transport._send_user_message` waits for that up
  to 30 s, and for ever on the lane's own thread, which alone can finish an exchange.
- What the reader thread sends by itself never waits for an exchange of keys, and decides nothing: a client's first
  words, and that the server may send more. The rest it leaves to the relay thread, by `Lane.send_later`.
- Handshake deadlines are the session's, so the packetizer's timer thread is never started.
- Errors are reported by value; paramiko's own log lines are details, not alarms.
"""

from __future__ import annotations

import logging
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import ClassVar, NamedTuple

import paramiko
from paramiko.common import (
    MSG_CHANNEL_CLOSE,
    MSG_CHANNEL_DATA,
    MSG_CHANNEL_EOF,
    MSG_CHANNEL_OPEN,
    MSG_CHANNEL_REQUEST,
    MSG_CHANNEL_WINDOW_ADJUST,
    MSG_GLOBAL_REQUEST,
    MSG_REQUEST_FAILURE,
    cMSG_REQUEST_FAILURE,
)

from desktop.core.model import Endpoint, Place
from desktop.ssh.backlog import Backlog
from desktop.ssh.channel import PACKET_BYTES, Channels, ForwardChannel
from desktop.ssh.forwarding import CIPHERS, ORIGIN, SOCKET_KIND, ChannelSink, Handler, socket_place
from desktop.ssh.gcm_packets import GcmPacketizer
from desktop.ssh.key_query import KeyQuery
from desktop.ssh.login_exchange import Interview, LoginExchange
from desktop.ssh.pings import Ping, Pings
from desktop.ssh.receive_window import BASE_BYTES
from desktop.ssh.room_prompt import COUNT, RoomPrompt
from desktop.ssh.ssh_data import ssh_string
from desktop.ssh.takers import Takers
from desktop.ssh.wire import Wire

# How much may wait for a slow path before clients are told to wait, by not being read.
CONGESTED_BYTES = 256 * 1024
# How often paramiko's reader looks up from an idle socket; hanging up the wire wakes it at once.
_IDLE_CHECK_S = 2.0
_OPEN_KIND = b"direct-tcpip"
_OPEN_HEAD = struct.Struct(f">BI{len(_OPEN_KIND)}sIII")
_OPEN_SIZES = struct.Struct(">III")
# RFC 4254 section 4: message number, name, and that an answer is wanted.
_PING = bytes([MSG_GLOBAL_REQUEST]) + ssh_string(b"keepalive@openssh.com") + bytes([True])

Sender = Callable[[], None]


class _Opening(NamedTuple):
    """Of a way to `target`: the message that asks for it."""

    target: Place
    channel: ForwardChannel
    message: bytes


class Lane(paramiko.Transport):
    """One SSH connection. `on_end` is called on its own thread when it is over.

    The reader thread is whichever reads at the moment: its own, or, while little comes, the relay's (`loan`).

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
            default_window_size=BASE_BYTES,
            default_max_packet_size=PACKET_BYTES,
            packetizer_class=GcmPacketizer,
        )
        self.name = name
        self._wire = wire
        wire.on_caught_up = self._settle_fed
        self.get_security_options().ciphers = CIPHERS
        self.disconnect_text = ""
        self.methods_offered: list[str] = []
        self.login_banner = ""
        self._interview: Interview | None = None
        self.sent_mono = 0.0
        self.on_queued: Callable[[], None] | None = None
        self.on_pong: Callable[[float], None] | None = None
        self._on_end = on_end
        self._queue: deque[Sender] = deque()
        self._held: deque[bytes] = deque()
        self._backlog: Backlog | None = None
        self._pings = Pings()
        self._prompt = RoomPrompt()
        self._channels = Channels()
        takers = Takers(self._channels, wire, lambda: bool(self._expected_packet))
        self.packetizer.takers = {**takers.by_number(), MSG_REQUEST_FAILURE: self._take_refusal}
        self.packetizer.is_exchanging = lambda: self.in_kex or bool(self._expected_packet)
        self._next: _Opening | None = None
        # Those that got data since the reader last had nothing to read. A dict for its order; values mean nothing.
        self._fed: dict[ForwardChannel, None] = {}

    def run(self) -> None:
        try:
            super().run()
        finally:
            self._on_end()

    def auth_password(self, username: str, password: str, *, fallback: bool = False) -> list[str]:  # noqa: ARG002
        """Without paramiko's fallback, whoever asks for it."""
        exchange, done = self._begin_login()
        exchange.auth_password(username, password, done)
        return list(exchange.wait_for_response(done))

    def auth_publickey(self, username: str, key: paramiko.PKey) -> list[str]:
        exchange, done = self._begin_login()
        exchange.auth_publickey(username, key, done)
        return list(exchange.wait_for_response(done))

    def auth_interactive(self, username: str, handler: Handler) -> list[str]:
        """`handler` is called here, on the calling thread, and may block."""
        self._interview = self.auth_handler = Interview(self)
        return self._interview.run(username, handler)

    @property
    def awaits_answer(self) -> bool:
        return self._interview is not None and self._interview.awaits_answer

    def methods_left(self, username: str) -> list[str]:  # noqa: ARG002 - the protocol's
        return self.methods_offered

    def _begin_login(self) -> tuple[LoginExchange, threading.Event]:
        self.auth_handler = LoginExchange(self)
        return self.auth_handler, threading.Event()

    def would_take_key(self, username: str, key: paramiko.PKey) -> bool:
        query = self.auth_handler = KeyQuery(self, username, key)
        return query.ask()

    def open_forward(self, target: Place, sink: ChannelSink) -> ForwardChannel:
        """Ask for a channel to `target` and return at once; the sink learns the answer.

        One thread only.
        """
        opening, self._next = self._opening(target), None
        channel = opening.channel
        channel.serve(sink)
        self._channels.put(channel.chanid, channel)
        self.channels_seen[channel.chanid] = True
        self.transmit(opening.message)
        return channel

    def prepare(self, target: Place) -> None:
        """See `ForwardingLane.prepare`. On loopback an opening takes 0.08 of 1.5 ms less where all is made ahead."""
        self._next = self._opening(target)
        self.packetizer.prepare(self._next.message)

    def _opening(self, target: Place) -> _Opening:
        """The one that is ready, or another."""
        if self._next is not None and self._next.target == target:
            return self._next
        channel = self._next.channel if self._next is not None else self._new_channel()
        return _Opening(target, channel, _open_payload(channel.chanid, target))

    def _new_channel(self) -> ForwardChannel:
        with self.lock:
            channel = ForwardChannel(self._next_channel())
        channel._set_transport(self)
        channel._set_window(BASE_BYTES, PACKET_BYTES)
        return channel

    def forget(self, channel: ForwardChannel) -> None:
        """The server says nothing more about it. Any thread."""
        self._channels.delete(channel.chanid)

    def fed(self, channel: ForwardChannel) -> None:
        """It was handed data. Reader thread."""
        self._fed[channel] = None

    def _settle_fed(self) -> None:
        """Reader thread."""
        if self._fed:
            fed, self._fed = self._fed, {}
            for channel in fed:
                channel.settle()

    def offer_reading(self, on_lent: Callable[[], None], is_wanted: Callable[[], bool]) -> None:
        self.packetizer.loan.offer(on_lent, is_wanted)

    def read_lent(self) -> bool:
        return bool(self.packetizer.read_lent())

    def give_back(self) -> None:
        self.packetizer.loan.give_back()

    def end_offer(self) -> None:
        self.packetizer.loan.withdraw()

    def hold_back(self, on_waiting: Callable[[], None]) -> Backlog:
        """See `Wire.hold_back`."""
        self._backlog = self._wire.hold_back(on_waiting)
        return self._backlog

    @property
    def congested(self) -> bool:
        """Nothing more should be read that is to be sent here. `on_queued` and draining may end it."""
        return bool(self._held) or (self._backlog is not None and self._backlog.size >= CONGESTED_BYTES)

    def transmit(self, *payloads: bytes) -> None:
        """Send connection-level messages, together: now, or after the exchange of keys that is going on.

        A lane that can't send is over: its wire is hung up, and its own thread reports the end.
        """
        if self.active:
            self.sent_mono = time.monotonic()
            with self.clear_to_send_lock:
                self._held.extend(payloads)
                self._send_held()

    def transmit_data(self, channel: int, data: memoryview, most_bytes: int) -> bool:
        """As `transmit`, without messages; False where that is not possible now, and nothing was sent.

        `channel` is the server's number.
        """
        if not self.active:
            return True
        with self.clear_to_send_lock:
            if self._held or not self.clear_to_send.is_set():
                return False
            self.sent_mono = time.monotonic()
            try:
                return bool(self.packetizer.send_data(channel, data, most_bytes))
            except (EOFError, OSError):
                self._wire.hang_up()
                return True

    def sent_data(self, size: int, *, is_full: bool) -> None:
        """Of a channel, whose window `is_full` now."""
        if self._prompt.is_due(size, self.round_trip_s, is_full=is_full) and self._is_openssh:
            self._send_pings(Ping.PROMPT, COUNT)

    @property
    def _is_openssh(self) -> bool:
        return "OpenSSH" in self.remote_version

    def _send_held(self) -> None:
        """Under the lock that keeps an exchange of keys from beginning."""
        try:
            if self._backlog is not None and len(self._held) > 1:
                # One system call for all the packets of a read: uploads are bound by those.
                with self._backlog.gather():
                    self._send_all_held()
            else:
                self._send_all_held()
        except (EOFError, OSError, paramiko.SSHException):
            self._held.clear()
            self._wire.hang_up()

    def _send_all_held(self) -> None:
        while self._held and self.clear_to_send.is_set():
            self.packetizer.send_payload(self._held.popleft())

    def _parse_newkeys(self, message: paramiko.Message) -> None:
        super()._parse_newkeys(message)
        with self.clear_to_send_lock:
            self._send_held()
        self._wake()

    def send_later(self, send: Sender) -> None:
        """Have the relay thread call `send`. From any thread."""
        self._queue.append(send)
        self._wake()

    def _wake(self) -> None:
        if self.on_queued is not None:
            self.on_queued()

    def run_queue(self) -> None:
        """Send what was queued. Relay thread only."""
        while self._queue:
            self._queue.popleft()()

    def ping(self) -> None:
        """Ask for an answer that any server gives, if only a refusal; `on_pong` gets the milliseconds it took."""
        self.send_later(lambda: self._send_pings(Ping.TOLD))

    def measure(self) -> None:
        """Ask for an answer for the sake of `latest_round_trip_s`, unless one is awaited. Relay thread."""
        if not self._pings.is_one_awaited:
            self._send_pings(Ping.MEASURED)

    @property
    def round_trip_s(self) -> float | None:
        return self._pings.round_trip_s

    def latest_round_trip_s(self, now_mono: float) -> float:
        return self._pings.latest_s(now_mono)

    def _send_pings(self, kind: Ping, count: int = 1) -> None:
        self._pings.sent(kind, count, time.monotonic())
        self.transmit(*[_PING] * count)

    def _parse_request_success(self, _message: paramiko.Message) -> None:
        self._take_pong()

    def _parse_request_failure(self, _message: paramiko.Message) -> None:
        self._take_pong()

    def _take_refusal(self, _payload: memoryview) -> bool:
        if self._expected_packet:
            return False
        self._take_pong()
        return True

    def _take_pong(self) -> None:
        answered = self._pings.answered(time.monotonic())
        if answered is None or answered[0] is Ping.PROMPT:
            return
        self._wire.holds_answers = True
        kind, took_s = answered
        if kind is Ping.TOLD and self.on_pong is not None:
            self.on_pong(took_s * 1000)
        if self._pings.wants_more:
            self.send_later(lambda: self._send_pings(Ping.MEASURED))

    def _parse_global_request(self, message: paramiko.Message) -> None:
        message.get_text()
        if message.get_boolean():
            self.send_later(lambda: self.transmit(cMSG_REQUEST_FAILURE))

    def _parse_channel_open_success(self, message: paramiko.Message) -> None:
        channel = self._channels.get(message.get_int())
        if channel is not None:
            channel.opened(message.get_int(), message.get_int(), message.get_int())

    def _parse_channel_open_failure(self, message: paramiko.Message) -> None:
        channel = self._channels.get(message.get_int())
        reason, text = message.get_int(), message.get_text()
        if channel is not None:
            self.forget(channel)
            channel.refused(reason, text)

    def _parse_disconnect(self, message: paramiko.Message) -> None:
        message.get_int()
        self.disconnect_text = message.get_text()

    def _log(self, level: int, msg: object, *args: object) -> None:
        super()._log(min(level, logging.DEBUG), msg, *args)


def _open_payload(chanid: int, target: Place) -> bytes:
    """Put together at once: by `Message.add_string` and its like it takes five times as long, for each client.

    As most programs do, it leaves the server in the dark about a port that means something on this computer only. So
    the message is the same for whichever client comes next.
    """
    if isinstance(target, Endpoint):
        head = _OPEN_HEAD.pack(
            MSG_CHANNEL_OPEN, len(_OPEN_KIND), _OPEN_KIND, chanid, BASE_BYTES, PACKET_BYTES
        )
        return head + _place(target) + _place(ORIGIN)
    kind = bytes([MSG_CHANNEL_OPEN]) + ssh_string(SOCKET_KIND.encode())
    return kind + _OPEN_SIZES.pack(chanid, BASE_BYTES, PACKET_BYTES) + socket_place(target)


def _place(endpoint: Endpoint) -> bytes:
    return ssh_string(endpoint.host.encode()) + endpoint.port.to_bytes(4, "big")
