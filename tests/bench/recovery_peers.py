"""The two programs that keep a tunnel between the same hosts."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator

from tests.support.lab.clients import first_byte
from tests.support.lab.hosts import BASTION, WAREHOUSE, Lab

NAME = "orders"
STOP_TIMEOUT_S = 10.0
# The interval that most howtos and ssh_config(5) examples use.
_KEEP_ALIVE = ("-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=3")

Peer = Callable[[Lab], contextlib.AbstractContextManager[int]]


@contextlib.contextmanager
def caponier(lab: Lab) -> Iterator[int]:
    """Its local port."""
    with lab.up(NAME) as running:
        yield running.port()


@contextlib.contextmanager
def autossh(lab: Lab) -> Iterator[int]:
    """``autossh -M 0``, as its manual advises for an OpenSSH that can watch its connection itself."""
    with lab.laptop.inside():
        command = ["autossh", "-M", "0", *ssh_words(lab, 15432), *_KEEP_ALIVE]
        environment = os.environ | {"AUTOSSH_GATETIME": "0"}
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
        )
    try:
        first_byte(lab, 15432)
        yield 15432
    finally:
        process.terminate()
        process.wait(STOP_TIMEOUT_S)


def ssh_words(lab: Lab, port: int) -> list[str]:
    """What ssh(1) needs to forward a local port to the warehouse."""
    known_hosts = lab.key.path.parent / "known_hosts"
    return [
        *("-F", "none", "-N", "-i", str(lab.key.path), "-o", f"UserKnownHostsFile={known_hosts}"),
        *("-o", "ExitOnForwardFailure=yes", "-L", f"127.0.0.1:{port}:{WAREHOUSE}"),
        *("-p", str(BASTION.port), f"{lab.server.user}@{BASTION.host}"),
    ]


PEERS: dict[str, Peer] = {"Caponier": caponier, "autossh": autossh}
