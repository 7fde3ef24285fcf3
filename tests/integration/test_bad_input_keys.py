"""Identity files that can't be used: each is refused before the bastion hears of it, and the reason is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import program
from tests.support.bastion import FaultyBastion
from tests.support.keys import make_dsa_key, make_garbage, make_key, make_security_key_stub
from tests.support.secret_service import SecretService, missing_programs, private_secret_service

Make = Callable[[Path], Path]


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    with private_secret_service() as service:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.bus_address)
        yield service


@pytest.fixture
def bastion() -> Iterator[FaultyBastion]:
    """Nobody may even knock at it."""
    with FaultyBastion() as running:
        yield running
        assert running.counts.tcp_connections == 0


def add(bastion: FaultyBastion, identity_file: Path) -> None:
    at = f"-p {bastion.endpoint.port} me@{bastion.endpoint.host}"
    program.must("add", "orders", f"ssh -N -L 0:db.internal:5432 -i {identity_file} {at}")


def refused(cause: str) -> str:
    with program.up("orders") as running:
        running.wait_for(state="failed", cause=cause)
        assert running.wait() == 1
        return running.err


def locked(folder: Path) -> Path:
    return make_key(folder, passphrase="correct horse battery staple").path


def missing(folder: Path) -> Path:
    return folder / "id_lost"


def a_folder(folder: Path) -> Path:
    return folder


def public_half(folder: Path) -> Path:
    return make_key(folder).public_path


@pytest.mark.parametrize(
    ("make", "cause", "title", "advice"),
    [
        (
            make_security_key_stub,
            "key_unsupported",
            "This key can't be used",
            "Ed25519, ECDSA or RSA key instead",
        ),
        (make_dsa_key, "key_unsupported", "This key can't be used: DSA", "Ed25519, ECDSA or RSA key instead"),
        (make_garbage, "key_unreadable", "can't be read", "it is damaged or cut off"),
        (public_half, "key_unreadable", "can't be read", "this is the public half; choose the private key"),
        (missing, "key_unreadable", "id_lost can't be read", "No such file or directory"),
        (a_folder, "key_unreadable", "can't be read", "Is a directory"),
        (locked, "passphrase_needed", "The passphrase of", "No keyring was found on this computer"),
    ],
    ids=["security key", "DSA", "garbage", "public half", "missing", "folder", "locked"],
)
def test_a_key_that_can_not_be_used_is_named_with_the_reason(
    bastion: FaultyBastion, tmp_path: Path, make: Make, cause: str, title: str, advice: str
) -> None:
    identity_file = make(tmp_path)
    add(bastion, identity_file)
    said = refused(cause)
    assert title in said
    assert advice in said
    assert str(identity_file) in said


def test_a_password_that_nobody_stored_is_asked_for_before_the_bastion_is(bastion: FaultyBastion) -> None:
    at = f"-p {bastion.endpoint.port} me@{bastion.endpoint.host}"
    program.must("add", "orders", f"ssh -N -L 0:db.internal:5432 {at}")
    said = refused("password_needed")
    assert f"orders: The password of me on {bastion.endpoint.host} is needed" in said
    assert "No keyring was found on this computer" in said


@pytest.mark.skipif(bool(missing_programs()), reason=f"needs {', '.join(missing_programs())}")
def test_a_wrong_passphrase_is_found_out_on_this_computer(
    bastion: FaultyBastion, tmp_path: Path, keyring: SecretService
) -> None:
    add(bastion, locked(tmp_path))
    program.must("secret", "set", "orders", "key-passphrase", stdin="wrong")
    said = refused("passphrase_wrong")
    assert "The passphrase does not open" in said
    assert "no server has seen an attempt" in said


def test_an_identity_file_of_somebody_else_says_so(bastion: FaultyBastion, tmp_path: Path) -> None:
    prefix = program.obeying_permissions()
    if prefix is None:
        pytest.skip("root passes over permissions, and setpriv is missing")
    key = make_key(tmp_path)
    key.path.chmod(0o000)
    add(bastion, key.path)
    answer = program.run("up", "orders", prefix=prefix)
    assert answer.status == 1
    assert f"The key {key.path} can't be read" in answer.err
    assert "Permission denied" in answer.err
