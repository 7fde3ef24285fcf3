"""How soon the kernel tells the bastion that its data has come.

A kernel that has nothing to send waits up to 40 ms, on Windows up to 200, before it acknowledges (RFC 9293 section
3.8.6.3). sshd leaves Nagle's algorithm on (section 3.7.4): a small piece of an answer that follows another one waits
for that. An answer in two parts, 2 ms apart, took 43.8 ms on loopback and 143.8 where the round trip is 50; with this
2.5 and 101.7. macOS has no such option.
"""

from __future__ import annotations

import ctypes
import socket
import sys
from collections.abc import Callable

# More than this is the path's or the server's to pace: the kernel acknowledges every second full segment by itself.
SMALL_READ_BYTES = 16 * 1024
# _WSAIOW(IOC_VENDOR, 23) of mstcpip.h. As setsockopt(TCP_QUICKACK) only from Python 3.14 on.
_SIO_TCP_SET_ACK_FREQUENCY = 0x98000017


def acknowledge_each_by(wsa_ioctl: Callable[..., int], connected: socket.socket) -> None:
    """Every segment from now on, by WSAIoctl; where that fails, all goes on as ever."""
    every, written = ctypes.c_ulong(1), ctypes.c_ulong()
    given = (ctypes.byref(every), ctypes.sizeof(every))
    code = ctypes.c_ulong(_SIO_TCP_SET_ACK_FREQUENCY)
    wsa_ioctl(ctypes.c_size_t(connected.fileno()), code, *given, None, 0, ctypes.byref(written), None, None)


if sys.platform == "win32":
    _wsa_ioctl = ctypes.WinDLL("ws2_32").WSAIoctl

    def acknowledge_each(connected: socket.socket) -> None:
        """Every segment from now on. Where the system knows it for the whole of a connection."""
        acknowledge_each_by(_wsa_ioctl, connected)

else:

    def acknowledge_each(connected: socket.socket) -> None:
        """Every segment from now on. Where the system knows it for the whole of a connection."""


if sys.platform == "linux":

    def acknowledge_now(connected: socket.socket) -> None:
        """What was read. Where the system soon forgets that it is to (tcp(7), TCP_QUICKACK)."""
        try:  # noqa: SIM105 - `suppress` is three calls more, for each answer
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        except OSError:
            pass

else:

    def acknowledge_now(connected: socket.socket) -> None:
        """What was read. Where the system soon forgets that it is to (tcp(7), TCP_QUICKACK)."""
