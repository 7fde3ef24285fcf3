"""A cable between two namespaces that keeps every packet for a while, and takes any number of them meanwhile.

Started as a program of its own, it carries the packets; `delay_line` starts it. Packets are delayed, not a stream: the
two hosts' TCP sees the round trip as on a long way, and nothing but its own windows limits it. netem(8) does the same
inside the kernel, but not every kernel has it.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from tests.support.house import ROOT
from tests.support.netns import Namespace, enter
from tests.support.tun import MAX_PACKET_BYTES, open_tun

_READY = "ready"
_STOP_S = 5.0
# What may wait for the carrier: a second at some 600 MiB/s of large packets.
_QUEUE_PACKETS = 10_000
_BATCH = 32
# Between two looks at what comes and at what is due: to be woken for each packet took half as much again of the
# processors that the hosts need.
_TURN_S = 0.0002
# A way has no part in the hosts' struggle for their processors. Where the kernel shares them out among sessions first,
# the session's own figure counts (sched(7), "The autogroup feature"): without it the way waited for as long as it ran.
_NICE = -20
_AUTOGROUP = Path("/proc/self/autogroup")


@contextlib.contextmanager
def delay_line(one: Namespace, other: Namespace, device: str, one_way_s: float) -> Iterator[None]:
    """Both get a `device` that is up and has no address yet."""
    command = [sys.executable, "-m", "tests.support.delay_line", device, str(one_way_s)]
    carrier = subprocess.Popen(
        [*command, str(one.path), str(other.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
        start_new_session=True,
    )
    assert carrier.stdin is not None
    assert carrier.stdout is not None
    with carrier.stdin, carrier.stdout:
        try:
            if carrier.stdout.readline().strip() != _READY:
                raise OSError("no delay line")
            for host in (one, other):
                host.ip("link", "set", device, "txqueuelen", str(_QUEUE_PACKETS), "up")
            yield
        finally:
            carrier.stdin.close()
            carrier.wait(_STOP_S)


class _Direction:
    """Packets on their way from one device to the other, oldest first."""

    def __init__(self, source: int, target: int, delay_s: float) -> None:
        self.source = source
        self._target = target
        self._delay_s = delay_s
        self._packets: deque[tuple[float, bytes]] = deque()

    @property
    def due_mono(self) -> float | None:
        return self._packets[0][0] if self._packets else None

    def take(self) -> None:
        """What has been sent, up to a batch, so that packets that are due do not wait for long."""
        with contextlib.suppress(BlockingIOError):
            for _ in range(_BATCH):
                packet = os.read(self.source, MAX_PACKET_BYTES)
                self._packets.append((time.monotonic() + self._delay_s, packet))

    def deliver(self) -> None:
        packets = self._packets
        while packets and packets[0][0] <= time.monotonic():
            # A host that takes no more loses it, as on any way.
            with contextlib.suppress(OSError):
                os.write(self._target, packets.popleft()[1])


def _carry(devices: tuple[int, int], delay_s: float) -> None:
    """Until standard input ends."""
    one, other = devices
    directions = {one: _Direction(one, other, delay_s), other: _Direction(other, one, delay_s)}
    handles = [*directions, sys.stdin.fileno()]
    while True:
        due = [at for way in directions.values() if (at := way.due_mono) is not None]
        timeout_s = max(min(due) - time.monotonic(), 0) if due else None
        ready, _, _ = select.select(handles, [], [], timeout_s)
        if sys.stdin.fileno() in ready:
            return
        time.sleep(_TURN_S)
        for way in directions.values():
            way.take()
            way.deliver()


def _go_first() -> None:
    if sys.platform != "win32":
        os.nice(_NICE)
        if _AUTOGROUP.exists():
            _AUTOGROUP.write_text(str(_NICE))


def _main(device: str, delay_s: str, *places: str) -> None:
    handles = []
    for place in places:
        with Path(place).open("rb") as namespace:
            enter(namespace.fileno())
        handles.append(open_tun(device))
    _go_first()
    sys.stdout.write(f"{_READY}\n")
    sys.stdout.flush()
    _carry((handles[0], handles[1]), float(delay_s))


if __name__ == "__main__":
    _main(*sys.argv[1:])
