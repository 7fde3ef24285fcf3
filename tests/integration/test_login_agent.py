"""Keys of real SSH agents, against a real sshd that tells which keys it was offered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import Auth, AuthMethod, Hop
from desktop.ssh import agent as agent_module
from desktop.ssh import key_offer
from tests.support.agents import (
    AgentInFront,
    SshAgent,
    agent_in_front,
    blob_of,
    gpg_agent,
    gpg_is_missing,
    security_key_blob,
)
from tests.support.dialling import cause_of, dialling
from tests.support.keys import KeyFile, KeyKind, make_key
from tests.support.offers import TELLING, Watch
from tests.support.sshd import OpenSshServer
from tests.support.stage import attempt, fingerprint_of
from tests.support.system_user import SystemUser

SIX = (
    KeyKind.ED25519,
    KeyKind.ECDSA_256,
    KeyKind.RSA,
    KeyKind.ECDSA_384,
    KeyKind.ED25519,
    KeyKind.ECDSA_521,
)


@pytest.fixture(scope="module")
def server(system_user: SystemUser) -> Iterator[OpenSshServer]:
    """Takes any key a test authorizes, and five others before it."""
    with OpenSshServer(TELLING, "MaxAuthTries 6", user=system_user.name) as running:
        yield running


@pytest.fixture
def six_keys(tmp_path: Path) -> tuple[KeyFile, ...]:
    # The RSA key is one that no test authorizes: a run has few of them.
    return tuple(
        make_key(tmp_path, kind, name=f"id_{number}", rsa_number=2) for number, kind in enumerate(SIX)
    )


@pytest.fixture
def front(agent: SshAgent) -> Iterator[AgentInFront]:
    """Stands before `agent`; it has to be named."""
    with agent_in_front(agent.socket_path, security_key_blob()) as running:
        yield running


def by_agent(server: OpenSshServer, key: KeyFile | None = None, agent: Path | None = None) -> Hop:
    chosen = "" if key is None else fingerprint_of(key.public_line)
    auth = Auth(AuthMethod.AGENT, key_fingerprint=chosen, agent="" if agent is None else str(agent))
    return Hop(server.endpoint.host, server.user, server.endpoint.port, auth)


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.usefixtures("ssh_kind")
def test_a_key_of_the_agent_logs_in(
    server: OpenSshServer, known_hosts: Path, agent: SshAgent, tmp_path: Path, kind: KeyKind
) -> None:
    key = make_key(tmp_path, kind)
    server.authorize(key)
    agent.add(key)
    watch = Watch(server)
    with attempt(by_agent(server), known_hosts) as outcome:
        assert outcome.logged_in(), outcome.cause
    assert watch.offered == [fingerprint_of(key.public_line)]


@pytest.mark.usefixtures("ssh_kind")
def test_of_six_keys_only_the_chosen_one_is_offered(
    server: OpenSshServer, known_hosts: Path, agent: SshAgent, six_keys: tuple[KeyFile, ...]
) -> None:
    agent.add(*six_keys)
    server.authorize(six_keys[4])
    watch = Watch(server)
    with attempt(by_agent(server, six_keys[4]), known_hosts) as outcome:
        assert outcome.logged_in(), outcome.cause
    assert watch.offered == [fingerprint_of(six_keys[4].public_line)]


@pytest.mark.usefixtures("ssh_kind")
def test_without_a_choice_keys_are_offered_in_the_agent_s_order_until_one_is_taken(
    server: OpenSshServer, known_hosts: Path, agent: SshAgent, six_keys: tuple[KeyFile, ...]
) -> None:
    agent.add(*six_keys)
    server.authorize(six_keys[3])
    watch = Watch(server)
    with attempt(by_agent(server), known_hosts) as outcome:
        assert outcome.logged_in(), outcome.cause
    assert watch.offered == [fingerprint_of(key.public_line) for key in six_keys[:4]]


@pytest.mark.usefixtures("ssh_kind")
def test_a_server_that_takes_no_rsa_keys_is_offered_the_others(
    system_user: SystemUser, tmp_path: Path, agent: SshAgent, six_keys: tuple[KeyFile, ...]
) -> None:
    rsa, ecdsa = six_keys[2:4]
    agent.add(rsa, ecdsa)
    settings = "PubkeyAcceptedAlgorithms ecdsa-sha2-nistp384"
    with OpenSshServer(settings, user=system_user.name, keys=[rsa, ecdsa]) as strict:
        path = tmp_path / "known_hosts of the strict one"
        path.write_text(strict.known_hosts_line())
        with attempt(by_agent(strict), path) as outcome:
            assert outcome.logged_in(), outcome.cause


def test_nothing_is_signed_with_a_key_that_the_server_would_not_take(
    server: OpenSshServer,
    known_hosts: Path,
    agent: SshAgent,
    front: AgentInFront,
    six_keys: tuple[KeyFile, ...],
) -> None:
    agent.add(*six_keys)
    server.authorize(six_keys[3])
    with attempt(by_agent(server, agent=front.socket_path), known_hosts) as outcome:
        assert outcome.logged_in(), outcome.cause
    assert front.signed == [blob_of(six_keys[3])]


@pytest.mark.skipif(gpg_is_missing(), reason="needs gpg and gpg-agent")
def test_a_key_of_gpg_agent_logs_in(
    server: OpenSshServer, known_hosts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gpg_agent() as agent:
        server.authorize(agent.key)
        with attempt(by_agent(server, agent=agent.socket_path), known_hosts) as outcome:
            assert outcome.logged_in(), outcome.cause
        # Found by itself as well, where it keeps its socket in its own folder.
        monkeypatch.setenv("GNUPGHOME", str(agent.socket_path.parent))
        with attempt(by_agent(server, agent.key), known_hosts) as outcome:
            assert outcome.logged_in(), outcome.cause


@pytest.mark.usefixtures("ssh_kind")
def test_a_server_that_takes_none_of_the_keys_refuses_the_login_once(
    server: OpenSshServer, known_hosts: Path, agent: SshAgent, six_keys: tuple[KeyFile, ...]
) -> None:
    agent.add(*six_keys[:3])
    watch = Watch(server)
    cause = cause_of(by_agent(server), known_hosts)
    assert (cause.code, cause.fact("method")) == ("auth_rejected", "agent")
    assert watch.offered == [fingerprint_of(key.public_line) for key in six_keys[:3]]


@pytest.mark.usefixtures("ssh_kind")
def test_a_server_that_has_enough_of_keys_is_told_from_one_that_refuses_them(
    system_user: SystemUser,
    tmp_path: Path,
    agent: SshAgent,
    six_keys: tuple[KeyFile, ...],
) -> None:
    agent.add(*six_keys)
    with OpenSshServer("MaxAuthTries 3", user=system_user.name, keys=[six_keys[5]]) as strict:
        path = tmp_path / "known_hosts of the strict one"
        path.write_text(strict.known_hosts_line())
        cause = cause_of(by_agent(strict), path)
        assert (cause.code, cause.fact("held")) == ("agent_keys_too_many", "6")
        with attempt(by_agent(strict, six_keys[5]), path) as outcome:
            assert outcome.logged_in(), outcome.cause


def test_an_agent_that_is_gone_is_said_to_be(
    server: OpenSshServer, known_hosts: Path, agent: SshAgent
) -> None:
    agent.stop()
    cause = cause_of(by_agent(server), known_hosts)
    assert cause.code == "agent_unavailable"
    assert dict(cause.facts) == {"agent": "", "trouble": "not-found", "hop": "0"}
    cause = cause_of(by_agent(server, agent=agent.socket_path), known_hosts)
    assert cause.code == "agent_unavailable"
    assert dict(cause.facts) == {"agent": str(agent.socket_path), "trouble": "gone", "hop": "0"}


def test_a_locked_agent_is_said_to_be_empty_or_locked(
    server: OpenSshServer, known_hosts: Path, agent: SshAgent, six_keys: tuple[KeyFile, ...]
) -> None:
    agent.add(*six_keys)
    agent.lock()
    for hop in (by_agent(server), by_agent(server, six_keys[0])):
        cause = cause_of(hop, known_hosts)
        assert (cause.code, cause.fact("trouble")) == ("agent_unavailable", "empty")


def test_a_chosen_key_that_left_the_agent_is_named(
    server: OpenSshServer, known_hosts: Path, agent: SshAgent, six_keys: tuple[KeyFile, ...]
) -> None:
    agent.add(*six_keys[1:])
    cause = cause_of(by_agent(server, six_keys[0]), known_hosts)
    assert (cause.code, cause.fact("fingerprint")) == (
        "agent_key_missing",
        fingerprint_of(six_keys[0].public_line),
    )


def test_a_security_key_is_passed_over(
    server: OpenSshServer,
    known_hosts: Path,
    agent: SshAgent,
    front: AgentInFront,
    six_keys: tuple[KeyFile, ...],
) -> None:
    agent.add(six_keys[0])
    server.authorize(six_keys[0])
    watch = Watch(server)
    with attempt(by_agent(server, agent=front.socket_path), known_hosts) as outcome:
        assert outcome.logged_in(), outcome.cause
    assert watch.offered == [fingerprint_of(six_keys[0].public_line)]


def test_an_agent_with_nothing_but_a_security_key_is_of_no_use(
    server: OpenSshServer, known_hosts: Path, front: AgentInFront
) -> None:
    cause = cause_of(by_agent(server, agent=front.socket_path), known_hosts)
    assert (cause.code, cause.fact("trouble")) == ("agent_unavailable", "unusable")


@pytest.mark.usefixtures("ssh_kind")
def test_an_agent_that_refuses_to_sign_ends_the_login(
    server: OpenSshServer,
    known_hosts: Path,
    agent: SshAgent,
    front: AgentInFront,
    six_keys: tuple[KeyFile, ...],
) -> None:
    agent.add(six_keys[0])
    server.authorize(six_keys[0])
    front.refuses = True
    cause = cause_of(by_agent(server, agent=front.socket_path), known_hosts)
    assert (cause.code, cause.fact("key")) == ("agent_refused", str(six_keys[0].path))


@pytest.mark.usefixtures("ssh_kind")
def test_an_agent_that_never_signs_is_given_up(
    server: OpenSshServer,
    known_hosts: Path,
    agent: SshAgent,
    front: AgentInFront,
    six_keys: tuple[KeyFile, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agent.add(six_keys[0])
    server.authorize(six_keys[0])
    front.silent = 13
    monkeypatch.setattr(key_offer, "SIGN_TIMEOUT_S", 0.2)
    cause = cause_of(by_agent(server, agent=front.socket_path), known_hosts)
    assert (cause.code, cause.fact("trouble")) == ("agent_unavailable", "silent")


def test_an_agent_that_never_lists_its_keys_is_given_up(
    server: OpenSshServer,
    known_hosts: Path,
    front: AgentInFront,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    front.silent = 11
    monkeypatch.setattr(agent_module, "LIST_TIMEOUT_S", 0.2)
    cause = cause_of(by_agent(server, agent=front.socket_path), known_hosts)
    assert (cause.code, cause.fact("trouble")) == ("agent_unavailable", "silent")


@pytest.mark.parametrize("silent", [11, 13], ids=["lists", "signs"])
@pytest.mark.usefixtures("ssh_kind")
def test_a_login_is_called_off_while_the_agent_asks_the_person(
    server: OpenSshServer,
    known_hosts: Path,
    agent: SshAgent,
    front: AgentInFront,
    six_keys: tuple[KeyFile, ...],
    silent: int,
) -> None:
    agent.add(six_keys[0])
    server.authorize(six_keys[0])
    front.silent = silent
    with dialling(by_agent(server, agent=front.socket_path), known_hosts) as (session, outcome):
        assert front.asked.wait(10)
        session.abort()
        outcome.wait_for_end()
        assert outcome.cause is None


@pytest.mark.parametrize(("asked_after_s", "again"), [(60.0, True), (0.0, False)], ids=["program", "person"])
def test_a_second_login_is_made_unasked_only_where_no_person_was_asked(
    server: OpenSshServer,
    known_hosts: Path,
    agent: SshAgent,
    six_keys: tuple[KeyFile, ...],
    monkeypatch: pytest.MonkeyPatch,
    asked_after_s: float,
    again: bool,
) -> None:
    monkeypatch.setattr(key_offer, "_ASKED_AFTER_S", asked_after_s)
    agent.add(six_keys[0])
    server.authorize(six_keys[0])
    with dialling(by_agent(server), known_hosts) as (session, outcome):
        assert outcome.logged_in(), outcome.cause
        assert session.may_log_in_again is again
