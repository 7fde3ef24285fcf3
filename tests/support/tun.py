"""Network devices whose cable is a file handle (Linux, TUN). Needs root."""

from __future__ import annotations

import fcntl
import os
import struct
import sys

# linux/if_tun.h
_TUNSETIFF = 0x400454CA
_TUNSETOFFLOAD = 0x400454D0
_IFF_TUN = 0x0001
_IFF_NO_PI = 0x1000
_IFF_VNET_HDR = 0x4000
_OFFLOAD_CHECKSUM = 0x01
_OFFLOAD_TSO4 = 0x02
_HEADER_BYTES = 10
MAX_PACKET_BYTES = _HEADER_BYTES + 65_535


def open_tun(name: str) -> int:
    """A device in the network namespace of the calling thread, down; gone when its handle is closed.

    A read gives one packet with a header that a write to another such device takes: up to 64 KiB of TCP at once, which
    the kernel cuts where a real network card would. Not blocking.
    """
    if sys.platform != "linux":
        raise OSError("TUN devices are Linux's")
    else:  # noqa: RET506 - elsewhere mypy must not look for what follows
        handle = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            request = struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI | _IFF_VNET_HDR)
            fcntl.ioctl(handle, _TUNSETIFF, request)
            fcntl.ioctl(handle, _TUNSETOFFLOAD, _OFFLOAD_CHECKSUM | _OFFLOAD_TSO4)
        except BaseException:
            os.close(handle)
            raise
        return handle
