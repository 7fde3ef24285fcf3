"""Where the two hosts are, and how far apart."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from desktop.core.model import Endpoint
from tests.support.delay_line import delay_line
from tests.support.netns import Namespace
from tests.support.sshd import ANY_PORT

_LAPTOP = "10.78.0.1"
_BASTION = "10.78.0.2"
_SSH_PORT = 2222
_DEVICE = "long"
_NETWORK = "10.78.0.0/24"
_TCP_SETTINGS = Path("/proc/sys/net/ipv4")
# What nearly every server and laptop uses. Chosen for the route: a namespace's default is not always free.
_CONGESTION_CONTROL = "cubic"
# Of TCP, for each connection; a kernel's own limit of 4 or 6 MiB would be all that a long way shows.
_BUFFER_BYTES = 256 * 1024 * 1024
# The first of them for what is received. The line, which goes before the hosts' programs, delivers faster than those
# read: 128 KiB, of which each packet takes more than it holds, were full in the first second in most downloads,
# and the kernel then lets the window grow slowly for seconds ("PruneCalled" of netstat(8)).
_FIRST_BUFFER_BYTES = 1024 * 1024

Entering = Callable[[], contextlib.AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Site:
    """What a thread starts inside `laptop()` and `bastion()` belongs to that host. sshd listens at `ssh`."""

    laptop: Entering
    bastion: Entering
    ssh: Endpoint


@contextlib.contextmanager
def site(round_trip_ms: float) -> Iterator[Site]:
    """One host where `round_trip_ms` is 0, else two with a delay line between them, which needs root."""
    if not round_trip_ms:
        yield Site(contextlib.nullcontext, contextlib.nullcontext, ANY_PORT)
        return
    with (
        Namespace() as laptop,
        Namespace() as bastion,
        delay_line(laptop, bastion, _DEVICE, round_trip_ms / 2000),
    ):
        for host, address in ((laptop, _LAPTOP), (bastion, _BASTION)):
            host.ip("addr", "add", f"{address}/24", "dev", _DEVICE)
            host.ip(
                "route", "replace", _NETWORK, "dev", _DEVICE, "src", address, "congctl", _CONGESTION_CONTROL
            )
            _let_tcp_grow(host)
        laptop.ip("route", "add", "default", "dev", _DEVICE)
        yield Site(laptop.inside, bastion.inside, Endpoint(_BASTION, _SSH_PORT))


def describe(round_trip_ms: float) -> str:
    if not round_trip_ms:
        return "loopback"
    return (
        f"{round_trip_ms:.0f} ms round trip: two network namespaces, each packet delayed between two TUN devices, "
        f"no limit of bandwidth; TCP {_CONGESTION_CONTROL}, buffers up to {_BUFFER_BYTES >> 20} MiB"
    )


def _let_tcp_grow(host: Namespace) -> None:
    settings = {
        "tcp_rmem": f"4096 {_FIRST_BUFFER_BYTES} {_BUFFER_BYTES}",
        "tcp_wmem": f"4096 65536 {_BUFFER_BYTES}",
    }
    for name, value in settings.items():
        host.run("sh", "-c", f"echo {value} >{_TCP_SETTINGS / name}")
