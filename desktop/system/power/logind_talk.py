"""What is said with logind on one connection.

A lock makes sleep wait until the program has heard of it: systemd's page "Inhibitor Locks".
"""

from __future__ import annotations

import os
from collections.abc import Callable

from desktop import APP_NAME
from desktop.system.power.logind_bus import (
    InhibitorRefused,
    InhibitorTaken,
    LogindBus,
    LogindEvent,
    LogindStarted,
    PrepareForSleep,
)
from desktop.system.power.sleep_clock import Reading, read_clocks, slept_s

_WHY = "Notes which connections are up"


class LogindTalk:
    """Owned by one thread, which calls the callbacks. They must not raise."""

    def __init__(
        self,
        bus: LogindBus,
        on_sleep: Callable[[], None],
        on_wake: Callable[[float | None], None],
        say_once: Callable[[str], None],
    ) -> None:
        self._bus = bus
        self._on_sleep = on_sleep
        self._on_wake = on_wake
        self._say_once = say_once
        self._lock_fd: int | None = None
        self._before_sleep: Reading | None = None

    def run(self) -> None:
        """Blocks for as long as the connection lasts, which is until it raises `BusLost`. Lets the lock go."""
        try:
            self._ask_for_lock()
            while True:
                self._take(self._bus.receive())
        finally:
            self._release()

    def _take(self, event: LogindEvent) -> None:
        match event:
            case PrepareForSleep(starting=True):
                self._before_sleep = read_clocks()
                self._on_sleep()
                self._release()
            case PrepareForSleep():
                self._wake()
            case InhibitorTaken(fd):
                self._keep(fd)
            case InhibitorRefused(error):
                self._say_once(f"sleep does not wait for this program: {error}")
            case LogindStarted():
                self._ask_for_lock()

    def _wake(self) -> None:
        before, self._before_sleep = self._before_sleep, None
        self._on_wake(None if before is None else slept_s(before, read_clocks()))
        self._ask_for_lock()

    def _ask_for_lock(self) -> None:
        self._bus.inhibit_sleep(APP_NAME, _WHY)

    def _keep(self, fd: int) -> None:
        self._release()
        self._lock_fd = fd
        if self._before_sleep is not None:
            self._release()  # asked for while awake, given when sleep has begun: it would only delay that

    def _release(self) -> None:
        if self._lock_fd is not None:
            os.close(self._lock_fd)
            self._lock_fd = None
