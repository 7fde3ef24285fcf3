"""Several ways to log in, of which some fail by themselves, and servers that want several keys: a real sshd's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.errors import (
    AgentRefused,
    AuthMethodMissing,
    AuthRejected,
    PassphraseNeeded,
    PasswordNeeded,
)
from desktop.core.model import Auth, AuthMethod, SecretKind
from desktop.core.plan import OfferedKeys
from tests.support.agents import AgentInFront, SshAgent, agent_in_front
from tests.support.keys import KeyFile, KeyKind, make_key
from tests.support.offers import TELLING, Watch, plain
from tests.support.planned_login import JUMP_HOST, log_in
from tests.support.sshd import OpenSshServer
from tests.support.system_user import SystemUser

pytestmark = pytest.mark.usefixtures("ssh_kind")

PASSWORD = Auth(AuthMethod.PASSWORD)
OF_AGENT = OfferedKeys()
_PASSWORD_SLOT = (SecretKind.SSH_PASSWORD, JUMP_HOST)


@pytest.fixture(scope="module")
def server(system_user: SystemUser) -> Iterator[OpenSshServer]:
    if not system_user.password:
        pytest.skip("nobody knows the password of this account")
    with OpenSshServer(TELLING, "PasswordAuthentication yes", user=system_user.name) as running:
        yield running


@pytest.fixture(scope="module")
def strict(system_user: SystemUser) -> Iterator[OpenSshServer]:
    """Wants two keys."""
    with OpenSshServer(
        TELLING, "AuthenticationMethods publickey,publickey", user=system_user.name
    ) as running:
        yield running


@pytest.fixture
def unwilling(agent: SshAgent, server: OpenSshServer, key: KeyFile) -> Iterator[AgentInFront]:
    """Has a key that `server` takes, and does not sign with it; it has to be named."""
    agent.add(key)
    server.authorize(key)
    with agent_in_front(agent.socket_path) as running:
        running.refuses = True
        yield running


def keys_of(agent: AgentInFront) -> OfferedKeys:
    return OfferedKeys(agent=str(agent.socket_path))


def saved(password: str) -> dict[tuple[SecretKind, str], str]:
    return {_PASSWORD_SLOT: password}


def test_the_password_follows_an_agent_that_does_not_sign(
    server: OpenSshServer, unwilling: AgentInFront, system_user: SystemUser
) -> None:
    before = server.count_logins("password")
    log_in(server, keys_of(unwilling), PASSWORD, secrets=saved(system_user.password), times=2)
    server.expect_logins(before + 2, "password")


def test_a_key_file_follows_another_agent_that_does_not_sign(
    server: OpenSshServer, unwilling: AgentInFront, tmp_path: Path
) -> None:
    own = make_key(tmp_path, KeyKind.ECDSA_256, name="own")
    server.authorize(own)
    log_in(server, keys_of(unwilling), OfferedKeys((str(own.path),), asks_agent=False))


def test_what_failed_by_itself_is_told_where_nothing_else_lets_us_in(
    server: OpenSshServer, unwilling: AgentInFront, tmp_path: Path
) -> None:
    stranger = make_key(tmp_path, name="stranger")
    with pytest.raises(AgentRefused):
        log_in(server, keys_of(unwilling), OfferedKeys((str(stranger.path),), asks_agent=False))
    with pytest.raises(PasswordNeeded):
        log_in(server, keys_of(unwilling), PASSWORD)


def test_a_password_that_was_refused_is_told_before_the_agent_s_trouble(
    server: OpenSshServer, unwilling: AgentInFront
) -> None:
    failures = server.count_failures("password")
    with pytest.raises(AuthRejected) as refused:
        log_in(server, keys_of(unwilling), PASSWORD, secrets=saved("wrong"))
    assert refused.value.facts["method"] == "password"
    server.expect_failures(failures + 1, "password")


def test_a_password_that_nobody_saved_is_asked_for_only_where_no_key_lets_us_in(
    server: OpenSshServer, agent: SshAgent, tmp_path: Path
) -> None:
    good, stranger = make_key(tmp_path, name="good"), make_key(tmp_path, name="stranger")
    server.authorize(good)
    agent.add(good)
    log_in(server, PASSWORD, OF_AGENT)
    agent.remove_all()
    agent.add(stranger)
    with pytest.raises(PasswordNeeded):
        log_in(server, PASSWORD, OF_AGENT)


def test_a_passphrase_is_asked_for_unless_a_saved_password_does_without_it(
    server: OpenSshServer, system_user: SystemUser, tmp_path: Path
) -> None:
    locked = make_key(tmp_path, name="locked", passphrase="correct horse battery staple")
    server.authorize(locked)
    keys = OfferedKeys((str(locked.path),), asks_agent=False)
    with pytest.raises(PassphraseNeeded):
        log_in(server, keys, PASSWORD)
    log_in(server, keys, PASSWORD, secrets=saved(system_user.password))


def test_a_server_that_wants_two_keys_gets_two_of_the_agent(
    strict: OpenSshServer, agent: SshAgent, tmp_path: Path
) -> None:
    stranger, first, second = (make_key(tmp_path, name=name) for name in ("stranger", "first", "second"))
    strict.authorize(first, second)
    agent.add(stranger, first, second)
    watch = Watch(strict)
    # The second login knows which ones it takes.
    log_in(strict, OF_AGENT, times=2)
    assert watch.logins == 2
    assert watch.offered == [plain(stranger), plain(second)]
    assert watch.text.count(f"Partial publickey for {strict.user}") == 2
    assert watch.text.count(f"Failed publickey for {strict.user}") == 1


def test_a_server_that_wants_two_keys_gets_two_of_the_files(strict: OpenSshServer, tmp_path: Path) -> None:
    first, second = (make_key(tmp_path, name=name) for name in ("first", "second"))
    strict.authorize(first, second)
    log_in(strict, OfferedKeys((str(first.path), str(second.path)), asks_agent=False))


def test_one_chosen_key_is_not_shown_twice_to_a_server_that_wants_two(
    strict: OpenSshServer, key: KeyFile
) -> None:
    strict.authorize(key)
    watch = Watch(strict)
    with pytest.raises(AuthMethodMissing) as missing:
        log_in(strict, Auth(AuthMethod.KEY_FILE, str(key.path)))
    assert (missing.value.facts["method"], missing.value.facts["offered"]) == ("key-file", "publickey")
    assert "Failed publickey" not in watch.text
