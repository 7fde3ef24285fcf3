"""How soon the kernel says again what got lost on its way to the bastion."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress

# include/uapi/linux/tcp.h; Python 3.11 does not know these names.
_TCP_THIN_LINEAR_TIMEOUTS = 16
_TCP_RTO_MAX_MS = 44
_LONGEST_PAUSE_MS = 1000
# As long as Linux tries by itself (ip-sysctl, tcp_retries2: 924.6 s).
_GIVE_UP_AFTER_MS = 900_000


def retransmit_eagerly(connected: socket.socket) -> None:
    """Let a session answer within about a second of the end of a cut. For a socket that has not sent anything yet.

    TCP doubles its pauses, so a path that was cut for 20 s may stay silent for 20 s more. Linux can do better for
    streams with little in flight (tcp-thin in the kernel's documentation; not under BBR) and can bound the pause
    (TCP_RTO_MAX_MS, since 6.15). As it bounds its patience with the pauses, that alone would give the session up after
    15 s of silence: TCP_USER_TIMEOUT (tcp(7)) takes the old patience back. Measured on 6.18, from the end of a cut of
    30 s to the answer: 23 s before, 0.3 s with this. Other systems, and kernels without these, go on as ever.
    """
    if sys.platform == "linux":
        _set(connected, socket.TCP_USER_TIMEOUT, _GIVE_UP_AFTER_MS)
        _set(connected, _TCP_THIN_LINEAR_TIMEOUTS, 1)
        _set(connected, _TCP_RTO_MAX_MS, _LONGEST_PAUSE_MS)


def give_up_soon(connected: socket.socket) -> None:
    """Before the end: the kernel is not to knock at a host that is gone for minutes, only to say good-bye."""
    if sys.platform == "linux":
        _set(connected, socket.TCP_USER_TIMEOUT, 0)


def _set(connected: socket.socket, option: int, value: int) -> None:
    with suppress(OSError):
        connected.setsockopt(socket.IPPROTO_TCP, option, value)
