"""Windows: sleep and wake by PowerRegisterSuspendResumeNotification (powrprof, Windows 8 and newer).

One way for the window and for `caponier up`: it calls a function, where WM_POWERBROADCAST needs a window and its
message loop, and is not even sent on computers with Modern Standby unless the window registers for it. What it tells
are the same events: PBT_APMSUSPEND before sleep, PBT_APMRESUMEAUTOMATIC at each wake, and PBT_APMRESUMESUSPEND
once there is a person at it. Sleep waits for the callback to return (two seconds at most).
"""

from __future__ import annotations

import ctypes
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from desktop.system.power.sleep_clock import Reading, read_clocks, slept_s

log = logging.getLogger(__name__)

PBT_APMSUSPEND = 0x0004
PBT_APMRESUMESUSPEND = 0x0007
PBT_APMRESUMEAUTOMATIC = 0x0012
_WAKES = (PBT_APMRESUMEAUTOMATIC, PBT_APMRESUMESUSPEND)

DEVICE_NOTIFY_CALLBACK = 2
_ERROR_SUCCESS = 0

if sys.platform == "win32":
    _FUNCTION = ctypes.WINFUNCTYPE
else:
    _FUNCTION = ctypes.CFUNCTYPE  # for the tests

# ULONG routine(PVOID context, ULONG type, PVOID setting)
Routine = _FUNCTION(ctypes.c_uint32, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p)


class Subscription(ctypes.Structure):
    """DEVICE_NOTIFY_SUBSCRIBE_PARAMETERS."""

    _fields_ = (("callback", Routine), ("context", ctypes.c_void_p))


# Whether a callback may still run when it was unregistered is not documented, so no subscription is ever freed.
_subscriptions: list[Subscription] = []


@dataclass(frozen=True, slots=True)
class PowerCalls:
    """PowerRegisterSuspendResumeNotification(flags, subscription, handle) and its opposite; both return an error."""

    register: Callable[[int, Any, Any], int]
    unregister: Callable[[Any], int]


class WindowsPower:
    """Implements `desktop.core.system_ports.PowerMonitor`. Has no thread: Windows calls from some of its own.

    The callbacks must not raise. Those of one wake may come at the same time.
    """

    def __init__(self, calls: PowerCalls) -> None:
        self._calls = calls
        self._handle = ctypes.c_void_p()
        self._closed = False
        self._before_sleep: Reading | None = None

    def start(self, on_sleep: Callable[[], None], on_wake: Callable[[float | None], None]) -> None:
        def routine(_context: int | None, event: int, _setting: int | None) -> int:
            if not self._closed:
                self._take(event, on_sleep, on_wake)
            return _ERROR_SUCCESS

        subscription = Subscription(Routine(routine), None)
        _subscriptions.append(subscription)
        handle = ctypes.byref(self._handle)
        error = self._calls.register(DEVICE_NOTIFY_CALLBACK, ctypes.byref(subscription), handle)
        if error != _ERROR_SUCCESS:
            log.info("Windows does not tell of sleep (error %d): it is noticed by the clocks alone", error)

    def close(self) -> None:
        self._closed = True
        if self._handle.value is not None:
            self._calls.unregister(self._handle)
            self._handle = ctypes.c_void_p()

    def _take(
        self, event: int, on_sleep: Callable[[], None], on_wake: Callable[[float | None], None]
    ) -> None:
        if event == PBT_APMSUSPEND:
            self._before_sleep = read_clocks()
            on_sleep()
        elif event in _WAKES:
            before = self._before_sleep
            on_wake(None if before is None else slept_s(before, read_clocks()))


if sys.platform == "win32":

    def power_calls() -> PowerCalls:
        library = ctypes.WinDLL("powrprof")
        register = library.PowerRegisterSuspendResumeNotification
        register.argtypes = [ctypes.c_uint32, ctypes.c_void_p, ctypes.c_void_p]
        register.restype = ctypes.c_uint32
        unregister = library.PowerUnregisterSuspendResumeNotification
        unregister.argtypes = [ctypes.c_void_p]
        unregister.restype = ctypes.c_uint32
        return PowerCalls(register, unregister)
