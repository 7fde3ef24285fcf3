"""Keys and certificates as ssh_config(5) names them, against a real sshd and beside a real ssh(1)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import pytest

from desktop.core.errors import AuthRejected, KeyUnreadable, PassphraseNeeded, PassphraseWrong
from desktop.core.key_offer_errors import (
    CertificateExpired,
    CertificateForOthers,
    CertificateMismatch,
    KeysMissing,
    KeysTooMany,
)
from desktop.core.model import Auth, AuthMethod, SecretKind
from desktop.core.plan import OfferedKeys
from tests.support.agents import SshAgent
from tests.support.certificates import LONG_OVER, Authority
from tests.support.keys import KeyFile, KeyForm, KeyKind, make_garbage, make_key
from tests.support.offers import TELLING, Watch, certified, plain
from tests.support.planned_login import JUMP_HOST, log_in
from tests.support.sshd import OpenSshServer
from tests.support.system_user import SystemUser

pytestmark = pytest.mark.usefixtures("agent")

PASSPHRASE = "correct horse battery staple"
MINE: dict[SecretKind | tuple[SecretKind, str], str] = {(SecretKind.KEY_PASSPHRASE, JUMP_HOST): PASSPHRASE}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(system_user: SystemUser, authority: Authority) -> Iterator[OpenSshServer]:
    """Lets those in whom the authority vouches for, and keys that a test authorizes."""
    trusted = f"TrustedUserCAKeys {authority.key.public_path}"
    with OpenSshServer(trusted, TELLING, "MaxAuthTries 30", user=system_user.name) as running:
        yield running


class Keys:
    """In one folder, each in another state; none of them opens anything."""

    def __init__(self, folder: Path, authority: Authority) -> None:
        self.folder = folder
        self._authority = authority
        self.first = make_key(folder, name="first")
        self.second = make_key(folder, KeyKind.ECDSA_256, name="second")

    @cached_property
    def noted(self) -> KeyFile:
        """With a certificate beside it."""
        key = make_key(self.folder, KeyKind.ECDSA_384, name="noted")
        self._authority.sign_key(key, principals="nobody-here")
        return key

    @property
    def certificate(self) -> Path:
        return self.noted.path.with_name("noted-cert.pub")

    @cached_property
    def locked(self) -> KeyFile:
        return make_key(self.folder, passphrase=PASSPHRASE, name="locked")

    @cached_property
    def bare(self) -> KeyFile:
        """Without a .pub file, but the public half is to be seen in the private one."""
        return _without_pub_file(make_key(self.folder, passphrase=PASSPHRASE, name="bare"))

    @cached_property
    def sealed(self) -> KeyFile:
        """Nothing tells its public half."""
        return _without_pub_file(
            make_key(self.folder, KeyKind.ECDSA_256, KeyForm.PEM, PASSPHRASE, name="sealed")
        )

    @cached_property
    def old(self) -> KeyFile:
        return _without_pub_file(make_key(self.folder, KeyKind.RSA, KeyForm.PEM, name="old", rsa_number=2))

    def way(
        self,
        *files: Path | KeyFile,
        certificates: tuple[Path, ...] = (),
        only_these: bool = False,
        asks_agent: bool = True,
    ) -> OfferedKeys:
        paths = tuple(str(each.path if isinstance(each, KeyFile) else each) for each in files)
        named = tuple(str(path) for path in certificates)
        return OfferedKeys(paths, named, asks_agent=asks_agent, only_these=only_these)


def _without_pub_file(key: KeyFile) -> KeyFile:
    key.public_path.unlink()
    return key


@pytest.fixture
def keys(tmp_path: Path, authority: Authority) -> Keys:
    return Keys(tmp_path, authority)


def offered_by_ssh(server: OpenSshServer, way: OfferedKeys) -> list[str]:
    options = [
        *(f"-oIdentityFile={path}" for path in way.identity_files),
        *(f"-oCertificateFile={path}" for path in way.certificate_files),
        *(["-oIdentitiesOnly=yes"] if way.only_these else []),
        *([] if way.asks_agent else ["-oIdentityAgent=none"]),
        *("-oBatchMode=yes", "-oStrictHostKeyChecking=no", "-oUserKnownHostsFile=/dev/null"),
        *("-oPreferredAuthentications=publickey", "-p", str(server.endpoint.port)),
    ]
    command = ["ssh", "-F", "none", *options, f"{server.user}@{server.endpoint.host}", "true"]
    watch = Watch(server)
    subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL, timeout=30)
    return watch.shown


def offered_by_us(server: OpenSshServer, way: OfferedKeys) -> list[str]:
    watch = Watch(server)
    with pytest.raises((AuthRejected, PassphraseNeeded, CertificateForOthers)):
        log_in(server, way)
    return watch.shown


def two_files_and_an_agent(keys: Keys, agent: SshAgent) -> OfferedKeys:
    agent.add(keys.old, keys.second)
    return keys.way(keys.first, keys.second)


def only_the_files(keys: Keys, agent: SshAgent) -> OfferedKeys:
    agent.add(keys.old, keys.second)
    return keys.way(keys.first, keys.second, only_these=True)


def the_agent_s_order(keys: Keys, agent: SshAgent) -> OfferedKeys:
    agent.add(keys.second, keys.first)
    return keys.way(keys.first, keys.second, only_these=True)


def certificate_beside_a_file(keys: Keys, agent: SshAgent) -> OfferedKeys:
    del agent
    return keys.way(keys.first, keys.noted, keys.second)


def certificate_beside_a_file_of_the_agent(keys: Keys, agent: SshAgent) -> OfferedKeys:
    agent.add(keys.first, keys.noted)
    return keys.way(keys.second, keys.noted)


def certificates_of_the_agent_alone(keys: Keys, agent: SshAgent) -> OfferedKeys:
    agent.add(keys.first, keys.noted)
    return keys.way(keys.second)


def named_certificate(keys: Keys, agent: SshAgent) -> OfferedKeys:
    agent.add(keys.first)
    return keys.way(keys.second, keys.noted, certificates=(keys.certificate,))


def named_certificate_of_a_key_in_the_agent(keys: Keys, agent: SshAgent) -> OfferedKeys:
    agent.add(keys.second, keys.noted)
    return keys.way(keys.first, certificates=(keys.certificate,), only_these=True)


def no_agent(keys: Keys, agent: SshAgent) -> OfferedKeys:
    agent.add(keys.first, keys.second)
    return keys.way(keys.noted, keys.second, asks_agent=False)


def locked_files(keys: Keys, agent: SshAgent) -> OfferedKeys:
    agent.add(keys.second)
    return keys.way(keys.locked, keys.bare, keys.sealed, keys.first)


def old_forms_and_missing_files(keys: Keys, agent: SshAgent) -> OfferedKeys:
    del agent
    return keys.way(keys.folder / "gone", keys.old, keys.first, keys.old)


def public_halves(keys: Keys, agent: SshAgent) -> OfferedKeys:
    agent.add(keys.first, keys.second, keys.old)
    keys.second.path.unlink()
    return keys.way(keys.first.public_path, keys.second, only_these=True)


@pytest.mark.parametrize(
    "setting",
    [
        two_files_and_an_agent,
        only_the_files,
        the_agent_s_order,
        certificate_beside_a_file,
        certificate_beside_a_file_of_the_agent,
        certificates_of_the_agent_alone,
        named_certificate,
        named_certificate_of_a_key_in_the_agent,
        no_agent,
        locked_files,
        old_forms_and_missing_files,
        public_halves,
    ],
)
def test_keys_are_offered_in_the_order_of_ssh(
    server: OpenSshServer, keys: Keys, agent: SshAgent, setting: Callable[[Keys, SshAgent], OfferedKeys]
) -> None:
    way = setting(keys, agent)
    offered = offered_by_us(server, way)
    assert offered
    assert offered == offered_by_ssh(server, way)


@pytest.mark.usefixtures("ssh_kind")
def test_the_first_key_that_the_server_takes_logs_in(
    server: OpenSshServer, keys: Keys, agent: SshAgent
) -> None:
    agent.add(keys.old)
    server.authorize(keys.second)
    watch = Watch(server)
    login = log_in(server, keys.way(keys.first, keys.second, keys.noted))
    assert login.certificate == ""
    assert watch.shown == [plain(keys.old), plain(keys.first), plain(keys.second)]


@pytest.mark.usefixtures("ssh_kind")
def test_a_certificate_of_a_file_logs_in(
    server: OpenSshServer, tmp_path: Path, keys: Keys, authority: Authority
) -> None:
    key = make_key(tmp_path, KeyKind.RSA, name="id_me")
    named = authority.sign_key(key, principals=server.user)
    assert log_in(server, keys.way(keys.first, key)).certificate == "made for a test"
    assert log_in(server, keys.way(keys.first, key, certificates=(named,))).certificate == "made for a test"


@pytest.mark.usefixtures("ssh_kind")
def test_what_let_us_in_comes_first_the_next_time(server: OpenSshServer, keys: Keys, agent: SshAgent) -> None:
    agent.add(keys.old)
    server.authorize(keys.first)
    watch = Watch(server)
    log_in(server, keys.way(keys.second, keys.first), times=2)
    assert watch.logins == 2
    assert len(re.findall(r"^Failed publickey", watch.text, re.MULTILINE)) == 2


@pytest.mark.usefixtures("ssh_kind")
def test_a_passphrase_is_asked_for_only_where_no_other_key_logs_in(server: OpenSshServer, keys: Keys) -> None:
    way = keys.way(keys.locked, keys.first)
    server.authorize(keys.locked)
    with pytest.raises(PassphraseNeeded) as needed:
        log_in(server, way)
    assert needed.value.facts == {"path": str(keys.locked.path), "store": "", "login": JUMP_HOST}
    log_in(server, way, secrets=MINE)
    server.authorize(keys.first)
    log_in(server, way)


@pytest.mark.parametrize("name", ["bare", "sealed"])
@pytest.mark.usefixtures("ssh_kind")
def test_a_locked_key_without_its_pub_file_logs_in(server: OpenSshServer, keys: Keys, name: str) -> None:
    key: KeyFile = getattr(keys, name)
    server.authorize(key)
    with pytest.raises(PassphraseNeeded):
        log_in(server, keys.way(key))
    log_in(server, keys.way(key), secrets=MINE)


def test_no_passphrase_is_asked_for_a_key_that_the_server_would_not_take(
    server: OpenSshServer, keys: Keys
) -> None:
    with pytest.raises(AuthRejected):
        log_in(server, keys.way(keys.locked, keys.bare))


def test_a_passphrase_of_another_key_is_said_to_be_wrong(server: OpenSshServer, keys: Keys) -> None:
    server.authorize(keys.locked)
    with pytest.raises(PassphraseWrong) as wrong:
        log_in(
            server, keys.way(keys.locked), secrets=MINE | {(SecretKind.KEY_PASSPHRASE, JUMP_HOST): "other"}
        )
    assert wrong.value.facts == {"path": str(keys.locked.path), "login": JUMP_HOST}


def test_what_could_not_be_offered_is_named_with_the_refusal(server: OpenSshServer, keys: Keys) -> None:
    garbage = make_garbage(keys.folder)
    with pytest.raises(AuthRejected) as refused:
        log_in(server, keys.way(garbage, keys.first))
    assert refused.value.facts["passed_over"] == str(garbage)
    with pytest.raises(KeyUnreadable):
        log_in(server, keys.way(garbage))


def test_certificates_that_could_not_be_offered_are_told_where_nothing_else_was(
    server: OpenSshServer, keys: Keys, authority: Authority
) -> None:
    with pytest.raises(CertificateMismatch):
        log_in(server, keys.way(keys.first, certificates=(keys.certificate,)))
    stale = authority.sign_key(keys.first, principals=server.user, valid=LONG_OVER)
    watch = Watch(server)
    with pytest.raises(CertificateExpired) as expired:
        log_in(server, keys.way(keys.first, keys.second))
    assert expired.value.facts["certificate"] == str(stale)
    assert watch.shown == [plain(keys.first), plain(keys.second), certified(keys.first)]


@pytest.mark.usefixtures("ssh_kind")
def test_a_server_that_has_enough_of_keys_says_how_many_there_are(
    system_user: SystemUser, keys: Keys, agent: SshAgent
) -> None:
    agent.add(keys.old)
    with (
        OpenSshServer("MaxAuthTries 2", user=system_user.name) as strict,
        pytest.raises(KeysTooMany) as many,
    ):
        log_in(strict, keys.way(keys.first, keys.second, keys.noted))
    assert many.value.facts["held"] == "5"


@pytest.mark.usefixtures("ssh_kind")
def test_after_the_keys_comes_the_next_way(
    server: OpenSshServer, keys: Keys, authority: Authority, system_user: SystemUser
) -> None:
    if not system_user.password:
        pytest.skip("nobody knows the password of this account")
    authority.sign_key(keys.first, principals=server.user, valid=LONG_OVER)
    ways = (keys.way(keys.first), Auth(AuthMethod.PASSWORD))
    secrets = MINE | {(SecretKind.SSH_PASSWORD, JUMP_HOST): system_user.password}
    login = log_in(server, *ways, secrets=secrets)
    assert login.certificate == ""
    gone = keys.way(keys.folder / "gone")
    log_in(server, gone, ways[1], secrets=secrets)


def test_nothing_to_offer_is_said_before_the_server_hears_of_it(
    server: OpenSshServer, keys: Keys, agent: SshAgent
) -> None:
    connections = server.count_connections()
    gone = keys.folder / "gone"
    with pytest.raises(KeysMissing) as missing:
        log_in(server, keys.way(gone))
    assert missing.value.facts == {"looked_at": str(gone), "agent": "empty"}
    agent.add(keys.first)
    with pytest.raises(KeysMissing):
        log_in(server, keys.way(gone, only_these=True))
    assert server.count_connections() == connections
