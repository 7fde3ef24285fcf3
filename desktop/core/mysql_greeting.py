"""The first packet of MySQL's protocol, which a server sends unasked.

It is as in MySQL's documentation, "Protocol::HandshakeV10" and "ERR_Packet".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD_BYTES = 4
# Longer than any greeting, and than any error that comes in its place.
MOST_BYTES = 4096
_GREETS, _REFUSES = 0x0A, 0xFF
# Capability Flags of the same documentation.
_CLIENT_SSL = 0x800
# Clients of replication take this for part of the version, which MariaDB then has to begin with (MDEV-4088).
_OLD_PREFIX = "5.5.5-"


@dataclass(frozen=True, slots=True)
class MysqlGreeting:
    version: str
    has_tls: bool


def is_whole(heard: bytes) -> bool:
    return len(heard) >= HEAD_BYTES and len(heard) >= HEAD_BYTES + int.from_bytes(heard[:3], "little")


def is_refusal(heard: bytes) -> bool:
    """An error instead of a greeting: the server lets nobody in now."""
    return heard[3:5] == bytes([0, _REFUSES])


def read(heard: bytes) -> MysqlGreeting | None:
    """None where it is no greeting."""
    body = heard[HEAD_BYTES:]
    if heard[3:4] != b"\x00" or body[:1] != bytes([_GREETS]) or b"\x00" not in body:
        return None
    raw_version, _, rest = body[1:].partition(b"\x00")
    version = raw_version.decode("ascii", "replace").removeprefix(_OLD_PREFIX)
    if not re.fullmatch(r"[\w.+~: -]{1,100}", version):
        return None
    # Behind a number of the thread's, eight bytes of salt and a zero.
    capabilities = int.from_bytes(rest[13:15], "little")
    return MysqlGreeting(version, bool(capabilities & _CLIENT_SSL))
