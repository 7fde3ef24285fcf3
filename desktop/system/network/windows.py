"""Windows: the notifications of the IP Helper library (netioapi.h), which come on threads of the system."""

from __future__ import annotations

import ctypes
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from desktop.system.network.doorbell import Doorbell

_PARAMETER_CHANGED, _ADDED, _DELETED = 0, 1, 2  # MIB_NOTIFICATION_TYPE
_ANY_FAMILY = 0  # AF_UNSPEC
_RINGS_A_TURN = 4096

# What is asked for, and which of its notifications ring. A route's parameter that changes is mostly its age.
_REQUESTS = (
    ("NotifyIpInterfaceChange", (_PARAMETER_CHANGED, _ADDED, _DELETED)),
    ("NotifyUnicastIpAddressChange", (_PARAMETER_CHANGED, _ADDED, _DELETED)),
    ("NotifyRouteChange2", (_ADDED, _DELETED)),
)


Cancel = Callable[[], None]


class Notifications(Protocol):
    def __call__(self, name: str, notify: Callable[[int], None]) -> Cancel:
        """Have `notify(type)` called from threads of the system. Raises `OSError`.

        The answer ends it, and blocks until no `notify` runs any more.
        """


class NotificationBell:
    """Implements `desktop.system.network.doorbell.Doorbell`. Raises `OSError` where a request is refused."""

    def __init__(self, request: Notifications) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._cancels: list[Cancel] = []
        try:
            for name, heeded in _REQUESTS:
                self._cancels.append(request(name, self._ringer(heeded)))
        except OSError:
            self.close()
            raise

    @property
    def sock(self) -> socket.socket:
        return self._reader

    def heard(self) -> bool:
        with suppress(BlockingIOError):
            return bool(self._reader.recv(_RINGS_A_TURN))
        return False

    def close(self) -> None:
        """Never from a notification: the system would wait for itself (CancelMibChangeNotify2, "Remarks")."""
        while self._cancels:
            self._cancels.pop()()
        self._reader.close()
        self._writer.close()

    def _ringer(self, heeded: tuple[int, ...]) -> Callable[[int], None]:
        def ring(kind: int) -> None:
            if kind in heeded:
                with suppress(OSError):  # full: it is rung already
                    self._writer.send(b"!")

        return ring


class IpHelper:
    """Implements `Notifications` with ``iphlpapi.dll``. `callback_type` has its calling convention."""

    def __init__(self, library: Any, callback_type: Callable[[Callable[..., None]], Any]) -> None:
        self._library = library
        self._callback_type = callback_type

    def __call__(self, name: str, notify: Callable[[int], None]) -> Cancel:
        callback = self._callback_type(lambda _context, _row, kind: notify(kind))
        handle = ctypes.c_void_p()
        not_at_once = ctypes.c_ubyte(0)
        status = getattr(self._library, name)(
            ctypes.c_ushort(_ANY_FAMILY), callback, None, not_at_once, ctypes.byref(handle)
        )
        if status != 0:
            raise OSError(f"{name} failed with {status}")
        return partial(self._cancel, handle, callback)

    def _cancel(self, handle: ctypes.c_void_p, _callback: object) -> None:
        """Being an argument keeps the callback alive as long as the system may call it."""
        self._library.CancelMibChangeNotify2(handle)


if sys.platform == "win32":

    def open_bell() -> Doorbell:
        """Raises `OSError`."""
        callback_type = ctypes.WINFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
        return NotificationBell(IpHelper(ctypes.WinDLL("iphlpapi"), callback_type))
