"""Linux: sleep and wake by logind, for as long as there is one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.system.power.logind_bus import LogindBus

log = logging.getLogger(__name__)

# A bus that was killed is back within moments; a computer that has none must not be kept busy.
_FIRST_RETRY_S = 0.5
_LAST_RETRY_S = 60.0


class LogindPower:
    """Implements `desktop.core.system_ports.PowerMonitor`, on the bus of DBUS_SYSTEM_BUS_ADDRESS.

    Its thread holds logind's delay lock while awake, so sleep waits for `on_sleep`. The callbacks come from it and
    must not raise. Without a bus or logind, or without permission for the lock, it says so once and works with what
    there is; it connects again for as long as it is open.
    """

    def __init__(self) -> None:
        self._closing = threading.Event()
        self._bus: LogindBus | None = None
        self._thread: threading.Thread | None = None
        self._said: set[str] = set()

    def start(self, on_sleep: Callable[[], None], on_wake: Callable[[float | None], None]) -> None:
        self._thread = threading.Thread(target=self._run, args=(on_sleep, on_wake), name="logind")
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        bus = self._bus
        if bus is not None:
            bus.hang_up()
        if self._thread is not None:
            self._thread.join()

    def _run(self, on_sleep: Callable[[], None], on_wake: Callable[[float | None], None]) -> None:
        try:
            self._stay_connected(on_sleep, on_wake)
        except Exception:
            log.exception("logind is not listened to any more")

    def _stay_connected(self, on_sleep: Callable[[], None], on_wake: Callable[[float | None], None]) -> None:
        # Here, because they import jeepney, which must not delay the window.
        from desktop.system.power.logind_bus import BusLost, LogindBus
        from desktop.system.power.logind_talk import LogindTalk

        retry_s = _FIRST_RETRY_S
        while True:
            bus = self._bus = LogindBus()
            if self._closing.is_set():  # `close` may have come before there was a bus to hang up
                return
            try:
                bus.open()
                retry_s = _FIRST_RETRY_S
                LogindTalk(bus, on_sleep, on_wake, self._say_once).run()
            except BusLost as lost:
                log.debug("system bus: %s", lost)
            finally:
                bus.close()
            if self._closing.wait(retry_s):
                return
            self._say_once("no system bus: sleep is noticed by the clocks alone")
            retry_s = min(2 * retry_s, _LAST_RETRY_S)

    def _say_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            log.info(text)
