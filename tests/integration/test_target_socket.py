"""A connection that leads to a Unix socket on the bastion."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import UnixSocket
from tests.support import program
from tests.support.keys import KeyFile
from tests.support.local_clients import answer, client_of, receive
from tests.support.relay_stage import RelayStage
from tests.support.sshd import OpenSshServer
from tests.support.stage import fingerprint_of
from tests.support.system_user import SystemUser, is_root
from tests.support.unix_service import unix_echo

MIB = 1 << 20


@pytest.fixture
def forbidding(key: KeyFile, system_user: SystemUser) -> Iterator[OpenSshServer]:
    with OpenSshServer("AllowStreamLocalForwarding no", user=system_user.name, keys=[key]) as running:
        yield running


def add(server: OpenSshServer, key: KeyFile, path: Path) -> None:
    at = f"-p {server.endpoint.port} {server.user}@{server.endpoint.host}"
    program.must("add", "orders", f"ssh -N -L 0:{path} -i {key.path} {at}")


def trusting(server: OpenSshServer) -> tuple[str, str]:
    return "--accept-host-key", fingerprint_of(server.host_key())


@pytest.mark.usefixtures("ssh_kind")
def test_clients_talk_to_the_socket_side_by_side(stage: RelayStage) -> None:
    with unix_echo() as path:
        connection, local = stage.open_port(UnixSocket(str(path)))
        stage.attached()
        with client_of(local) as one, client_of(local) as other:
            assert answer(one, b"select 1") == b"select 1"
            assert answer(other, b"select 2") == b"select 2"
            one.shutdown(socket.SHUT_WR)
            assert one.recv(1) == b""
            assert answer(other, b"select 3") == b"select 3"
            stage.wait_for_counts(connection, is_open=1)
    assert stage.notes.refused == []


@pytest.mark.usefixtures("ssh_kind")
def test_megabytes_come_back_from_the_socket_as_they_were(stage: RelayStage) -> None:
    said = random.Random(3).randbytes(8 * MIB)
    with unix_echo() as path:
        _, local = stage.open_port(UnixSocket(str(path)))
        stage.attached()
        with client_of(local) as client:
            saying = threading.Thread(target=client.sendall, args=(said,))
            saying.start()
            assert receive(client, len(said)) == said
            saying.join()


@pytest.mark.usefixtures("ssh_kind")
def test_a_client_of_an_outage_reaches_the_socket_after_it(stage: RelayStage) -> None:
    with unix_echo() as path:
        connection, local = stage.open_port(UnixSocket(str(path)))
        with client_of(local) as client:
            client.sendall(b"select 1")
            stage.wait_for_counts(connection, parked=1)
            stage.attached()
            assert receive(client, 8) == b"select 1"


@pytest.mark.usefixtures("ssh_kind")
def test_a_socket_that_is_not_there_is_told_with_its_path(server: OpenSshServer, key: KeyFile) -> None:
    path = Path("/run/no-such-warehouse.sock")
    add(server, key, path)
    with program.up("orders", *trusting(server)) as running:
        with pytest.raises(ConnectionResetError), client_of(running.port()) as client:
            client.recv(1)
        running.wait_for(state="up", cause="warehouse_refused")
        running.wait_for_words(f"orders: {server.endpoint.host} can't connect to the socket {path}")
        running.wait_for_words("AllowStreamLocalForwarding")
        assert running.stop() == 0


def test_a_server_that_forbids_sockets_is_told_as_one_that_may(
    forbidding: OpenSshServer, key: KeyFile
) -> None:
    with unix_echo() as path:
        add(forbidding, key, path)
        with program.up("orders", *trusting(forbidding)) as running:
            with pytest.raises(ConnectionResetError), client_of(running.port()) as client:
                client.recv(1)
            running.wait_for_words("AllowStreamLocalForwarding in sshd_config")
            assert running.stop() == 0
    assert "refused streamlocal port forward" in forbidding.log_text()


@pytest.mark.skipif(not is_root(), reason="who makes the socket must be somebody else")
def test_a_socket_of_somebody_else_is_told(server: OpenSshServer, key: KeyFile) -> None:
    with unix_echo(open_to_all=False) as path:
        add(server, key, path)
        with program.up("orders", *trusting(server)) as running:
            with pytest.raises(ConnectionResetError), client_of(running.port()) as client:
                client.recv(1)
            running.wait_for_words("that your user may use it")
            assert running.stop() == 0


def test_the_command_line_tells_and_checks_where_it_leads(server: OpenSshServer, key: KeyFile) -> None:
    with unix_echo() as path:
        add(server, key, path)
        assert f"PostgreSQL at {path} through {server.user}@" in program.must("list")
        with program.up("orders", *trusting(server)):
            pass
        (server_known := Path.home() / ".ssh").mkdir(exist_ok=True)
        (server_known / "known_hosts").write_text(server.known_hosts_line())
        checked = program.run("check", "orders").out
    assert f"to {path}" in checked
    assert "the bastion reaches it" in checked
    # An echo is none.
    assert "protocol        failed" in checked
