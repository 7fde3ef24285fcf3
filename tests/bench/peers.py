"""The ways to a service that are compared."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from desktop.core.model import LOOPBACK, Endpoint
from tests.support.keys import KeyFile
from tests.support.program import must, up
from tests.support.ssh_clients import openssh_forward
from tests.support.sshd import OpenSshServer

Peer = Callable[[Endpoint], contextlib.AbstractContextManager[Endpoint]]


def peers(server: OpenSshServer, key: KeyFile, home: Path) -> dict[str, Peer]:
    """Name and way of each; a way takes the service's place and gives the one to connect to."""
    return {
        "direct": contextlib.nullcontext,
        "ssh -L": _ssh(server, key, home),
        "ssh -L, aes128-gcm": _ssh(server, key, home, "-c", "aes128-gcm@openssh.com"),
        "Caponier": _caponier(server, key, home),
    }


def _ssh(server: OpenSshServer, key: KeyFile, home: Path, *options: str) -> Peer:
    def way(service: Endpoint) -> contextlib.AbstractContextManager[Endpoint]:
        known_hosts = home / ".ssh" / "known_hosts"
        words = ("-i", str(key.path), *options)
        return openssh_forward(server.endpoint, service, *words, user=server.user, known_hosts=known_hosts)

    return way


def _caponier(server: OpenSshServer, key: KeyFile, home: Path) -> Peer:
    @contextlib.contextmanager
    def way(service: Endpoint) -> Iterator[Endpoint]:
        os.environ.update(HOME=str(home), CAPONIER_HOME=str(home / "caponier"))
        login = f"-i {key.path} -p {server.endpoint.port} {server.user}@{server.endpoint.host}"
        name = f"service {service.port}"
        must("add", name, f"ssh -N -L 0:{service} {login}")
        with up(name) as program:
            yield Endpoint(LOOPBACK, program.port())
        must("remove", name)

    return way
