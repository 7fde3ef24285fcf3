"""Windows calls a function of ours at sleep and wake. Its two calls are stand-ins; pointers and structure are real."""

from __future__ import annotations

import ctypes
import logging
from typing import Any

import pytest

from desktop.system.power.windows import (
    DEVICE_NOTIFY_CALLBACK,
    PBT_APMRESUMEAUTOMATIC,
    PBT_APMRESUMESUSPEND,
    PBT_APMSUSPEND,
    PowerCalls,
    Subscription,
    WindowsPower,
)

HANDLE = 0x1234
ACCESS_DENIED = 5
PBT_APMPOWERSTATUSCHANGE = 0x000A


class StandInWindows:
    """Reads its arguments as powrprof does: by address."""

    def __init__(self, error: int = 0) -> None:
        self.error = error
        self.flags = 0
        self.subscription = 0
        self.unregistered: list[int | None] = []

    def calls(self) -> PowerCalls:
        return PowerCalls(self._register, self._unregister)

    def says(self, event: int) -> int:
        """Call the registered function, as the system does from a thread of its own."""
        entry = Subscription.from_address(self.subscription)
        answer: int = entry.callback(entry.context, event, None)
        return answer

    def _register(self, flags: int, subscription: Any, handle: Any) -> int:
        if not self.error:
            self.flags = flags
            self.subscription = _address(subscription)
            ctypes.c_void_p.from_address(_address(handle)).value = HANDLE
        return self.error

    def _unregister(self, handle: Any) -> int:
        self.unregistered.append(handle.value)
        return 0


class Heard:
    def __init__(self, windows: StandInWindows) -> None:
        self.news: list[str | float | None] = []
        self.monitor = WindowsPower(windows.calls())
        self.monitor.start(lambda: self.news.append("sleep"), self.news.append)


def _address(reference: Any) -> int:
    address = ctypes.cast(reference, ctypes.c_void_p).value
    assert address is not None
    return address


def test_sleep_and_wake_are_told() -> None:
    windows = StandInWindows()
    heard = Heard(windows)
    assert windows.flags == DEVICE_NOTIFY_CALLBACK
    assert windows.says(PBT_APMSUSPEND) == 0
    assert windows.says(PBT_APMRESUMEAUTOMATIC) == 0
    assert heard.news == ["sleep", 0.0]  # the clocks of this computer saw none


def test_a_person_at_the_computer_is_a_reason_to_look_again() -> None:
    windows = StandInWindows()
    heard = Heard(windows)
    windows.says(PBT_APMRESUMEAUTOMATIC)
    windows.says(PBT_APMRESUMESUSPEND)
    assert heard.news == [None, None]


def test_a_battery_is_none_of_our_business() -> None:
    windows = StandInWindows()
    heard = Heard(windows)
    assert windows.says(PBT_APMPOWERSTATUSCHANGE) == 0
    assert heard.news == []


def test_it_is_unregistered_once() -> None:
    windows = StandInWindows()
    heard = Heard(windows)
    heard.monitor.close()
    heard.monitor.close()
    assert windows.unregistered == [HANDLE]


def test_a_call_that_comes_late_finds_nobody() -> None:
    windows = StandInWindows()
    heard = Heard(windows)
    heard.monitor.close()
    assert windows.says(PBT_APMRESUMEAUTOMATIC) == 0
    assert heard.news == []


def test_windows_may_decline(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    windows = StandInWindows(error=ACCESS_DENIED)
    heard = Heard(windows)
    heard.monitor.close()
    assert windows.unregistered == []
    assert "error 5" in caplog.text


def test_one_that_never_started_can_be_closed() -> None:
    WindowsPower(StandInWindows().calls()).close()
