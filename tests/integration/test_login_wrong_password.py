"""A wrong password on the command line: one attempt, then the end, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import program
from tests.support.secret_service import SecretService, missing_programs, private_secret_service
from tests.support.sshd import OpenSshServer
from tests.support.stage import fingerprint_of
from tests.support.system_user import SystemUser

pytestmark = pytest.mark.skipif(bool(missing_programs()), reason=f"needs {', '.join(missing_programs())}")


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    with private_secret_service() as service:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.bus_address)
        yield service


@pytest.fixture(params=["", "MaxAuthTries 1"], ids=["usual", "strict"])
def server(request: pytest.FixtureRequest, system_user: SystemUser) -> Iterator[OpenSshServer]:
    with OpenSshServer(*filter(None, [request.param]), user=system_user.name) as running:
        yield running


@pytest.mark.usefixtures("ssh_kind")
def test_a_wrong_password_is_tried_once_and_never_again(
    server: OpenSshServer, keyring: SecretService
) -> None:
    at = f"-p {server.endpoint.port} {server.user}@{server.endpoint.host}"
    program.must("add", "orders", f"ssh -N -L 0:db.internal:5432 {at}")
    program.must("secret", "set", "orders", "ssh-password", stdin="not the password")
    with program.up("orders", "--accept-host-key", fingerprint_of(server.host_key())) as running:
        running.wait_for(state="failed", cause="auth_rejected")
        assert running.wait() == 1
        states = [event["state"] for event in running.events]
    assert states.count("failed") == 1
    assert "waiting" not in states
    assert f"{server.endpoint.host} refused the password of {server.user}" in running.err
    assert "tried once and will not be tried again" in running.err
    assert "caponier secret set orders ssh-password" in running.err
    server.stop()
    server.expect_failures(1)
    assert server.count_logins() == 0
