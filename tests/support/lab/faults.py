"""What can happen between a laptop and a bastion. A fault with a duration lasts as long as its block."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from tests.support.lab.hosts import Lab

Fault = Callable[[Lab], contextlib.AbstractContextManager[None]]

_OTHER = {"net-a": "net-b", "net-b": "net-a"}


def change_address(lab: Lab) -> None:
    """The laptop goes over to the other network, as from home to the office."""
    lab.laptop.leave()
    lab.laptop.arrive(_OTHER[lab.laptop.network])


def flap(lab: Lab, changes: int, within_s: float) -> None:
    """So many changes of address, evenly spread."""
    start_mono = time.monotonic()
    for number in range(1, changes + 1):
        change_address(lab)
        time.sleep(max(start_mono + number * within_s / changes - time.monotonic(), 0))


@contextlib.contextmanager
def cut(lab: Lab) -> Iterator[None]:
    """The network between the hosts swallows every packet. Nothing on the laptop tells."""
    with _swallowing(lab, "from", "all"):
        yield


@contextlib.contextmanager
def unplugged(lab: Lab) -> Iterator[None]:
    """The laptop's own interface is down: it keeps its address and loses its way out."""
    lab.laptop.ip("link", "set", lab.laptop.network, "down")
    try:
        yield
    finally:
        lab.laptop.ip("link", "set", lab.laptop.network, "up")
        lab.laptop.route()


@contextlib.contextmanager
def server_down(lab: Lab) -> Iterator[None]:
    """The bastion's sshd ends with all its sessions, and starts anew; its host answers meanwhile."""
    lab.server.stop()
    try:
        yield
    finally:
        with lab.bastion.inside():
            lab.server.start()


@contextlib.contextmanager
def sessions_forgotten(lab: Lab) -> Iterator[None]:
    """Every session of before is dead without a word, as after a long sleep; new ones have a free way."""
    with contextlib.ExitStack() as rules:
        for port in set(lab.server.client_ports()):
            for side in ("sport", "dport"):
                rules.enter_context(_swallowing(lab, "ipproto", "tcp", side, str(port)))
        lab.server.drop_sessions()
        yield


@contextlib.contextmanager
def _swallowing(lab: Lab, *which: str) -> Iterator[None]:
    """The world drops such packets and sends no error (ip-rule(8), blackhole)."""
    rule = ("pref", "1", *which, "blackhole")
    lab.world.ip("rule", "add", *rule)
    try:
        yield
    finally:
        lab.world.ip("rule", "del", *rule)
