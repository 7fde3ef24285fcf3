"""The keyring's worker against a real Secret Service."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.errors import SecretStoreLocked, SecretStoreMissing
from desktop.core.model import SecretKind
from desktop.store.secrets import KeyringSecrets
from tests.support.secret_service import SecretService, missing_programs, private_secret_service

pytestmark = pytest.mark.skipif(bool(missing_programs()), reason=f"needs {', '.join(missing_programs())}")

CONNECTION = "3e0c5f6a-0b3f-4c0e-9d5a-3f6f3e9e7a11"
ANSWER_S = 20.0


@pytest.fixture(scope="module")
def shared_service() -> Iterator[SecretService]:
    with private_secret_service() as service:
        yield service


@pytest.fixture
def service(shared_service: SecretService, monkeypatch: pytest.MonkeyPatch) -> SecretService:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", shared_service.bus_address)
    return shared_service


@pytest.fixture
def own_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    """For tests that lock or kill it."""
    with private_secret_service() as service:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.bus_address)
        yield service


@pytest.fixture
def secrets() -> Iterator[KeyringSecrets]:
    store = KeyringSecrets()
    yield store
    store.close()


def put(secrets: KeyringSecrets, kind: SecretKind, value: str) -> None:
    secrets.set(CONNECTION, kind, value).result(ANSWER_S)


def got(secrets: KeyringSecrets, kind: SecretKind) -> str | None:
    return secrets.get(CONNECTION, kind).result(ANSWER_S)


def gone(secrets: KeyringSecrets, kind: SecretKind) -> None:
    secrets.delete(CONNECTION, kind).result(ANSWER_S)


def test_what_was_never_stored_is_none(service: SecretService, secrets: KeyringSecrets) -> None:
    assert secrets.get("nobody", SecretKind.SSH_PASSWORD).result(ANSWER_S) is None


@pytest.mark.parametrize("value", ["hunter2", "", "Grüße, 山田 🔑", "line\nline\n", " spaces "])
def test_a_password_comes_back_as_it_went_in(
    service: SecretService, secrets: KeyringSecrets, value: str
) -> None:
    put(secrets, SecretKind.SSH_PASSWORD, value)
    assert got(secrets, SecretKind.SSH_PASSWORD) == value


def test_a_long_key_comes_back_and_leaves_nothing_when_replaced_or_deleted(
    service: SecretService, secrets: KeyringSecrets
) -> None:
    long_key = "".join(f"line {number} 🔑\n" for number in range(450))
    put(secrets, SecretKind.PRIVATE_KEY, long_key)
    assert got(secrets, SecretKind.PRIVATE_KEY) == long_key
    put(secrets, SecretKind.PRIVATE_KEY, "short")
    assert got(secrets, SecretKind.PRIVATE_KEY) == "short"
    assert list(_private_keys(service).values()) == ["short"]
    gone(secrets, SecretKind.PRIVATE_KEY)
    assert got(secrets, SecretKind.PRIVATE_KEY) is None
    assert _private_keys(service) == {}


def test_kinds_of_one_connection_do_not_mix(service: SecretService, secrets: KeyringSecrets) -> None:
    for kind in SecretKind:
        put(secrets, kind, kind.value)
    assert [got(secrets, kind) for kind in SecretKind] == [kind.value for kind in SecretKind]
    for kind in SecretKind:
        gone(secrets, kind)


def test_deleting_what_is_not_there_is_no_error(service: SecretService, secrets: KeyringSecrets) -> None:
    gone(secrets, SecretKind.WAREHOUSE_PASSWORD)
    gone(secrets, SecretKind.WAREHOUSE_PASSWORD)


def test_another_process_reads_what_this_one_stored(service: SecretService, secrets: KeyringSecrets) -> None:
    put(secrets, SecretKind.KEY_PASSPHRASE, "shared by both")
    program = (
        "from desktop.core.model import SecretKind\n"
        "from desktop.store.secrets import KeyringSecrets\n"
        "secrets = KeyringSecrets()\n"
        f"print(secrets.get({CONNECTION!r}, SecretKind.KEY_PASSPHRASE).result({ANSWER_S}))\n"
        "secrets.close()\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env=service.environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == "shared by both\n"


def test_a_locked_keyring_says_so_and_does_not_hang(
    own_service: SecretService, secrets: KeyringSecrets
) -> None:
    put(secrets, SecretKind.SSH_PASSWORD, "hunter2")
    own_service.lock()
    for future in (
        secrets.get(CONNECTION, SecretKind.SSH_PASSWORD),
        secrets.set(CONNECTION, SecretKind.SSH_PASSWORD, "other"),
        secrets.delete(CONNECTION, SecretKind.SSH_PASSWORD),
    ):
        assert isinstance(future.exception(ANSWER_S), SecretStoreLocked)


def test_a_keyring_that_died_is_missing_and_found_again_when_it_returns(
    own_service: SecretService, secrets: KeyringSecrets
) -> None:
    put(secrets, SecretKind.SSH_PASSWORD, "hunter2")
    own_service.kill_keyring()
    with pytest.raises(SecretStoreMissing):
        got(secrets, SecretKind.SSH_PASSWORD)
    own_service.start_keyring()
    assert got(secrets, SecretKind.SSH_PASSWORD) == "hunter2"


def test_a_bus_without_a_keyring_is_missing_it(
    secrets: KeyringSecrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    with private_secret_service(keyring=False) as service:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.bus_address)
        with pytest.raises(SecretStoreMissing):
            got(secrets, SecretKind.SSH_PASSWORD)


@pytest.mark.parametrize("address", ["disabled:", "unix:path=/nowhere/at/all", "tcp:host=127.0.0.1,port=1"])
def test_a_session_without_a_usable_bus_is_missing_the_keyring(
    secrets: KeyringSecrets, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    with pytest.raises(SecretStoreMissing):
        got(secrets, SecretKind.SSH_PASSWORD)


@pytest.mark.parametrize("backend", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
def test_a_backend_that_forgets_secrets_is_never_used(
    service: SecretService, secrets: KeyringSecrets, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    with pytest.raises(SecretStoreMissing):
        put(secrets, SecretKind.SSH_PASSWORD, "hunter2")


def _private_keys(service: SecretService) -> dict[str, str]:
    return {name: value for name, value in service.secrets().items() if "/private-key" in name}
