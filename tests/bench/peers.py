"""The ways to a service that are compared. A way gives the place to connect to; it is up meanwhile."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from desktop.core.model import LOOPBACK, Endpoint
from tests.bench.children import child
from tests.bench.rig import Rig
from tests.support.program import Event, RunningUp, must, up
from tests.support.ssh_clients import openssh_forward

YARDSTICK = "ssh -L"
CAPONIER = "Caponier"
_NAME = "bench"
_START_TIMEOUT_S = 30.0

Peer = Callable[[Rig], contextlib.AbstractContextManager[Endpoint]]


def _direct(rig: Rig) -> contextlib.AbstractContextManager[Endpoint]:
    return contextlib.nullcontext(rig.service)


def _ssh(*options: str) -> Peer:
    def way(rig: Rig) -> contextlib.AbstractContextManager[Endpoint]:
        words = ("-i", str(rig.key.path), *options)
        server = rig.server
        return openssh_forward(
            server.endpoint, rig.service, *words, user=server.user, known_hosts=rig.known_hosts
        )

    return way


def _library(module: str) -> Peer:
    @contextlib.contextmanager
    def way(rig: Rig) -> Iterator[Endpoint]:
        server, service = rig.server, rig.service
        login = (server.endpoint.host, server.endpoint.port, server.user, rig.key.path, rig.known_hosts)
        with child(module, *login, service.host, service.port) as port:
            yield Endpoint(LOOPBACK, int(port))

    return way


@contextlib.contextmanager
def caponier(rig: Rig, first: str = "") -> Iterator[RunningUp]:
    """It is up, in a process of its own. `first` is Python that it runs before anything else."""
    save_connection(rig)
    with up("--here", _NAME, first=first) as program:
        program.port(timeout_s=_START_TIMEOUT_S)
        yield program


@contextlib.contextmanager
def _caponier(rig: Rig) -> Iterator[Endpoint]:
    with caponier(rig) as program:
        yield Endpoint(LOOPBACK, program.port())


PEERS: dict[str, Peer] = {
    "direct": _direct,
    YARDSTICK: _ssh(),
    "ssh -L, aes128-gcm": _ssh("-c", "aes128-gcm@openssh.com"),
    "sshtunnel": _library("tests.bench.tunnel_sshtunnel"),
    "asyncssh": _library("tests.bench.tunnel_asyncssh"),
    CAPONIER: _caponier,
}


def ssh_true_ms(rig: Rig) -> float:
    """``ssh HOST true``, from its start to its end."""
    server = rig.server
    trust = ("-F", "none", "-o", f"UserKnownHostsFile={rig.known_hosts}", "-i", str(rig.key.path))
    command = [
        "ssh",
        *trust,
        "-p",
        str(server.endpoint.port),
        f"{server.user}@{server.endpoint.host}",
        "true",
    ]
    start_mono = time.monotonic()
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return (time.monotonic() - start_mono) * 1000


def caponier_up_ms(rig: Rig) -> float:
    """From "connecting" to "up", by the times that the program itself gives."""
    save_connection(rig)
    with up("--here", _NAME) as program:
        first = program.wait_for(_START_TIMEOUT_S, state="connecting")
        last = program.wait_for(_START_TIMEOUT_S, state="up")
    return (_at_s(last) - _at_s(first)) * 1000


def save_connection(rig: Rig, *words: str) -> None:
    """To the rig's service, for every start of the program that follows; once. `words` are options of ``add``."""
    if Path(os.environ["CAPONIER_HOME"]).exists():
        return
    server = rig.server
    login = f"-i {rig.key.path} -p {server.endpoint.port} {server.user}@{server.endpoint.host}"
    must("add", *words, _NAME, f"ssh -N -L 0:{rig.service} {login}")


def _at_s(event: Event) -> float:
    return datetime.fromisoformat(event["at"]).timestamp()
