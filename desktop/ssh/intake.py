"""How much more a bastion may send for one client: said by the thread that has passed on the last of it.

On loopback a turn of the relay's thread for each 256 KiB, and the interpreter's lock handed over and back for that,
took a download a tenth of its rate.
"""

from __future__ import annotations

import time

from desktop.ssh.carrier import Carrier
from desktop.ssh.forwarding import ForwardingChannel
from desktop.ssh.loop import Loop
from desktop.ssh.outlet import Outlet
from desktop.ssh.throughput import Progress

# Often enough for whoever looks how busy the carrier is.
_COUNT_EVERY_S = 0.02


class Intake:
    """Of one channel, until `close`. Grows with what `outlet` has passed on to the client's program.

    The carrier is told how much that was on the relay's thread.
    """

    def __init__(self, outlet: Outlet, carrier: Carrier, loop: Loop) -> None:
        self._outlet = outlet
        self._carrier = carrier
        self._loop = loop
        self._window = carrier.new_window()
        self._progress = Progress(0)
        self._is_counting = False

    def grant(self, channel: ForwardingChannel) -> None:
        """Let the server send more, where that is worth a message. Reader or relay thread."""
        delivered = self._outlet.delivered
        if self._outlet.is_ending or not self._window.is_due(delivered):
            return
        size = self._window.grant(delivered, time.monotonic(), self._carrier.round_trip_s)
        if size:
            channel.grant(size)
        if not self._is_counting:
            self._is_counting = True
            self._loop.post(self._count)

    def close(self) -> None:
        """Leave what its window had to others. Relay thread, when the reader thread grants nothing any more."""
        self._window.close()

    def _count(self) -> None:
        """For as long as something comes. Relay thread."""
        came = self._progress.grown_to(self._outlet.delivered)
        self._is_counting = bool(came)
        if came:
            self._carrier.throughput.down.add(came, time.monotonic())
            self._carrier.moved(came)
            self._loop.call_later(_COUNT_EVERY_S, self._count)
