"""A jump host on the command line: `add -J`, its password, a tunnel through it, and what is left in the keyring."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import program
from tests.support.echo import TcpService
from tests.support.keys import KeyFile
from tests.support.local_clients import answer
from tests.support.secret_service import SecretService, missing_programs, private_secret_service
from tests.support.sshd import OpenSshServer
from tests.support.system_user import SystemUser

pytestmark = pytest.mark.skipif(bool(missing_programs()), reason=f"needs {', '.join(missing_programs())}")


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    with private_secret_service() as service:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.bus_address)
        yield service


@pytest.fixture
def jump(system_user: SystemUser) -> Iterator[OpenSshServer]:
    if not system_user.password:
        pytest.skip("only root can make a user with a known password")
    with OpenSshServer(user=system_user.name) as running:
        yield running


def test_a_jump_host_s_password_is_kept_under_its_own_name_and_lets_us_through(
    jump: OpenSshServer,
    server: OpenSshServer,
    system_user: SystemUser,
    key: KeyFile,
    service: TcpService,
    home: Path,
    keyring: SecretService,
) -> None:
    (home / ".ssh").mkdir(exist_ok=True)
    lines = (each.known_hosts_line() for each in (jump, server))
    (home / ".ssh" / "known_hosts").write_text("".join(lines))
    first = f"{jump.user}@{jump.endpoint}"
    way = f"-J {first} -i {key.path} -p {server.endpoint.port} {server.user}@{server.endpoint.host}"
    program.must("add", "far", f"ssh -N -L 0:{service.endpoint} {way}")
    program.must("secret", "set", "far", "ssh-password", "--jump-host", first, stdin=system_user.password)

    with program.up("far") as running, socket.create_connection(("127.0.0.1", running.port())) as client:
        assert answer(client, b"through both") == b"through both"
    jump.expect_logins(1, "password")
    server.expect_logins(1, "publickey")

    (shown,) = map(json.loads, program.must("list", "--json").splitlines())
    assert [each["auth"] for each in shown["jump_hosts"]] == ["password"]
    assert shown["auth"] == "key-file"
    assert list(keyring.secrets().values()) == [system_user.password]
    program.must("remove", "far")
    assert keyring.secrets() == {}
