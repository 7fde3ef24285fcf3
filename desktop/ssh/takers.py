"""Messages of channels that are read where they were received, without paramiko's detour for each.

paramiko makes a message of each, looks at it in some thirty lines, and reads its numbers one by one. These are what a
stream consists of, and what a client waits for while its way is opened.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from paramiko.common import MSG_CHANNEL_DATA, MSG_CHANNEL_OPEN_SUCCESS, MSG_CHANNEL_WINDOW_ADJUST

from desktop.ssh.channel import Channels, ForwardChannel
from desktop.ssh.channel_messages import DATA_HEAD, ROOM
from desktop.ssh.gcm_packets import Taker
from desktop.ssh.wire import Wire

# RFC 4254 section 5.1: message number, our channel, and what follows.
_CONFIRMATION = struct.Struct(">BIIII")


class Takers:
    """Of one connection; on the thread that reads it. What they don't take is for paramiko to judge.

    `is_exchanging` says that paramiko waits for certain messages, of an exchange of keys, and for no others.
    """

    def __init__(self, channels: Channels, wire: Wire, is_exchanging: Callable[[], bool]) -> None:
        self._channels = channels
        self._wire = wire
        self._is_exchanging = is_exchanging

    def by_number(self) -> dict[int, Taker]:
        """For `GcmPacketizer.takers`."""
        return {
            MSG_CHANNEL_DATA: self._take_data,
            MSG_CHANNEL_WINDOW_ADJUST: self._take_room,
            MSG_CHANNEL_OPEN_SUCCESS: self._take_confirmation,
        }

    def _take_data(self, payload: memoryview) -> bool:
        if len(payload) < DATA_HEAD.size:
            return False
        _, chanid, size = DATA_HEAD.unpack_from(payload)
        channel, data = self._channel(chanid), payload[DATA_HEAD.size :]
        if channel is None or len(data) != size:
            return False
        self._wire.holds_answers = True
        channel.feed(data)
        return True

    def _take_room(self, payload: memoryview) -> bool:
        """It does not hold answers: to acknowledge each of these, which an upload brings, took a fifth of its rate."""
        if len(payload) != ROOM.size:
            return False
        _, chanid, size = ROOM.unpack(payload)
        channel = self._channel(chanid)
        if channel is None:
            return False
        channel.widen(size)
        return True

    def _take_confirmation(self, payload: memoryview) -> bool:
        if len(payload) != _CONFIRMATION.size:
            return False
        _, chanid, *terms = _CONFIRMATION.unpack(payload)
        channel = self._channel(chanid)
        if channel is None:
            return False
        self._wire.holds_answers = True
        channel.opened(*terms)
        return True

    def _channel(self, chanid: int) -> ForwardChannel | None:
        return None if self._is_exchanging() else self._channels.get(chanid)
