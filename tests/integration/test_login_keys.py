"""Every key that people have, against a real sshd."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import Auth, AuthMethod, Hop, SecretKind
from tests.support.keys import KEY_CASES, KeyFile, KeyForm, KeyKind, make_key, make_key_with_ssh_keygen
from tests.support.puttygen import PUTTY_TYPES, make_putty_key, needs_puttygen
from tests.support.sshd import OpenSshServer
from tests.support.stage import attempt, with_key
from tests.support.system_user import SystemUser

PASSPHRASE = "correct horse battery staple"
each_key = pytest.mark.parametrize(("kind", "form"), KEY_CASES)
with_and_without_passphrase = pytest.mark.parametrize("passphrase", ["", PASSPHRASE], ids=["open", "locked"])

# As ssh-keygen(1) writes them: the forms of old and new OpenSSH.
KEYGEN_OPTIONS = (
    ("-t", "ed25519"),
    ("-t", "ecdsa", "-m", "PEM"),
    ("-t", "rsa", "-b", "2048", "-m", "PEM"),
    ("-t", "rsa", "-b", "2048", "-m", "PKCS8"),
)


@pytest.fixture(scope="module")
def server(system_user: SystemUser) -> Iterator[OpenSshServer]:
    """Takes any key a test authorizes."""
    with OpenSshServer(user=system_user.name) as running:
        yield running


@each_key
@with_and_without_passphrase
def test_an_identity_file_logs_in(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path, kind: KeyKind, form: KeyForm, passphrase: str
) -> None:
    key = make_key(tmp_path, kind, form, passphrase)
    logs_in_with_file(server, known_hosts, key)


@pytest.mark.parametrize("options", KEYGEN_OPTIONS, ids="".join)
@with_and_without_passphrase
def test_an_identity_file_of_ssh_keygen_logs_in(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path, options: tuple[str, ...], passphrase: str
) -> None:
    key = make_key_with_ssh_keygen(tmp_path, *options, passphrase=passphrase)
    logs_in_with_file(server, known_hosts, key)


@each_key
@with_and_without_passphrase
def test_a_pasted_key_logs_in(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path, kind: KeyKind, form: KeyForm, passphrase: str
) -> None:
    key = make_key(tmp_path, kind, form, passphrase)
    logs_in_with_text(server, known_hosts, key, key.text)


@needs_puttygen
@pytest.mark.parametrize("version", [2, 3])
@with_and_without_passphrase
def test_a_putty_key_logs_in_from_its_file_and_pasted(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path, version: int, passphrase: str
) -> None:
    for kind in PUTTY_TYPES:
        key = make_putty_key(tmp_path, kind, version=version, passphrase=passphrase)
        logs_in_with_file(server, known_hosts, key)
        logs_in_with_text(server, known_hosts, key, key.text)


def test_a_key_pasted_from_windows_with_spaces_around_it_logs_in(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path
) -> None:
    key = make_key(tmp_path)
    text = "\ufeff" + key.text.strip().replace("\n", " \r\n  ")
    logs_in_with_text(server, known_hosts, key, text)


def test_a_passphrase_that_the_key_does_not_need_does_no_harm(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path
) -> None:
    key = make_key(tmp_path)
    server.authorize(key)
    secrets = {SecretKind.KEY_PASSPHRASE: "for another key"}
    with attempt(with_key(server.endpoint, server.user, key.path), known_hosts, secrets) as outcome:
        assert outcome.logged_in(), outcome.cause


def test_an_identity_file_is_found_in_the_home_folder(
    server: OpenSshServer, known_hosts: Path, home: Path
) -> None:
    server.authorize(make_key(home, name="id_of_mine"))
    with attempt(with_key(server.endpoint, server.user, Path("~/id_of_mine")), known_hosts) as outcome:
        assert outcome.logged_in(), outcome.cause


def test_a_key_that_the_server_does_not_know_is_offered_once(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path
) -> None:
    failures_before = server.count_failures("publickey")
    stranger = make_key(tmp_path)
    with attempt(with_key(server.endpoint, server.user, stranger.path), known_hosts) as outcome:
        assert not outcome.logged_in()
        assert outcome.cause is not None
        assert (outcome.cause.code, outcome.cause.fact("method")) == ("auth_rejected", "key-file")
    server.expect_failures(failures_before + 1, "publickey")


def logs_in_with_file(server: OpenSshServer, known_hosts: Path, key: KeyFile) -> None:
    server.authorize(key)
    hop = with_key(server.endpoint, server.user, key.path)
    logs_in(server, hop, known_hosts, {SecretKind.KEY_PASSPHRASE: key.passphrase} if key.passphrase else {})


def logs_in_with_text(server: OpenSshServer, known_hosts: Path, key: KeyFile, text: str) -> None:
    server.authorize(key)
    hop = Hop(server.endpoint.host, server.user, server.endpoint.port, Auth(AuthMethod.PASTED_KEY))
    secrets = {SecretKind.PRIVATE_KEY: text}
    if key.passphrase:
        secrets[SecretKind.KEY_PASSPHRASE] = key.passphrase
    logs_in(server, hop, known_hosts, secrets)


def logs_in(server: OpenSshServer, hop: Hop, known_hosts: Path, secrets: dict[SecretKind, str]) -> None:
    before = server.count_logins("publickey")
    with attempt(hop, known_hosts, secrets) as outcome:
        assert outcome.logged_in(), outcome.cause
    server.expect_logins(before + 1, "publickey")
