"""Certificates of users' keys, against a real sshd that trusts an authority and nobody's key."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.core.model import Auth, AuthMethod, Hop, SecretKind
from desktop.ssh.ssh_data import ssh_string
from tests.support.agents import SshAgent
from tests.support.certificates import LONG_OVER, NOT_YET, Authority
from tests.support.dialling import cause_of
from tests.support.keys import KeyFile, KeyKind, make_key
from tests.support.offers import TELLING, Watch, certified, plain
from tests.support.puttygen import make_putty_key, needs_puttygen
from tests.support.sshd import OpenSshServer
from tests.support.stage import attempt
from tests.support.system_user import SystemUser

PASSPHRASE = "correct horse battery staple"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(system_user: SystemUser, authority: Authority) -> Iterator[OpenSshServer]:
    """Lets those in whom the authority vouches for, and keys that a test authorizes."""
    trusted = f"TrustedUserCAKeys {authority.key.public_path}"
    with OpenSshServer(trusted, TELLING, "MaxAuthTries 20", user=system_user.name) as running:
        yield running


def hop(server: OpenSshServer, auth: Auth) -> Hop:
    return Hop(server.endpoint.host, server.user, server.endpoint.port, auth)


def with_file(server: OpenSshServer, key: KeyFile, certificate: Path | None = None) -> Hop:
    named = "" if certificate is None else str(certificate)
    return hop(server, Auth(AuthMethod.KEY_FILE, str(key.path), certificate_file=named))


def logs_in(target: Hop, known_hosts: Path, secrets: dict[SecretKind, str] | None = None) -> None:
    with attempt(target, known_hosts, secrets) as outcome:
        assert outcome.logged_in(), outcome.cause


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.usefixtures("ssh_kind")
def test_a_certificate_beside_the_identity_file_logs_in(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path, authority: Authority, kind: KeyKind
) -> None:
    key = make_key(tmp_path, kind)
    authority.sign_key(key, principals=f"somebody,{server.user}")
    watch = Watch(server)
    logs_in(with_file(server, key), known_hosts)
    assert watch.shown == [certified(key)]
    assert "ID made for a test" in watch.text


@pytest.mark.usefixtures("ssh_kind")
def test_a_named_certificate_logs_in_with_a_locked_key(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path, authority: Authority
) -> None:
    key = make_key(tmp_path, passphrase=PASSPHRASE)
    elsewhere = authority.sign_key(key, principals=server.user).rename(tmp_path / "elsewhere.pub")
    logs_in(with_file(server, key, elsewhere), known_hosts, {SecretKind.KEY_PASSPHRASE: PASSPHRASE})


def test_a_pasted_key_logs_in_with_a_named_certificate(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path, authority: Authority
) -> None:
    key = make_key(tmp_path, KeyKind.ECDSA_384)
    named = str(authority.sign_key(key, principals=server.user))
    pasted = hop(server, Auth(AuthMethod.PASTED_KEY, certificate_file=named))
    logs_in(pasted, known_hosts, {SecretKind.PRIVATE_KEY: key.text})


@needs_puttygen
def test_a_putty_key_logs_in_with_a_certificate(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path, authority: Authority
) -> None:
    key = make_putty_key(tmp_path)
    named = authority.sign_key(key, principals=server.user)
    logs_in(with_file(server, key, named), known_hosts)


@pytest.mark.usefixtures("ssh_kind")
def test_the_key_itself_is_offered_after_its_certificate(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path, authority: Authority
) -> None:
    key = make_key(tmp_path)
    authority.sign_key(key, principals="somebody")
    server.authorize(key)
    watch = Watch(server)
    logs_in(with_file(server, key), known_hosts)
    assert watch.shown == [certified(key), plain(key)]


@pytest.mark.usefixtures("ssh_kind")
def test_a_certificate_for_others_is_said_to_be_theirs(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path, authority: Authority
) -> None:
    key = make_key(tmp_path)
    path = authority.sign_key(key, principals="somebody,else")
    cause = cause_of(with_file(server, key), known_hosts)
    assert (cause.code, cause.fact("certificate")) == ("certificate_for_others", str(path))
    assert (cause.fact("user"), cause.fact("principals")) == (server.user, "somebody, else")


@pytest.mark.parametrize(
    ("valid", "code", "fact"),
    [
        (LONG_OVER, "certificate_expired", "valid_before"),
        (NOT_YET, "certificate_not_yet_valid", "valid_after"),
    ],
)
@pytest.mark.usefixtures("ssh_kind")
def test_a_certificate_out_of_its_time_is_offered_last_and_said_to_be(
    server: OpenSshServer,
    known_hosts: Path,
    tmp_path: Path,
    authority: Authority,
    valid: str,
    code: str,
    fact: str,
) -> None:
    key = make_key(tmp_path)
    path = authority.sign_key(key, principals=server.user, valid=valid)
    watch = Watch(server)
    for named in (None, path):
        cause = cause_of(with_file(server, key, named), known_hosts)
        assert (cause.code, cause.fact("certificate")) == (code, str(path))
        assert (int(cause.fact(fact)) > time.time()) is (code == "certificate_not_yet_valid")
    assert watch.shown == [plain(key), certified(key)]


def test_an_authority_that_the_server_does_not_trust_is_asked_about(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path
) -> None:
    key = make_key(tmp_path)
    Authority(tmp_path, name="stranger").sign_key(key, principals=server.user)
    cause = cause_of(with_file(server, key), known_hosts)
    assert (cause.code, cause.fact("certificate")) == ("auth_rejected", "made for a test")


def test_a_named_certificate_of_another_key_is_refused_before_the_server_hears_of_it(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path, authority: Authority
) -> None:
    key, other = make_key(tmp_path), make_key(tmp_path, name="id_other")
    path = authority.sign_key(other, principals=server.user)
    connections = server.count_connections()
    cause = cause_of(with_file(server, key, path), known_hosts)
    assert (cause.code, cause.fact("certificate")) == ("certificate_mismatch", str(path))
    assert cause.fact("fingerprint") == plain(other)
    assert server.count_connections() == connections


def of_another_key(path: Path, authority: Authority) -> None:
    other = make_key(path.parent, name="id_other")
    authority.sign_key(other).rename(path)


def garbage(path: Path, _authority: Authority) -> None:
    path.write_bytes(b"\0\xff garbage\n\n")


def a_public_key(path: Path, _authority: Authority) -> None:
    path.write_text(make_key(path.parent, name="id_other").public_line)


def of_a_server(path: Path, authority: Authority) -> None:
    key = make_key(path.parent, name="id_other")
    authority.sign(key.public_path, host=True).rename(path)


def of_a_security_key(path: Path, _authority: Authority) -> None:
    blob = ssh_string(b"sk-ssh-ed25519-cert-v01@openssh.com") + bytes(40)
    path.write_text(f"sk-ssh-ed25519-cert-v01@openssh.com {b64encode(blob).decode()}\n")


def cut_off(path: Path, authority: Authority) -> None:
    key = make_key(path.parent, name="id_other")
    kind, blob = authority.sign_key(key).read_text().split()[:2]
    path.write_text(f"{kind} {blob[:120]}\n")


@pytest.mark.parametrize(
    ("spoil", "code", "reason"),
    [
        (of_another_key, "certificate_mismatch", ""),
        (garbage, "certificate_unreadable", "it is damaged or cut off"),
        (cut_off, "certificate_unreadable", "it is damaged or cut off"),
        (a_public_key, "certificate_unreadable", "it holds a key instead of a certificate"),
        (of_a_security_key, "certificate_unreadable", "it is for a security key (sk-)"),
        (of_a_server, "certificate_unreadable", "it is the certificate of a server, not of a user"),
    ],
)
def test_a_useless_certificate_beside_a_key_is_told_only_where_the_key_does_not_log_in(
    server: OpenSshServer,
    known_hosts: Path,
    tmp_path: Path,
    authority: Authority,
    spoil: Callable[[Path, Authority], None],
    code: str,
    reason: str,
) -> None:
    key = make_key(tmp_path)
    path = key.path.with_name(f"{key.path.name}-cert.pub")
    spoil(path, authority)
    watch = Watch(server)
    cause = cause_of(with_file(server, key), known_hosts)
    assert (cause.code, cause.fact("certificate"), cause.fact("reason")) == (code, str(path), reason)
    assert watch.shown == [plain(key)]
    server.authorize(key)
    logs_in(with_file(server, key), known_hosts)


def test_a_named_certificate_that_is_not_there_is_said_to_be_missing(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path
) -> None:
    cause = cause_of(with_file(server, make_key(tmp_path), tmp_path / "gone"), known_hosts)
    assert (cause.code, cause.fact("reason")) == ("certificate_unreadable", "No such file or directory")


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.usefixtures("ssh_kind")
def test_a_certificate_of_the_agent_logs_in(
    server: OpenSshServer,
    known_hosts: Path,
    tmp_path: Path,
    authority: Authority,
    agent: SshAgent,
    kind: KeyKind,
) -> None:
    key = make_key(tmp_path, kind)
    authority.sign_key(key, principals=server.user)
    agent.add(key)
    watch = Watch(server)
    logs_in(hop(server, Auth(AuthMethod.AGENT)), known_hosts)
    assert watch.shown == [plain(key), certified(key)]


@pytest.mark.usefixtures("ssh_kind")
def test_of_six_keys_with_certificates_only_those_of_the_chosen_one_are_offered(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path, authority: Authority, agent: SshAgent
) -> None:
    keys = [make_key(tmp_path, name=f"id_{number}") for number in range(6)]
    for key in keys:
        authority.sign_key(key, principals="somebody" if key is keys[3] else server.user)
    agent.add(*keys)
    watch = Watch(server)
    cause = cause_of(hop(server, Auth(AuthMethod.AGENT, key_fingerprint=plain(keys[3]))), known_hosts)
    assert (cause.code, cause.fact("principals")) == ("certificate_for_others", "somebody")
    assert watch.shown == [certified(keys[3]), plain(keys[3])]
    watch = Watch(server)
    logs_in(hop(server, Auth(AuthMethod.AGENT, key_fingerprint=plain(keys[4]))), known_hosts)
    assert watch.shown == [certified(keys[4])]


def test_a_certificate_beside_other_keys_of_the_agent_is_named_with_their_refusal(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path, authority: Authority, agent: SshAgent
) -> None:
    key, other = make_key(tmp_path), make_key(tmp_path, name="id_other")
    authority.sign_key(key, principals="somebody")
    agent.add(key, other)
    cause = cause_of(hop(server, Auth(AuthMethod.AGENT)), known_hosts)
    assert (cause.code, cause.fact("certificate")) == ("auth_rejected", "made for a test")
    authority.sign_key(key, principals="somebody", valid=LONG_OVER)
    agent.remove_all()
    agent.add(key, other)
    assert cause_of(hop(server, Auth(AuthMethod.AGENT)), known_hosts).code == "certificate_expired"


def test_a_key_of_the_agent_logs_in_with_a_named_certificate(
    server: OpenSshServer, known_hosts: Path, tmp_path: Path, authority: Authority, agent: SshAgent
) -> None:
    key, other = make_key(tmp_path), make_key(tmp_path, name="id_other")
    agent.add(other, key)
    named = authority.sign_key(key, principals=server.user)
    by_agent = Auth(AuthMethod.AGENT, key_fingerprint=plain(key), certificate_file=str(named))
    watch = Watch(server)
    logs_in(hop(server, by_agent), known_hosts)
    assert watch.shown == [certified(key)]
    unfit = Auth(AuthMethod.AGENT, key_fingerprint=plain(other), certificate_file=str(named))
    assert cause_of(hop(server, unfit), known_hosts).code == "certificate_mismatch"
