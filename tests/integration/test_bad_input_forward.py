"""A bastion that lets us in and no further, and a local port that is not free."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import LOOPBACK, Endpoint, SecretKind
from desktop.wording.messages import advice, title
from tests.support import program
from tests.support.bastion import FaultyBastion, ForwardAnswer
from tests.support.echo import TcpService, echo, refusing_endpoint
from tests.support.keys import KeyFile
from tests.support.local_clients import answer, client_of
from tests.support.sshd import OpenSshServer
from tests.support.stage import connection_to, fingerprint_of, stage, with_password
from tests.support.system_user import SystemUser


@pytest.fixture
def server(request: pytest.FixtureRequest, key: KeyFile, system_user: SystemUser) -> Iterator[OpenSshServer]:
    """Settings come from a test's indirect parameter."""
    settings = getattr(request, "param", ())
    with OpenSshServer(*settings, user=system_user.name, keys=[key]) as running:
        yield running


def add(server: OpenSshServer, key: KeyFile, target: Endpoint, name: str = "orders", port: int = 0) -> None:
    at = f"-p {server.endpoint.port} {server.user}@{server.endpoint.host}"
    program.must("add", name, f"ssh -N -L {port}:{target} -i {key.path} {at}")


def trusting(server: OpenSshServer) -> tuple[str, str]:
    return "--accept-host-key", fingerprint_of(server.host_key())


def client_is_turned_away(server: OpenSshServer, cause: str, says: str, advises: str) -> None:
    """The tunnel stays up: its other connections may be fine."""
    with program.up("orders", *trusting(server)) as running:
        with pytest.raises(ConnectionResetError), client_of(running.port()) as client:
            client.recv(1)
        running.wait_for(state="up", cause=cause)
        running.wait_for_words(advises)
        assert f"orders: {says}" in running.err
        assert running.stop() == 0


@pytest.mark.usefixtures("ssh_kind")
@pytest.mark.parametrize(
    "server", [["AllowTcpForwarding no"], ["PermitOpen 127.0.0.1:1"]], ids=["all", "others"], indirect=True
)
def test_prohibited_forwarding_names_the_settings_to_ask_for(server: OpenSshServer, key: KeyFile) -> None:
    add(server, key, Endpoint(LOOPBACK, 5432))
    says = f"{server.endpoint.host} does not allow forwarding to {LOOPBACK}:5432"
    client_is_turned_away(server, "forward_prohibited", says, "AllowTcpForwarding and PermitOpen")


@pytest.mark.usefixtures("ssh_kind")
def test_a_warehouse_that_refuses_is_told_from_a_broken_tunnel(server: OpenSshServer, key: KeyFile) -> None:
    nobody = refusing_endpoint()
    add(server, key, nobody)
    says = f"The warehouse {nobody} refused the connection"
    client_is_turned_away(server, "warehouse_refused", says, "Check the warehouse's host and port")


@pytest.mark.usefixtures("ssh_kind")
def test_a_warehouse_name_is_looked_up_on_the_bastion(server: OpenSshServer, key: KeyFile) -> None:
    add(server, key, Endpoint("no-such-warehouse.invalid", 5432))
    says = f"{server.endpoint.host} can't find the warehouse no-such-warehouse.invalid:5432"
    client_is_turned_away(server, "warehouse_name_not_found", says, "looked up on the bastion")


def test_a_warehouse_that_never_answers_is_given_up_at_the_deadline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.ssh.patience.OPEN_TIMEOUT_S", 0.3)
    known_hosts = tmp_path / "known_hosts"
    with (
        FaultyBastion() as bastion,
        stage(known_hosts, {SecretKind.SSH_PASSWORD: bastion.password}) as tunnels,
    ):
        known_hosts.write_text(f"[{bastion.endpoint.host}]:{bastion.endpoint.port} {bastion.host_key}\n")
        bastion.forward_answer = ForwardAnswer.NOTHING
        hop = with_password(bastion.endpoint, bastion.user)
        connection = connection_to(Endpoint("db.internal", 5432), hop)
        with pytest.raises(ConnectionResetError), client_of(tunnels.bring_up(connection)) as client:
            client.recv(1)
        shown = tunnels.wait_for(connection, lambda now: now.cause is not None)
    assert shown.cause is not None
    assert (shown.state, shown.cause.code) == ("up", "warehouse_timeout")
    assert title(shown.cause) == "The warehouse db.internal:5432 did not answer"
    assert "A paused warehouse may need a minute to wake up" in advice(shown.cause)


def test_trouble_with_a_warehouse_is_over_with_the_next_client_that_gets_through(
    server: OpenSshServer, key: KeyFile
) -> None:
    target = refusing_endpoint()
    add(server, key, target)
    with program.up("orders", *trusting(server)) as running:
        port = running.port()
        # As early as while it connects: the refusal may be here before the program looks.
        with pytest.raises(ConnectionResetError), client_of(port) as client:
            client.recv(1)
        running.wait_for(state="up", cause="warehouse_refused")
        with socket.create_server((target.host, target.port)) as warehouse, client_of(port):
            warehouse.accept()[0].close()
            running.wait_for(state="up", cause=None)


def test_a_taken_port_names_the_process_and_spares_the_other_connections(
    server: OpenSshServer, key: KeyFile
) -> None:
    with echo() as service, socket.create_server((LOOPBACK, 0)) as holder:
        port = holder.getsockname()[1]
        add(server, key, service.endpoint, "blocked", port)
        add(server, key, service.endpoint, "free")
        with program.up("blocked", "free", *trusting(server)) as running:
            running.wait_for(connection="blocked", state="failed", cause="port_in_use")
            running.wait_for_words(f"blocked: Local port {port} is taken by ")
            assert f"(process {os.getpid()})" in running.err
            running.wait_for_words("which is free, or set the port to automatic")
            with client_of(running.port("free")) as client:
                assert answer(client, b"not concerned") == b"not concerned"
            assert running.stop() == 1


def test_of_two_connections_on_one_port_the_second_does_not_start_and_names_the_first(
    server: OpenSshServer, key: KeyFile, home: Path
) -> None:
    """The form saves no such pair; a file that was edited by hand may hold one."""
    with echo() as service, socket.create_server((LOOPBACK, 0)) as holder:
        port = holder.getsockname()[1]
        add(server, key, service.endpoint, "sales", port)
        add(server, key, service.endpoint, "stock", port - 1)
        (saved,) = home.rglob("connections.json")
        saved.write_text(saved.read_text().replace(f'"local_port": {port - 1}', f'"local_port": {port}'))
        holder.close()
        with program.up("stock", *trusting(server)) as running:
            running.wait_for(connection="stock", state="failed", cause="port_reserved")
            running.wait_for_words(f"stock: Local port {port} belongs to the connection sales")
            assert running.stop() == 1
        with program.up("sales", *trusting(server)) as running, client_of(running.port("sales")) as client:
            assert answer(client, b"mine") == b"mine"


def test_a_warehouse_that_hangs_up_leaves_the_tunnel_up_and_is_told(
    server: OpenSshServer, key: KeyFile
) -> None:
    def hang_up(client: socket.socket) -> None:
        client.recv(64)

    with TcpService(hang_up) as warehouse:
        at = f"-p {server.endpoint.port} {server.user}@{server.endpoint.host}"
        command = f"ssh -N -L 0:{warehouse.endpoint} -i {key.path} {at}"
        program.must("add", "orders", command, "--kind", "redis")
        with program.up("orders", *trusting(server)) as running:
            with client_of(running.port()) as client:
                client.sendall(b"PING\r\n")
                assert client.recv(1) == b""
            running.wait_for(state="up", cause="warehouse_hung_up")
            running.wait_for_words("a load balancer without servers")
            assert f"orders: {warehouse.endpoint} hangs up at once" in running.err
            assert running.stop() == 0
