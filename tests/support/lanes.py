"""Exports, and the SSH connections that a session opens beside them."""

from __future__ import annotations

import contextlib
import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

from desktop.core.model import Endpoint, SecretKind
from desktop.ssh.lanes import Lanes
from desktop.ssh.session import SshSession
from tests.support.bastion import FaultyBastion
from tests.support.echo import sha256_of_stream, source
from tests.support.local_clients import answer, client_of, receive
from tests.support.relay_stage import RelayStage, relay_stage
from tests.support.stage import with_password
from tests.support.waiting import wait_until

MIB = 1 << 20
EXPORT_BYTES = 48 * MIB
READ_AT_FIRST = 24 * MIB


class Export:
    """A client that has read a part of a large answer, and can read the rest."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._digest = hashlib.sha256()
        self.read(READ_AT_FIRST)

    def read(self, size: int) -> None:
        self._digest.update(receive(self._client, size))

    def finish(self) -> None:
        """Every byte came, in order."""
        self.read(EXPORT_BYTES - READ_AT_FIRST)
        assert self._client.recv(1) == b""
        assert self._digest.hexdigest() == sha256_of_stream(EXPORT_BYTES)


@contextlib.contextmanager
def export(stage: RelayStage) -> Iterator[Export]:
    with source(EXPORT_BYTES) as warehouse:
        _, local = stage.open_port(warehouse.endpoint, "export")
        with client_of(local) as client:
            yield Export(client)


def lanes_of(stage: RelayStage, session: SshSession) -> Lanes:
    lanes = stage.relay._gate.lanes_of(session)
    assert lanes is not None
    return lanes


def count_carriers(stage: RelayStage, session: SshSession) -> int:
    return len(lanes_of(stage, session).carriers)


def open_on(stage: RelayStage, session: SshSession) -> list[int]:
    """How many clients each lane carries."""
    return [carrier.count_open() for carrier in lanes_of(stage, session).carriers]


def side_of(stage: RelayStage, session: SshSession) -> SshSession:
    (side,) = lanes_of(stage, session)._sides
    return side


def attached(stage: RelayStage) -> SshSession:
    session = stage.attached()
    stage.settle()
    return session


@contextlib.contextmanager
def query_beside(stage: RelayStage, session: SshSession, queries: Endpoint) -> Iterator[socket.socket]:
    """A client on the second lane, while the first carries the only export."""
    wait_until(lambda: count_carriers(stage, session) == 2)
    with client_of(queries) as client:
        assert answer(client, b"select 1") == b"select 1"
        assert open_on(stage, session) == [1, 1]
        yield client


@contextlib.contextmanager
def by_password(bastion: FaultyBastion, folder: Path) -> Iterator[RelayStage]:
    known_hosts = folder / "known_hosts"
    at: Endpoint = bastion.endpoint
    known_hosts.write_text(f"[{at.host}]:{at.port} {bastion.host_key}\n")
    hop = with_password(at, bastion.user)
    with relay_stage(hop, known_hosts, secrets={SecretKind.SSH_PASSWORD: bastion.password}) as running:
        yield running
