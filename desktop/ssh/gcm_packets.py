"""The packets of a connection that is encrypted with AES-GCM (RFC 5647), read and built without detours.

paramiko's own way copies the data of a packet five times before a channel has it, each time into a new object, and
runs some hundred lines for it. This one decrypts where the data was received, and gives channels a view of it. All
other ciphers, and whatever comes before the keys, go paramiko's way.
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Callable
from typing import Any

import paramiko
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from paramiko.common import MSG_CHANNEL_DATA, MSG_CHANNEL_WINDOW_ADJUST
from paramiko.packet import NeedRekeyException, Packetizer

from desktop.ssh.wire import READ_AHEAD_BYTES, Wire

_LENGTH_BYTES = 4
_TAG_BYTES = 16
_BLOCK_BYTES = 16
_LONGEST_BYTES = READ_AHEAD_BYTES - _LENGTH_BYTES - _TAG_BYTES
# Message number, channel and length of SSH_MSG_CHANNEL_DATA (RFC 4254 section 5.2).
_DATA_HEAD = struct.Struct(">BII")
# Message number, channel and bytes of SSH_MSG_CHANNEL_WINDOW_ADJUST (section 5.2, too).
_ROOM = struct.Struct(">BII")
# Of data, behind the lengths of the packet and of its padding (RFC 4253 section 6).
_DATA_PACKET_HEAD = struct.Struct(">IBBII")
_LEAST_PADDING_BYTES = 4
_MOST_PADDING_BYTES = _LEAST_PADDING_BYTES + _BLOCK_BYTES - 1


class GcmPacketizer(Packetizer):
    """Implements paramiko's packetizer. `read_message` is for the reader thread, `send_message` for any.

    `on_channel_data` is called there with each piece of a channel's data, which holds until `Wire.on_caught_up`
    returns, and `on_channel_room` with the bytes that the server takes of a channel from now on; where they return
    False, paramiko is to judge the message.
    """

    # paramiko's 2^29 stop a fast stream for two round trips, on some paths every second. These are OpenSSH's own limit
    # and that of RFC 4344 section 3.2: 2^32 blocks of AES.
    REKEY_BYTES = 1 << 36

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire)
        self.on_channel_data: Callable[[int, memoryview], bool] | None = None
        self.on_channel_room: Callable[[int, int], bool] | None = None
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
        super().close()

    def read_message(self) -> tuple[int, paramiko.Message]:
        """The next message that is not a channel's data. Raises `EOFError`, `OSError`, `SSHException`."""
        keys = self._inbound
        if keys is None:
            kind, message = super().read_message()
            self._next_seqno = message.seqno + 1
            return kind, message
        while True:
            payload = self._read_payload(keys)
            if not self._hand_over(payload):
                message = paramiko.Message(bytes(payload[1:]))
                message.seqno = self._next_seqno - 1
                return payload[0], message
            if self.need_rekey():
                raise NeedRekeyException

    def send_message(self, data: paramiko.Message) -> None:
        """Raises `EOFError` where the connection is over."""
        keys = self._outbound
        if keys is None:
            super().send_message(data)
            return
        payload = data.asbytes()
        padding = _padding_of(len(payload))
        length = 1 + len(payload) + padding
        packet = memoryview(bytearray(_LENGTH_BYTES + length + _TAG_BYTES))
        packet[:_LENGTH_BYTES] = length.to_bytes(_LENGTH_BYTES, "big")
        plain = b"".join((padding.to_bytes(1, "big"), payload, os.urandom(padding)))
        with self._write_guard:
            keys.encrypt(plain, packet)
            self.write_all(packet)
            self._count(keys, length)

    def send_data(self, channel: int, data: memoryview, most_bytes: int) -> bool:
        """Send a channel's data, up to `most_bytes` a packet; False where that has to go paramiko's way, as messages.

        Raises `EOFError` where the connection is over.
        """
        keys = self._outbound
        if keys is None:
            return False
        with self._write_guard:
            packets = keys.data_packets(channel, data, most_bytes)
            self.write_all(packets)
            self._count(keys, len(packets))
        return True

    def _read_payload(self, keys: _Keys) -> memoryview:
        """Of the next packet, whatever its kind."""
        length = int.from_bytes(self._await(_LENGTH_BYTES, may_rekey=True), "big")
        if length % _BLOCK_BYTES or not _BLOCK_BYTES <= length <= _LONGEST_BYTES:
            raise paramiko.SSHException(f"a packet of {length} bytes")
        packet = self._await(_LENGTH_BYTES + length + _TAG_BYTES, may_rekey=False)
        keys.decrypt(packet)
        self._wire.skip(len(packet))
        self._next_seqno = (self._next_seqno + 1) & 0xFFFFFFFF
        self._count(keys, length)
        padding = packet[_LENGTH_BYTES]
        if padding + 2 > length:
            raise paramiko.SSHException("a packet without a message")
        return packet[_LENGTH_BYTES + 1 : _LENGTH_BYTES + length - padding]

    def _await(self, size: int, *, may_rekey: bool) -> memoryview:
        """The next `size` bytes, as they came. Blocks, and looks up now and then."""
        while True:
            if self._over:
                raise EOFError
            try:
                return self._wire.peek(size)
            except TimeoutError:
                if may_rekey and self.need_rekey():
                    raise NeedRekeyException from None
            except OSError:
                if not self._over:
                    raise

    def _hand_over(self, payload: memoryview) -> bool:
        """What there is much of goes to its channel. False where this is for paramiko."""
        if payload[0] == MSG_CHANNEL_WINDOW_ADJUST:
            return self._hand_over_room(payload)
        # Not for the others, which an upload brings: to acknowledge each took a fifth of its rate.
        self._wire.holds_answers = True
        return payload[0] == MSG_CHANNEL_DATA and self._hand_over_data(payload)

    def _hand_over_room(self, payload: memoryview) -> bool:
        if self.on_channel_room is None or len(payload) != _ROOM.size:
            return False
        _, channel, size = _ROOM.unpack(payload)
        return self.on_channel_room(channel, size)

    def _hand_over_data(self, payload: memoryview) -> bool:
        if self.on_channel_data is None or len(payload) < _DATA_HEAD.size:
            return False
        _, channel, size = _DATA_HEAD.unpack_from(payload)
        data = payload[_DATA_HEAD.size :]
        return len(data) == size and self.on_channel_data(channel, data)

    def _count(self, keys: _Keys, length: int) -> None:
        """Ask for other keys in time (RFC 4253 section 9), and insist on it."""
        keys.used_bytes += length
        if keys.used_bytes < self.REKEY_BYTES:
            return
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

    def encrypt(self, plain: bytes, packet: memoryview) -> None:
        """Into `packet`, behind the length that is there already."""
        length = packet[:_LENGTH_BYTES]
        self._gcm.encrypt_into(self._nonce(), plain, length, packet[_LENGTH_BYTES:])

    def data_packets(self, channel: int, data: memoryview, most_bytes: int) -> memoryview:
        """One behind the other, made and encrypted where they are to be sent from.

        A message of its own for each takes half as long again: five copies, each into a new object.
        """
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
        padding = _padding_of(_DATA_HEAD.size + len(data))
        data_end = _DATA_PACKET_HEAD.size + len(data)
        plain_end = data_end + padding
        _DATA_PACKET_HEAD.pack_into(
            room, 0, plain_end - _LENGTH_BYTES, padding, MSG_CHANNEL_DATA, channel, len(data)
        )
        room[_DATA_PACKET_HEAD.size : data_end] = data
        room[data_end:plain_end] = noise[:padding]
        size = plain_end + _TAG_BYTES
        self._gcm.encrypt_into(
            self._nonce(),
            room[_LENGTH_BYTES:plain_end],
            room[:_LENGTH_BYTES],
            room[_LENGTH_BYTES:size],
        )
        return size

    def decrypt(self, packet: memoryview) -> None:
        """In its place. Raises `SSHException` where it was not made with these keys."""
        length, secret = packet[:_LENGTH_BYTES], packet[_LENGTH_BYTES:]
        try:
            self._gcm.decrypt_into(self._nonce(), secret, length, secret[:-_TAG_BYTES])
        except InvalidTag:
            raise paramiko.SSHException("a packet that is damaged or forged") from None

    def _nonce(self) -> bytes:
        nonce = self._fixed + self._counter.to_bytes(8, "big")
        self._counter = (self._counter + 1) & 0xFFFFFFFFFFFFFFFF
        return nonce


def _padding_of(payload_bytes: int) -> int:
    return _MOST_PADDING_BYTES - (payload_bytes + 4) % _BLOCK_BYTES
