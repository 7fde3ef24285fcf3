"""How long a client is kept waiting: for a session, and for the session to open its way."""

from __future__ import annotations

import time
from collections.abc import Callable

from desktop.core.timers import Timer
from desktop.ssh.carrier import Carrier
from desktop.ssh.loop import Loop

OPEN_TIMEOUT_S = 30.0
# A session that has said nothing for so long, though a way was asked of it, is taken for dead: one that carries a
# waiting client is pinged more often than that.
SILENT_S = 5.0
# A session that answers does so within twice its round trip, and what the threads' turns take.
LATE_S = 0.03


class Patience:
    """One client's; relay thread. However often it is parked, it is not parked longer than `park_timeout_s` in all.

    That is until `parked_until`, monotonic seconds. `drop` ends the client. A session has `open_timeout_s` to open its
    way, `OPEN_TIMEOUT_S` where that is None.
    """

    def __init__(
        self,
        loop: Loop,
        park_timeout_s: float,
        drop: Callable[[], None],
        open_timeout_s: float | None = None,
    ) -> None:
        self.parked_until = 0.0
        self._park_timeout_s = park_timeout_s
        self._loop = loop
        self._drop = drop
        self._open_timeout_s = OPEN_TIMEOUT_S if open_timeout_s is None else open_timeout_s
        self._timer: Timer | None = None
        self._asked_mono = 0.0

    def begin(self) -> None:
        """The client is here."""
        self.parked_until = time.monotonic() + self._park_timeout_s

    def wait_for_session(self) -> None:
        self._call_at(self.parked_until, self._drop)

    def wait_for_way(
        self, carrier: Carrier, on_late: Callable[[], None], on_timeout: Callable[[], None]
    ) -> None:
        """`on_late` is called once where it takes longer than it should, `on_timeout` before the drop in the end."""
        self._asked_mono = time.monotonic()
        late_s = max(LATE_S, 2 * (carrier.round_trip_s or 0))
        self._call_at(self._asked_mono + late_s, lambda: self._come_late(carrier, on_late, on_timeout))

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _come_late(
        self, carrier: Carrier, on_late: Callable[[], None], on_timeout: Callable[[], None]
    ) -> None:
        silent_at = max(self.parked_until, self._asked_mono + SILENT_S)
        self._call_at(
            min(silent_at, self._asked_mono + self._open_timeout_s),
            lambda: self._judge(carrier, on_timeout),
        )
        on_late()

    def _judge(self, carrier: Carrier, on_timeout: Callable[[], None]) -> None:
        """The parking time is over. A session that has fallen silent is no witness against the warehouse."""
        now = time.monotonic()
        give_up_at = self._asked_mono + self._open_timeout_s
        if carrier.silent_s() >= SILENT_S:
            self._drop()
        elif now >= give_up_at:
            on_timeout()
            self._drop()
        else:
            self._call_at(min(now + SILENT_S, give_up_at), lambda: self._judge(carrier, on_timeout))

    def _call_at(self, at_mono: float, then: Callable[[], None]) -> None:
        self.end()
        self._timer = self._loop.call_later(at_mono - time.monotonic(), then)
