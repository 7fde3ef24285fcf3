"""Certificates on the command line: used, shown by a check, and said to be out of their time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import program
from tests.support.certificates import FOR_A_DAY, LONG_OVER, Authority
from tests.support.echo import TcpService
from tests.support.keys import KeyFile
from tests.support.sshd import OpenSshServer
from tests.support.stage import fingerprint_of
from tests.support.system_user import SystemUser


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def server(system_user: SystemUser, authority: Authority) -> Iterator[OpenSshServer]:
    with OpenSshServer(f"TrustedUserCAKeys {authority.key.public_path}", user=system_user.name) as running:
        yield running


def add(server: OpenSshServer, service: TcpService, key: KeyFile) -> None:
    target = f"{service.endpoint.host}:{service.endpoint.port}"
    at = f"-p {server.endpoint.port} {server.user}@{server.endpoint.host}"
    program.must("add", "orders", f"ssh -N -L 0:{target} -i {key.path} {at}")


def test_a_certificate_is_used_and_then_runs_out(
    server: OpenSshServer, service: TcpService, key: KeyFile, authority: Authority
) -> None:
    authority.sign_key(key, principals=server.user, valid=FOR_A_DAY)
    add(server, service, key)
    with program.up("orders", "--accept-host-key", fingerprint_of(server.host_key())) as running:
        running.wait_for(state="up")
        running.stop()
    stages = [json.loads(line) for line in program.must("check", "orders", "--json").splitlines()]
    (login,) = (stage for stage in stages if stage["stage"] == "login")
    assert login["detail"] == f"{server.user} by key-file with certificate made for a test"
    authority.sign_key(key, principals=server.user, valid=LONG_OVER)
    with program.up("orders") as running:
        running.wait_for(state="failed", cause="certificate_expired")
        assert running.wait() == 1
        assert f"The certificate {key.path}-cert.pub expired on 2020-01-02" in running.err
        assert "Get a new one from its authority" in running.err
