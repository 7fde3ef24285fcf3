"""What a server takes, asked without a login, and what a login would try, told without the server."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from desktop.core.login_preview import Keeping, LoginPreview, Offer, ServerMethods, TypedSecrets
from desktop.core.model import Auth, AuthMethod, Connection, Endpoint, Forward, Hop, Route, SecretKind
from desktop.core.plan import OfferedKeys, Plan, PlannedHop, Trust, plan_of
from desktop.core.ports import Planner
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.logins import SshLogins
from tests.support.agents import ssh_agent
from tests.support.bastion import FaultyBastion
from tests.support.certificates import LONG_OVER, Authority
from tests.support.echo import TcpService
from tests.support.keys import KeyFile, make_key
from tests.support.sshd import OpenSshServer
from tests.support.stage import Secrets, StandInSource, fingerprint_of
from tests.support.system_user import SystemUser
from tests.support.waiting import wait_until

T = TypeVar("T")
TIMEOUT_S = 20.0


def logins(known_hosts: Path) -> SshLogins:
    return SshLogins(plan_of, KnownHosts(known_hosts), lambda _id: StandInSource({}))


def connection(*hops: Hop) -> Connection:
    return Connection("orders", Route(hops), Forward(Endpoint("db", 5432)))


def asked(known_hosts: Path, *hops: Hop) -> ServerMethods:
    answers: queue.SimpleQueue[ServerMethods] = queue.SimpleQueue()
    question = logins(known_hosts).ask(connection(*hops), answers.put)
    try:
        return answers.get(timeout=TIMEOUT_S)
    finally:
        question.stop()


def looked_at(hop: Hop, secrets: Secrets | None = None, typed: TypedSecrets = frozenset()) -> list[Offer]:
    return previewed(lambda _route, _check=None: plan_of(Route((hop,))), secrets, typed)


def previewed(
    planner: Planner, secrets: Secrets | None = None, typed: TypedSecrets = frozenset()
) -> list[Offer]:
    """What the one server of a plan will be offered."""
    told: queue.SimpleQueue[LoginPreview] = queue.SimpleQueue()
    source = StandInSource(secrets or {})
    desk = SshLogins(planner, KnownHosts(Path("none")), lambda _id: source)
    look = desk.look(connection(Hop("b", "ada")), typed, told.put)
    try:
        (offers,) = (each.offers for each in told.get(timeout=TIMEOUT_S).hops)
        return list(offers)
    finally:
        look.stop()


def user_at(server: OpenSshServer, user: str = "") -> Hop:
    return Hop(server.endpoint.host, user or server.user, server.endpoint.port)


@pytest.fixture
def strict(system_user: SystemUser) -> Iterator[OpenSshServer]:
    methods = "AuthenticationMethods publickey,password publickey,publickey"
    with OpenSshServer(methods, user=system_user.name) as running:
        yield running


def test_a_server_says_what_it_begins_with_and_nobody_is_logged_in(
    strict: OpenSshServer, tmp_path: Path, ssh_kind: str
) -> None:
    (tmp_path / "known").write_text(strict.known_hosts_line())
    answer = asked(tmp_path / "known", user_at(strict))
    assert (answer.methods, answer.lets_in, answer.is_bastion, answer.cause) == (
        ("publickey",),
        False,
        True,
        None,
    ), ssh_kind
    assert (strict.count_logins(), strict.count_failures()) == (0, 0)


def test_several_methods_are_told_and_a_user_that_is_not_there_gets_the_same(
    server: OpenSshServer, known_hosts: Path
) -> None:
    answer = asked(known_hosts, user_at(server))
    assert set(answer.methods) == {"publickey", "password"}
    assert set(asked(known_hosts, user_at(server, "nobody-here")).methods) == {"publickey", "password"}


def test_what_stands_behind_the_first_server_is_not_asked(server: OpenSshServer, known_hosts: Path) -> None:
    answer = asked(known_hosts, user_at(server), Hop("inner.invalid", "ada"))
    assert (answer.is_bastion, answer.endpoint) == (False, server.endpoint)
    assert answer.methods


def test_a_server_that_nobody_knows_is_not_asked_and_not_trusted(
    server: OpenSshServer, tmp_path: Path
) -> None:
    known = tmp_path / "own"
    answer = asked(known, user_at(server))
    assert answer.cause is not None
    assert answer.cause.code == "host_key_unknown"
    assert answer.cause.fact("fingerprint") == fingerprint_of(server.host_key())
    assert not known.exists()


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    answer = asked(tmp_path / "known", Hop("127.0.0.1", "ada", 1))
    assert answer.cause is not None
    assert answer.cause.code == "bastion_refused"


def test_a_server_s_odd_words_are_kept_short(tmp_path: Path) -> None:
    with FaultyBastion(methods=["publickey", "x" * 500, "bell\x07"]) as bastion:
        known = tmp_path / "known"
        known.write_text(f"[{bastion.endpoint.host}]:{bastion.endpoint.port} {bastion.host_key}\n")
        answer = asked(known, Hop(bastion.endpoint.host, "ada", bastion.endpoint.port))
    assert answer.methods == ("publickey", "x" * 64, "bell.")


def test_a_question_to_a_silent_server_ends_at_once_when_it_is_stopped(tmp_path: Path) -> None:
    held = threading.Event()

    def say_nothing(client: socket.socket) -> None:
        held.wait(TIMEOUT_S)
        client.close()

    with TcpService(say_nothing) as service:
        answers: list[ServerMethods] = []
        hop = Hop(service.endpoint.host, "ada", service.endpoint.port)
        question = logins(tmp_path / "known").ask(connection(hop), answers.append)
        wait_until(lambda: service.accepted == 1)
        question.stop()
        question.stop()
        held.set()
    assert answers == []


def test_a_key_file_is_told_with_its_public_half_and_its_certificate(tmp_path: Path) -> None:
    key = make_key(tmp_path, name="plain")
    beside = Authority(tmp_path).sign_key(key, principals="ada")
    certified, plain = looked_at(Hop("b", "ada", auth=Auth(AuthMethod.KEY_FILE, str(key.path))))
    for offer in (certified, plain):
        assert offer.identity is not None
        assert offer.identity.fingerprint == fingerprint_of(key.public_line)
    assert (certified.certificate, certified.secret, certified.cause) == (
        str(beside),
        Keeping.NOT_NEEDED,
        None,
    )
    assert plain.certificate == ""


def test_a_certificate_that_will_hardly_help_is_told(tmp_path: Path) -> None:
    key = make_key(tmp_path)
    Authority(tmp_path).sign_key(key, principals="ada", valid=LONG_OVER)
    offers = looked_at(Hop("b", "ada", auth=Auth(AuthMethod.KEY_FILE, str(key.path))))
    assert [offer.cause.code for offer in offers if offer.cause] == ["certificate_expired"]


def test_an_encrypted_key_with_a_certificate_needs_no_passphrase_to_be_told(tmp_path: Path) -> None:
    key = make_key(tmp_path, passphrase="sesame")
    beside = Authority(tmp_path).sign_key(key, principals="ada")
    offers = looked_at(Hop("b", "ada", auth=Auth(AuthMethod.KEY_FILE, str(key.path))))
    assert [(offer.certificate, offer.secret) for offer in offers] == [
        (str(beside), Keeping.NOWHERE),
        ("", Keeping.NOWHERE),
    ]


def test_keys_of_ssh_config_are_told_in_ssh_s_order(tmp_path: Path) -> None:
    keys = [make_key(tmp_path, name=name) for name in ("held", "other", "file")]
    held, other, file = (fingerprint_of(key.public_line) for key in keys)
    with ssh_agent(keys[1], keys[0]) as agent:
        files = (str(keys[2].path), str(keys[0].path), str(tmp_path / "none"))
        way = OfferedKeys(files, agent=str(agent.socket_path))
        hop = PlannedHop(Endpoint("b", 22), "ada", (way,), Trust("b"))
        offers = previewed(lambda _route, _check=None: Plan((hop,)))
    assert [offer.identity.fingerprint for offer in offers if offer.identity] == [held, other, file]
    assert [offer.method for offer in offers][-1] is AuthMethod.KEY_FILE


@pytest.mark.parametrize(
    ("secrets", "typed", "keeping"),
    [
        ({}, False, Keeping.NOWHERE),
        ({SecretKind.KEY_PASSPHRASE: "sesame"}, False, Keeping.IN_KEYRING),
        ({}, True, Keeping.TYPED),
    ],
)
def test_an_encrypted_key_tells_where_its_passphrase_is(
    tmp_path: Path, secrets: dict[SecretKind, str], typed: bool, keeping: Keeping
) -> None:
    key = make_key(tmp_path, passphrase="sesame")
    hop = Hop("b", "ada", auth=Auth(AuthMethod.KEY_FILE, str(key.path)))
    given = frozenset({(SecretKind.KEY_PASSPHRASE, "")}) if typed else frozenset()
    (offer,) = looked_at(hop, secrets, given)
    assert (offer.secret, offer.cause) == (keeping, None)


def test_a_file_that_is_missing_is_told_and_so_is_a_missing_certificate(tmp_path: Path) -> None:
    (offer,) = looked_at(Hop("b", "ada", auth=Auth(AuthMethod.KEY_FILE, str(tmp_path / "none"))))
    assert offer.cause is not None
    assert offer.cause.code == "key_unreadable"
    key = make_key(tmp_path)
    auth = Auth(AuthMethod.KEY_FILE, str(key.path), certificate_file=str(tmp_path / "cert"))
    (offer,) = looked_at(Hop("b", "ada", auth=auth))
    assert offer.cause is not None
    assert (offer.cause.code, offer.cause.fact("certificate")) == (
        "certificate_unreadable",
        str(tmp_path / "cert"),
    )


def test_an_agent_s_keys_are_told_in_its_order_or_the_chosen_one_alone(tmp_path: Path) -> None:
    keys: list[KeyFile] = [make_key(tmp_path, name=name) for name in ("one", "two", "three")]
    marks = [fingerprint_of(key.public_line) for key in keys]
    with ssh_agent(*keys) as agent:
        auth = Auth(AuthMethod.AGENT, agent=str(agent.socket_path))
        offers = looked_at(Hop("b", "ada", auth=auth))
        assert [offer.identity.fingerprint for offer in offers if offer.identity] == marks
        chosen = Auth(AuthMethod.AGENT, key_fingerprint=marks[1], agent=str(agent.socket_path))
        (offer,) = looked_at(Hop("b", "ada", auth=chosen))
        assert offer.identity is not None
        assert offer.identity.fingerprint == marks[1]
        absent = Auth(AuthMethod.AGENT, key_fingerprint=f"SHA256:{'x' * 43}", agent=str(agent.socket_path))
        (offer,) = looked_at(Hop("b", "ada", auth=absent))
        assert offer.cause is not None
        assert offer.cause.code == "agent_key_missing"
    (offer,) = looked_at(Hop("b", "ada", auth=Auth(AuthMethod.AGENT, agent=str(tmp_path / "gone"))))
    assert offer.cause is not None
    assert offer.cause.code == "agent_unavailable"
