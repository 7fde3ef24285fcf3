"""Clients and connections that go before the bastion has opened a way for them."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import SecretKind
from tests.support.bastion import FaultyBastion
from tests.support.echo import TcpService, silent
from tests.support.local_clients import client_of
from tests.support.stage import Stage, connection_to, stage, with_password
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("ssh_kind")


@pytest.fixture
def bastion() -> Iterator[FaultyBastion]:
    with FaultyBastion() as running:
        yield running


@pytest.fixture
def tunnels(bastion: FaultyBastion, tmp_path: Path) -> Iterator[Stage]:
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(f"[{bastion.endpoint.host}]:{bastion.endpoint.port} {bastion.host_key}\n")
    with stage(known_hosts, {SecretKind.SSH_PASSWORD: bastion.password}) as running:
        yield running


@pytest.fixture
def service() -> Iterator[TcpService]:
    """Notices the end of a client, and nothing else."""
    with silent() as running:
        yield running


@pytest.mark.parametrize("linger", [struct.pack("ii", 1, 0), struct.pack("ii", 0, 0)], ids=["reset", "close"])
def test_a_client_that_leaves_before_the_way_is_open_leaves_nothing_on_the_bastion(
    bastion: FaultyBastion, tunnels: Stage, service: TcpService, linger: bytes
) -> None:
    connection = connection_to(service.endpoint, with_password(bastion.endpoint, bastion.user))
    local = tunnels.bring_up(connection)
    bastion.freeze()
    with client_of(local) as client:
        tunnels.wait_for(connection, lambda now: now.parked == 1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    bastion.thaw()
    wait_until(lambda: service.accepted == 1 and service.connected == 0)
    tunnels.wait_for(connection, lambda now: (now.clients, now.parked) == (0, 0))
    assert bastion.sessions == 1


def test_a_connection_switched_off_before_the_way_is_open_leaves_nothing_on_the_bastion(
    bastion: FaultyBastion, tunnels: Stage, service: TcpService
) -> None:
    hop = with_password(bastion.endpoint, bastion.user)
    leaving, staying = (connection_to(service.endpoint, hop, name) for name in ("leaving", "staying"))
    local = tunnels.bring_up(leaving)
    tunnels.bring_up(staying)
    bastion.freeze()
    with client_of(local) as client:
        tunnels.wait_for(leaving, lambda now: now.parked == 1)
        tunnels.engine.disconnect(leaving.id)
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    bastion.thaw()
    wait_until(lambda: service.accepted == 1 and service.connected == 0)
    assert bastion.sessions == 1


def test_a_session_that_is_lost_while_ways_are_being_opened_serves_them_after_its_return(
    bastion: FaultyBastion, tunnels: Stage, service: TcpService
) -> None:
    connection = connection_to(service.endpoint, with_password(bastion.endpoint, bastion.user))
    local = tunnels.bring_up(connection)
    bastion.freeze()
    with contextlib.ExitStack() as clients:
        for _ in range(5):
            clients.enter_context(client_of(local))
        tunnels.wait_for(connection, lambda now: now.parked == 5)
        bastion.drop()
        bastion.thaw()
        tunnels.wait_for(connection, lambda now: now.clients == 5)
    wait_until(lambda: service.connected == 0)


def test_a_client_that_spoke_and_left_before_the_way_was_open_is_not_waited_for(
    bastion: FaultyBastion, tunnels: Stage, service: TcpService
) -> None:
    connection = connection_to(service.endpoint, with_password(bastion.endpoint, bastion.user))
    local = tunnels.bring_up(connection)
    bastion.freeze()
    with client_of(local) as client:
        client.sendall(b"select 1")
        tunnels.wait_for(connection, lambda now: now.parked == 1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    tunnels.wait_for(connection, lambda now: (now.clients, now.parked) == (0, 0))
    bastion.thaw()
