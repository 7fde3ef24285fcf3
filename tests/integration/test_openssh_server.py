"""The real sshd that other tests rely on, asked by paramiko's plain client."""

from __future__ import annotations

from pathlib import Path

import paramiko
import psutil
import pytest

from desktop.core.model import Endpoint
from tests.support.echo import echo
from tests.support.keys import KeyFile
from tests.support.ssh_clients import open_forward, paramiko_client
from tests.support.sshd import OpenSshServer
from tests.support.system_user import SystemUser
from tests.support.waiting import wait_until


def _log_in(client: paramiko.Transport, server: OpenSshServer, key: KeyFile) -> None:
    client.auth_publickey(server.user, paramiko.Ed25519Key(filename=str(key.path)))


def test_a_key_logs_in_and_the_log_tells(server: OpenSshServer, key: KeyFile) -> None:
    with paramiko_client(server.endpoint) as client:
        _log_in(client, server, key)
    server.expect_logins(1, "publickey")
    server.expect_logins(1)
    assert server.count_failures() == 0
    assert server.count_connections() == 1


def test_a_password_logs_in(server: OpenSshServer, system_user: SystemUser) -> None:
    if not system_user.password:
        pytest.skip("only root can make a user with a known password")
    with paramiko_client(server.endpoint) as client:
        client.auth_password(system_user.name, system_user.password)
    server.expect_logins(1, "password")


def test_a_wrong_password_is_one_failure_in_the_log(server: OpenSshServer, system_user: SystemUser) -> None:
    with paramiko_client(server.endpoint) as client, pytest.raises(paramiko.AuthenticationException):
        client.auth_password(system_user.name, "wrong")
    server.expect_failures(1, "password")
    assert server.count_logins() == 0


def test_it_forwards(server: OpenSshServer, key: KeyFile) -> None:
    with echo() as service, paramiko_client(server.endpoint) as client:
        _log_in(client, server, key)
        channel = open_forward(client, service.endpoint)
        channel.sendall(b"through sshd")
        assert channel.recv(100) == b"through sshd"


def test_a_setting_given_wins(key: KeyFile, system_user: SystemUser) -> None:
    with (
        OpenSshServer("AllowTcpForwarding no", user=system_user.name, keys=[key]) as server,
        paramiko_client(server.endpoint) as client,
    ):
        _log_in(client, server, key)
        with pytest.raises(paramiko.ChannelException) as refused:
            open_forward(client, Endpoint("127.0.0.1", 1))
    assert refused.value.code == paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


def test_a_restart_ends_connections_and_keeps_port_and_key(server: OpenSshServer, key: KeyFile) -> None:
    at, line = server.endpoint, server.known_hosts_line()
    with paramiko_client(at) as client:
        _log_in(client, server, key)
        server.stop()
        wait_until(lambda: not client.is_active())
        with pytest.raises(ConnectionRefusedError), paramiko_client(at):
            pass
    server.start()
    assert (server.endpoint, server.known_hosts_line()) == (at, line)
    with paramiko_client(at) as client:
        _log_in(client, server, key)
    server.expect_logins(2)


def test_dropped_sessions_end_while_it_goes_on_listening(server: OpenSshServer, key: KeyFile) -> None:
    with paramiko_client(server.endpoint) as client:
        _log_in(client, server, key)
        server.drop_sessions()
        wait_until(lambda: not client.is_active())
    with paramiko_client(server.endpoint) as client:
        _log_in(client, server, key)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_its_host_keys_are_those_it_names(server: OpenSshServer, kind: str, tmp_path: Path) -> None:
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(server.known_hosts_line(kind))
    host = f"[{server.endpoint.host}]:{server.endpoint.port}"
    key_type, blob = server.host_key(kind).split()
    assert paramiko.HostKeys(str(known_hosts)).lookup(host)[key_type].get_base64() == blob


def test_a_rebuilt_server_has_new_host_keys(server: OpenSshServer) -> None:
    before = server.host_key()
    server.stop()
    server.new_host_keys()
    server.start()
    with paramiko_client(server.endpoint) as client:
        shown = client.get_remote_server_key().get_base64()
    assert server.host_key().split()[1] == shown
    assert server.host_key() != before


def test_closing_leaves_no_process_and_no_file(key: KeyFile, system_user: SystemUser) -> None:
    children_before = psutil.Process().children()
    with (
        OpenSshServer(user=system_user.name, keys=[key]) as server,
        paramiko_client(server.endpoint) as client,
    ):
        _log_in(client, server, key)
        folder = server._dir
    assert psutil.Process().children() == children_before
    assert not folder.exists()
