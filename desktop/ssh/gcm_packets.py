"""The packets of a connection that is encrypted with AES-GCM (RFC 5647), read and built without detours.

paramiko's own way copies the data of a packet five times before a channel has it, each time into a new object, and
runs some hundred lines for it. This one decrypts where the data was received, and gives channels a view of it. All
other ciphers, and whatever comes before the keys, go paramiko's way.
"""

from __future__ import annotations

import os
import struct
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import paramiko
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from paramiko.common import MSG_CHANNEL_DATA
from paramiko.packet import NeedRekeyException, Packetizer

from desktop.ssh.channel_messages import DATA_HEAD, data_message
from desktop.ssh.loan import Loan
from desktop.ssh.wire import AROUND_PACKET_BYTES, READ_AHEAD_BYTES, Wire

_Numbered = tuple[int, paramiko.Message]
# What becomes of a message, beginning with its number: False where paramiko is to judge it.
Taker = Callable[[memoryview], bool]

_LENGTH_BYTES = 4
_TAG_BYTES = AROUND_PACKET_BYTES - _LENGTH_BYTES
_BLOCK_BYTES = 16
_MOST_COUNTED = (1 << 64) - 1
_LONGEST_BYTES = READ_AHEAD_BYTES - AROUND_PACKET_BYTES
# Of a packet, and of its padding (RFC 4253 section 6).
_LENGTHS = struct.Struct(">IB")
# The same, then what SSH_MSG_CHANNEL_DATA begins with.
_DATA_PACKET_HEAD = struct.Struct(">IBBII")
_SHORT_BYTES = 1024
_LEAST_PADDING_BYTES = 4
_NOISE_BYTES = 256
_MOST_PADDING_BYTES = _LEAST_PADDING_BYTES + _BLOCK_BYTES - 1


class GcmPacketizer(Packetizer):
    """Implements paramiko's packetizer. `read_message` is for the connection's own thread, `send_message` for any.

    `takers`, by message number, are called with what need not become a message of paramiko's, by whoever reads. It is a
    view of what was received, and holds until `Wire.on_caught_up` returns.

    Where `loan` was offered, the relay's thread reads by `read_lent`, except while the connection `is_exchanging` keys.
    """

    # paramiko's 2^29 stop a fast stream for two round trips, on some paths every second. These are OpenSSH's own limit
    # and that of RFC 4344 section 3.2: 2^32 blocks of AES.
    REKEY_BYTES = 1 << 36

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire)
        self.takers: dict[int, Taker] = {}
        self.loan = Loan()
        self.is_exchanging: Callable[[], bool] = lambda: False
        # What the relay's thread has read, and is for paramiko; or what ended its reading.
        self._left: deque[_Numbered | Exception] = deque()
        self._wire = wire
        self._inbound: _Keys | None = None
        self._outbound: _Keys | None = None
        self._write_guard = threading.Lock()
        self._next_seqno = 0
        self._over = False

    def start_handshake(self, timeout: float) -> None:
        """The session watches over the handshake; paramiko would start a thread for it."""

    def set_inbound_cipher(self, block_engine: Any, *args: Any, **kwargs: Any) -> None:
        super().set_inbound_cipher(block_engine, *args, **kwargs)
        self._inbound = _Keys(block_engine, kwargs["iv_in"]) if kwargs.get("aead") else None

    def set_outbound_cipher(self, block_engine: Any, *args: Any, **kwargs: Any) -> None:
        super().set_outbound_cipher(block_engine, *args, **kwargs)
        self._outbound = _Keys(block_engine, kwargs["iv_out"]) if kwargs.get("aead") else None

    def reset_seqno_in(self) -> None:
        super().reset_seqno_in()
        self._next_seqno = 0

    def close(self) -> None:
        self._over = True
        self.loan.withdraw()
        super().close()

    def read_message(self) -> tuple[int, paramiko.Message]:
        """The next message that no taker took. Raises `EOFError`, `OSError`, `SSHException`."""
        keys = self._inbound
        if keys is None:
            kind, message = super().read_message()
            self._next_seqno = message.seqno + 1
            return kind, message
        while True:
            if self._left:
                left = self._left.popleft()
                if isinstance(left, Exception):
                    raise left
                return left
            numbered = self._read_packets(keys)
            if numbered is not None:
                return numbered
            if self.is_exchanging():
                self._await_packet()
            elif self.need_rekey():
                raise NeedRekeyException
            elif self.loan.is_wanted:
                self._wire.catch_up()
                self.loan.lend(lambda: self._over)
            else:
                self._await_packet()

    def read_lent(self) -> bool:
        """Read what is here, without blocking; False where it is to be given back. The relay's thread."""
        keys = self._inbound
        try:
            self._wire.read_what_is_here()
            numbered = self._read_packets(keys) if keys is not None else None
            self._awaited_bytes()
            self._wire.catch_up()
        except BlockingIOError:
            return True
        except Exception as error:  # noqa: BLE001 - it ends the connection, on its own thread
            self._left.append(error)
            return False
        if numbered is not None:
            self._left.append(numbered)
        return numbered is None and not self.need_rekey()

    def _read_packets(self, keys: _Keys) -> _Numbered | None:
        """All that are here whole, up to one that no taker takes, or that asks for other keys."""
        take_packet, takers = self._wire.take_packet, self.takers
        while (packet := take_packet()) is not None:
            payload = self._payload(keys, packet)
            take = takers.get(payload[0])
            if take is None or not take(payload):
                self._wire.holds_answers = True
                message = paramiko.Message(bytes(payload[1:]))
                message.seqno = self._next_seqno - 1
                return payload[0], message
            if keys.used_bytes >= self.REKEY_BYTES:
                break
        return None

    def send_message(self, data: paramiko.Message) -> None:
        """Raises `EOFError` or `OSError` where the connection is over."""
        if self._outbound is None:
            super().send_message(data)
        else:
            self.send_payload(data.asbytes())

    def send_payload(self, payload: bytes) -> None:
        """A message as it is to be encrypted. Raises as `send_message` does."""
        keys = self._outbound
        if keys is None:
            super().send_message(paramiko.Message(payload))
            return
        with self._write_guard:
            self._send(keys, keys.packet(payload))

    def prepare(self, payload: bytes) -> None:
        """Make the packet of a message ahead that is likely to be the next one sent."""
        keys = self._outbound
        if keys is not None:
            with self._write_guard:
                keys.prepare(payload)

    def send_data(self, channel: int, data: memoryview, most_bytes: int) -> bool:
        """Send a channel's data, up to `most_bytes` a packet; False where that has to go paramiko's way, as messages.

        Raises as `send_message` does.
        """
        keys = self._outbound
        if keys is None:
            return False
        with self._write_guard:
            self._send(keys, keys.data_packets(channel, data, most_bytes))
        return True

    def _send(self, keys: _Keys, packets: bytes | memoryview) -> None:
        """Under the guard."""
        self.write_all(packets)
        keys.used_bytes += len(packets)
        if keys.used_bytes >= self.REKEY_BYTES:
            self._ask_for_keys(keys)

    def write_all(self, out: bytes | memoryview) -> None:
        """Raises `EOFError` or `OSError` where the connection is over."""
        backlog = self._wire.backlog
        if backlog is not None:
            # It takes all, and sees to the rest.
            backlog.send(out)
        else:
            super().write_all(out)

    def _payload(self, keys: _Keys, packet: memoryview) -> memoryview:
        """Of a packet, whatever its kind."""
        length = len(packet) - AROUND_PACKET_BYTES
        _check_length(length)
        keys.decrypt(packet)
        self._next_seqno = (self._next_seqno + 1) & 0xFFFFFFFF
        keys.used_bytes += length
        if keys.used_bytes >= self.REKEY_BYTES:
            self._ask_for_keys(keys)
        padding = packet[_LENGTH_BYTES]
        if padding + 2 > length:
            raise paramiko.SSHException("a packet without a message")
        return packet[_LENGTHS.size : _LENGTH_BYTES + length - padding]

    def _await_packet(self) -> None:
        """Block until the next one is here, or its length."""
        self._await(self._awaited_bytes(), may_rekey=not self._wire.ahead_bytes)

    def _awaited_bytes(self) -> int:
        """So many have to be ahead for the next packet, or for its length. Raises `SSHException` where it has none."""
        wire = self._wire
        if wire.ahead_bytes < _LENGTH_BYTES:
            return _LENGTH_BYTES
        length = int.from_bytes(wire.peek(_LENGTH_BYTES), "big")
        _check_length(length)
        return length + AROUND_PACKET_BYTES

    def _await(self, size: int, *, may_rekey: bool) -> None:
        """Block until there are so many bytes ahead, and look up now and then."""
        while True:
            if self._over:
                raise EOFError
            try:
                self._wire.read_ahead(size)
            except TimeoutError:
                if may_rekey and self.need_rekey():
                    raise NeedRekeyException from None
            except OSError:
                if not self._over:
                    raise
            else:
                return

    def _ask_for_keys(self, keys: _Keys) -> None:
        """For others, in time (RFC 4253 section 9), and insist on it."""
        if not self.need_rekey():
            self._trigger_rekey()
        elif keys.used_bytes >= self.REKEY_BYTES + self.REKEY_BYTES_OVERFLOW_MAX and keys is self._inbound:
            raise paramiko.SSHException("the server ignores the request for other keys")


class _Keys:
    """Of one direction, until the next exchange. The counter is the last eight bytes of the nonce (section 7.1)."""

    def __init__(self, gcm: AESGCM, nonce: bytes) -> None:
        self.used_bytes = 0
        self._gcm = gcm
        self._fixed = nonce[:4]
        self._counter = int.from_bytes(nonce[4:], "big")
        self._noise_left = b""
        # A message, the number of the packet that it may become, and that packet.
        self._ahead: tuple[bytes, int, bytes] | None = None

    def packet(self, payload: bytes) -> bytes:
        """Of one message."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead[1] == self._counter and ahead[0] == payload:
            self._counter = (self._counter + 1) & _MOST_COUNTED
            return ahead[2]
        return self._seal(payload)

    def prepare(self, payload: bytes) -> None:
        """For `packet`, where nothing comes in between; then it is forgotten, and its number goes to what is sent.

        So of all packets with one nonce no more than one leaves the program (RFC 5647 section 7.1).
        """
        ahead, number = self._ahead, self._counter
        if ahead is None or ahead[1] != number or ahead[0] != payload:
            self._ahead = payload, number, self._seal(payload)
            self._counter = number

    def _seal(self, payload: bytes) -> bytes:
        padding = _padding_of(len(payload))
        head = _LENGTHS.pack(1 + len(payload) + padding, padding)
        length = head[:_LENGTH_BYTES]
        secret = head[_LENGTH_BYTES:] + payload + self._noise(padding)
        return length + self._gcm.encrypt(self._nonce(), secret, length)

    def data_packets(self, channel: int, data: memoryview, most_bytes: int) -> bytes | memoryview:
        """One behind the other, made and encrypted where they are to be sent from.

        A message of its own for each takes half as long again: five copies, each into a new object. Of a short one they
        take less than the views that save them.
        """
        if len(data) <= min(_SHORT_BYTES, most_bytes):
            return self.packet(data_message(channel, data))
        count = -(-len(data) // most_bytes)
        most_added = _DATA_PACKET_HEAD.size + _MOST_PADDING_BYTES + _TAG_BYTES
        packets = memoryview(bytearray(len(data) + count * most_added))
        # Once for all: each call is one of the system's, and gives the interpreter away.
        noise = os.urandom(_MOST_PADDING_BYTES * count)
        size = 0
        for place in range(count):
            piece = data[place * most_bytes : (place + 1) * most_bytes]
            size += self._fill(packets[size:], channel, piece, noise[place * _MOST_PADDING_BYTES :])
        return packets[:size]

    def _fill(self, room: memoryview, channel: int, data: memoryview, noise: bytes) -> int:
        """How much of `room` the packet takes; padded with `noise`."""
        padding = _padding_of(DATA_HEAD.size + len(data))
        data_end = _DATA_PACKET_HEAD.size + len(data)
        plain_end = data_end + padding
        size = plain_end + _TAG_BYTES
        _DATA_PACKET_HEAD.pack_into(
            room, 0, plain_end - _LENGTH_BYTES, padding, MSG_CHANNEL_DATA, channel, len(data)
        )
        room[_DATA_PACKET_HEAD.size : data_end] = data
        room[data_end:plain_end] = noise[:padding]
        self._encrypt(room[:size])
        return size

    def _encrypt(self, packet: memoryview) -> None:
        """In its place, behind the length; there is room for the tag at its end."""
        length, secret = packet[:_LENGTH_BYTES], packet[_LENGTH_BYTES:]
        self._gcm.encrypt_into(self._nonce(), secret[:-_TAG_BYTES], length, secret)

    def decrypt(self, packet: memoryview) -> None:
        """In its place. Raises `SSHException` where it was not made with these keys."""
        length, secret = packet[:_LENGTH_BYTES], packet[_LENGTH_BYTES:]
        try:
            self._gcm.decrypt_into(self._nonce(), secret, length, secret[:-_TAG_BYTES])
        except InvalidTag:
            raise paramiko.SSHException("a packet that is damaged or forged") from None

    def _noise(self, size: int) -> bytes:
        """Fetched for many packets at once: each call is one of the system's."""
        if len(self._noise_left) < size:
            self._noise_left = os.urandom(_NOISE_BYTES)
        noise, self._noise_left = self._noise_left[:size], self._noise_left[size:]
        return noise

    def _nonce(self) -> bytes:
        nonce = self._fixed + self._counter.to_bytes(8, "big")
        self._counter = (self._counter + 1) & _MOST_COUNTED
        return nonce


def _check_length(length: int) -> None:
    if length % _BLOCK_BYTES or not _BLOCK_BYTES <= length <= _LONGEST_BYTES:
        raise paramiko.SSHException(f"a packet of {length} bytes")


def _padding_of(payload_bytes: int) -> int:
    return _MOST_PADDING_BYTES - (payload_bytes + 4) % _BLOCK_BYTES
