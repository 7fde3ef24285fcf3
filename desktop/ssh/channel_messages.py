"""Messages of a channel's stream as they are written and read (RFC 4254 section 5.2)."""

from __future__ import annotations

import struct

from paramiko.common import MSG_CHANNEL_DATA

# Message number, the channel as its receiver numbers it, and the length of the data, which follow.
DATA_HEAD = struct.Struct(">BII")
# The same, with how many bytes more may be sent (SSH_MSG_CHANNEL_WINDOW_ADJUST).
ROOM = struct.Struct(">BII")


def data_message(channel: int, data: memoryview) -> bytes:
    return DATA_HEAD.pack(MSG_CHANNEL_DATA, channel, len(data)) + data
