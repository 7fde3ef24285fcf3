"""Much data through one tunnel, while the server changes keys all the time."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Iterator

import pytest

from desktop.core.model import Endpoint
from tests.support import program
from tests.support.echo import sha256_of_stream, sha256_until_eof, sink, source, stream
from tests.support.keys import KeyFile
from tests.support.local_clients import client_of, receive
from tests.support.sshd import OpenSshServer
from tests.support.stage import fingerprint_of
from tests.support.system_user import SystemUser

log = logging.getLogger(__name__)

MIB = 1 << 20
# The sizes of a long night; the default run moves an eighth, which still takes two dozen exchanges of keys.
FULL = bool(os.environ.get("CAPONIER_FULL_TRANSFER"))
DOWN_BYTES = (2048 if FULL else 256) * MIB + 12345
UP_BYTES = (1024 if FULL else 128) * MIB + 54321


CIPHERS: dict[str, list[str]] = {"aead": [], "ctr and mac": ["Ciphers aes256-ctr", "MACs hmac-sha2-256"]}


@pytest.fixture(params=CIPHERS.values(), ids=list(CIPHERS))
def server(request: pytest.FixtureRequest, key: KeyFile, system_user: SystemUser) -> Iterator[OpenSshServer]:
    with OpenSshServer("RekeyLimit 16M", *request.param, user=system_user.name, keys=[key]) as running:
        yield running


def add(server: OpenSshServer, key: KeyFile, name: str, target: Endpoint) -> None:
    at = f"-p {server.endpoint.port} {server.user}@{server.endpoint.host}"
    program.must("add", name, f"ssh -N -L 0:{target} -i {key.path} {at}")


def speed(size: int, started: float) -> int:
    """MiB a second, the test's own hashing included."""
    return round(size / MIB / (time.monotonic() - started))


@pytest.mark.usefixtures("ssh_kind")
def test_gigabytes_arrive_whole_in_both_directions(server: OpenSshServer, key: KeyFile) -> None:
    expected_down, expected_up = sha256_of_stream(DOWN_BYTES), sha256_of_stream(UP_BYTES)
    with source(DOWN_BYTES) as downloads, sink() as uploads:
        add(server, key, "down", downloads.endpoint)
        add(server, key, "up", uploads.endpoint)
        trust = ("--accept-host-key", fingerprint_of(server.host_key()))
        with program.up("down", "up", *trust) as running:
            started = time.monotonic()
            with client_of(running.port("down")) as client:
                assert sha256_until_eof(client) == expected_down
            log.info("down: %d MiB/s", speed(DOWN_BYTES, started))
            started = time.monotonic()
            with client_of(running.port("up")) as client:
                for chunk in stream(UP_BYTES):
                    client.sendall(chunk)
                client.shutdown(socket.SHUT_WR)
                assert receive(client, 64).decode() == expected_up
            log.info("up: %d MiB/s", speed(UP_BYTES, started))
            # One tunnel from start to end: it was never lost and made anew.
            assert {event["state"] for event in running.events} == {"connecting", "up"}
    # Its own, and that of the lane beside the bulk data.
    assert server.count_logins() <= 2
