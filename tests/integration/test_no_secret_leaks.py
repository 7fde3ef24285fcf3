"""Secrets are in the keyring and in memory, and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support import program
from tests.support.echo import TcpService
from tests.support.keys import KeyFile, KeyForm, KeyKind, make_key
from tests.support.local_clients import answer, client_of
from tests.support.secret_service import SecretService, missing_programs, private_secret_service
from tests.support.sshd import OpenSshServer
from tests.support.stage import fingerprint_of
from tests.support.system_user import SystemUser

pytestmark = pytest.mark.skipif(bool(missing_programs()), reason=f"needs {', '.join(missing_programs())}")

PIECE = 12
PASSPHRASE = "correct horse battery staple"
WRONG_PASSWORD = "an honest mistake of mine"


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    with private_secret_service() as service:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.bus_address)
        yield service


@pytest.fixture
def server(system_user: SystemUser) -> Iterator[OpenSshServer]:
    if not system_user.password:
        pytest.skip("only root can make a user with a known password")
    with OpenSshServer(user=system_user.name) as running:
        yield running


@pytest.fixture
def locked(server: OpenSshServer, tmp_path: Path) -> KeyFile:
    """The identity file of the connection ``file``."""
    key = make_key(tmp_path, passphrase=PASSPHRASE)
    server.authorize(key)
    return key


@pytest.fixture
def pasted(server: OpenSshServer, tmp_path: Path) -> KeyFile:
    """The key of the connection ``pasted``."""
    key = make_key(tmp_path, KeyKind.ECDSA_256, KeyForm.PEM)
    server.authorize(key)
    return key


@pytest.fixture
def secrets(
    keyring: SecretService,
    server: OpenSshServer,
    service: TcpService,
    system_user: SystemUser,
    locked: KeyFile,
    pasted: KeyFile,
) -> list[str]:
    """One of each kind, stored for connections named after them; the one of ``mistaken`` is wrong."""
    stored = (
        ("password", "ssh-password", system_user.password, f"-l {server.user}"),
        ("pasted", "private-key", pasted.text, f"-l {server.user}"),
        ("file", "key-passphrase", PASSPHRASE, f"-l {server.user} -i {locked.path}"),
        ("mistaken", "ssh-password", WRONG_PASSWORD, "-l stranger"),
    )
    at = f"-p {server.endpoint.port} {server.endpoint.host}"
    for name, kind, secret, login in stored:
        program.must("--verbose", "add", name, f"ssh -N -L 0:{service.endpoint} {login} {at}")
        said = program.must("--verbose", "secret", "set", name, kind, stdin=secret)
        assert said == f"Stored the {kind} of {name} in the keyring\n"
    return [secret for _, _, secret, _ in stored]


def test_no_piece_of_a_secret_is_in_a_file_or_in_the_process_list(
    secrets: list[str], server: OpenSshServer, home: Path
) -> None:
    trust = ("--accept-host-key", fingerprint_of(server.host_key()))
    with program.up("password", "pasted", "file", *trust, verbose=True) as running:
        for name in ("password", "pasted", "file"):
            with client_of(running.port(name)) as client:
                assert answer(client, name.encode()) == name.encode()
        processes = process_list()
        assert any(b"--verbose" in shown for shown in processes)
    with program.up("mistaken", verbose=True) as failing:
        failing.wait_for(state="failed", cause="auth_rejected")
        failing.wait()

    server.expect_logins(1, "password")
    server.expect_logins(2, "publickey")
    files = {path: path.read_bytes() for path in (home / "caponier").rglob("*") if path.is_file()}
    assert b"paramiko" in files[home / "caponier" / "logs" / "caponier.log"]  # the most verbose there is
    said = [str(part).encode() for up in (running, failing) for part in (up.events, up.err)]
    for number, secret in enumerate(secrets):
        everywhere = [*files.values(), *processes, *said]
        leaked = sum(1 for piece in pieces(secret) if any(piece in text for text in everywhere))
        # Only counted: a report of this test is no place for a secret either.
        assert leaked == 0, f"{leaked} pieces of secret {number}"


def pieces(secret: str) -> set[bytes]:
    """Every `PIECE` characters in a row, lines of a key taken one by one and without its armour."""
    lines = [line for line in secret.splitlines() if not line.startswith("-----")]
    found = {line[at : at + PIECE].encode() for line in lines for at in range(len(line) - PIECE + 1)}
    assert found
    return found


def process_list() -> list[bytes]:
    """Arguments and environment of the processes that this test run started."""
    shown = []
    for process in psutil.Process(os.getpid()).children(recursive=True):
        for name in ("cmdline", "environ"):
            try:
                shown.append(Path(f"/proc/{process.pid}/{name}").read_bytes())
            except OSError:
                continue
    return shown
