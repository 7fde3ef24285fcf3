"""One-time codes by PAM, and several methods in a row, against a real sshd with an OTP module."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.challenge import LONGEST_BANNER, Challenge
from desktop.core.model import Auth, AuthMethod, Hop, Route, SecretKind
from desktop.core.ports import DialRequest
from desktop.ssh import login_banner
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.session import SshDialer, SshSession
from tests.support.keys import KeyFile, make_key
from tests.support.otp_server import (
    CODE,
    CODE_OR_PASSWORD,
    PASSWORD,
    Token,
    count_codes_asked,
    otp_is_missing,
    otp_server,
)
from tests.support.otp_server import server as server
from tests.support.otp_server import token as token
from tests.support.sshd import OpenSshServer
from tests.support.stage import Outcome, Secrets, StandInSource
from tests.support.system_user import SystemUser, throw_away_user

pytestmark = [
    pytest.mark.skipif(bool(otp_is_missing()), reason=otp_is_missing()),
    pytest.mark.usefixtures("ssh_kind"),
]

ASK_ME = Auth(AuthMethod.INTERACTIVE)
PASSWORD_KIND = SecretKind.SSH_PASSWORD


@pytest.fixture(scope="module")
def system_user() -> Iterator[SystemUser]:
    # Shorter than a code; see CODE_OR_PASSWORD.
    with throw_away_user("s3cret7") as made:
        yield made


@contextlib.contextmanager
def dialled(
    server: OpenSshServer, auth: Auth, tmp_path: Path, secrets: Secrets | None = None
) -> Iterator[tuple[SshSession, Outcome]]:
    known_hosts = tmp_path / "known_hosts of the one that asks"
    known_hosts.write_text(server.known_hosts_line())
    outcome = Outcome()
    route = Route((Hop(server.endpoint.host, server.user, server.endpoint.port, auth),))
    session = SshDialer(KnownHosts(known_hosts)).dial(
        DialRequest(1, route, StandInSource(secrets or {})), outcome
    )
    assert isinstance(session, SshSession)
    try:
        yield session, outcome
    finally:
        session.abort()
        outcome.wait_for_end()


def give(session: SshSession, outcome: Outcome, answer: str) -> Challenge:
    asked = outcome.wait_for_question()
    session.answer(asked.number, [answer])
    return asked


def test_a_code_logs_in(server: OpenSshServer, token: Token, tmp_path: Path) -> None:
    with dialled(server, ASK_ME, tmp_path) as (session, outcome):
        asked = give(session, outcome, token.code())
        assert outcome.logged_in(), outcome.cause
        assert not session.may_log_in_again
    assert (asked.user, asked.host) == (server.user, server.endpoint.host)
    assert [(each.text.startswith("One-time password"), each.shown) for each in asked.prompts] == [
        (True, False)
    ]


def test_a_wrong_code_is_tried_once_and_what_else_the_server_takes_is_known(
    server: OpenSshServer, tmp_path: Path
) -> None:
    asked_before = count_codes_asked(server)
    with dialled(server, ASK_ME, tmp_path, {PASSWORD_KIND: "not for codes"}) as (session, outcome):
        give(session, outcome, "00000000")
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert (outcome.cause.code, outcome.cause.retryable) == ("challenge_rejected", False)
    assert outcome.cause.fact("offered") == "publickey, password, keyboard-interactive"
    assert count_codes_asked(server) == asked_before + 1


def test_an_abort_wakes_a_login_that_waits_for_the_person(server: OpenSshServer, tmp_path: Path) -> None:
    with dialled(server, ASK_ME, tmp_path) as (session, outcome):
        outcome.wait_for_question()
        session.abort()
        assert not outcome.logged_in()
    assert outcome.cause is None


def test_where_there_is_nobody_to_ask_it_is_said(server: OpenSshServer, tmp_path: Path) -> None:
    with dialled(server, ASK_ME, tmp_path) as (session, outcome):
        session.answer(outcome.wait_for_question().number, None)
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert outcome.cause.code == "challenge_unattended"


def test_a_server_that_does_not_wait_any_longer_is_noticed_while_the_question_stands(
    system_user: SystemUser, token: Token, tmp_path: Path
) -> None:
    with (
        otp_server(system_user, token, "LoginGraceTime 2") as hasty,
        dialled(hasty, ASK_ME, tmp_path) as (_, outcome),
    ):
        outcome.wait_for_question()
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert (outcome.cause.code, outcome.cause.retryable) == ("challenge_expired", False)
    assert int(outcome.cause.fact("after_s")) in (1, 2)


def test_a_saved_password_answers_its_own_question_and_the_person_the_other(
    system_user: SystemUser, token: Token, tmp_path: Path
) -> None:
    with otp_server(system_user, token, asks=[PASSWORD, CODE]) as both:
        with dialled(both, ASK_ME, tmp_path, {PASSWORD_KIND: system_user.password}) as (session, outcome):
            give(session, outcome, token.code())
            assert outcome.logged_in(), outcome.cause
        assert len(outcome.challenges) == 1
        with dialled(both, ASK_ME, tmp_path) as (session, outcome):
            asked = give(session, outcome, system_user.password)
            give(session, outcome, token.code())
            assert outcome.logged_in(), outcome.cause
        assert [each.text for each in asked.prompts] == ["Password:"]


def test_key_and_password_and_code_each_follow_what_the_server_asks_next(
    system_user: SystemUser, token: Token, key: KeyFile, tmp_path: Path
) -> None:
    three = "AuthenticationMethods publickey,password,keyboard-interactive"
    by_key = Auth(AuthMethod.KEY_FILE, str(key.path))
    with otp_server(system_user, token, three, asks=CODE_OR_PASSWORD, keys=[key]) as strict:
        with dialled(strict, by_key, tmp_path, {PASSWORD_KIND: system_user.password}) as (session, outcome):
            give(session, outcome, token.code())
            assert outcome.logged_in(), outcome.cause
        assert (strict.count_failures("publickey"), strict.count_failures("password")) == (0, 0)
        with dialled(strict, by_key, tmp_path) as (_, outcome):
            assert not outcome.logged_in()
        assert outcome.cause is not None
        assert outcome.cause.code == "password_needed"
        with dialled(strict, by_key, tmp_path, {PASSWORD_KIND: "wrong"}) as (_, outcome):
            assert not outcome.logged_in()
        assert outcome.cause is not None
        assert (outcome.cause.code, outcome.cause.fact("method")) == ("auth_rejected", "password")
        strict.expect_failures(1, "password")


def test_a_key_and_then_password_and_code_in_one_conversation(
    system_user: SystemUser, token: Token, key: KeyFile, tmp_path: Path
) -> None:
    two = "AuthenticationMethods publickey,keyboard-interactive"
    by_key = Auth(AuthMethod.KEY_FILE, str(key.path))
    with (
        otp_server(system_user, token, two, asks=[PASSWORD, CODE], keys=[key]) as strict,
        dialled(strict, by_key, tmp_path, {PASSWORD_KIND: system_user.password}) as (session, outcome),
    ):
        give(session, outcome, token.code())
        assert outcome.logged_in(), outcome.cause


def test_a_refused_key_says_what_the_server_would_have_taken(server: OpenSshServer, tmp_path: Path) -> None:
    stranger = make_key(tmp_path, name="stranger")
    with dialled(server, Auth(AuthMethod.KEY_FILE, str(stranger.path)), tmp_path) as (_, outcome):
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert outcome.cause.code == "auth_rejected"
    assert outcome.cause.fact("offered") == "publickey, password, keyboard-interactive"


def test_what_the_server_says_before_the_login_stands_above_its_question(
    system_user: SystemUser, token: Token, tmp_path: Path
) -> None:
    notice = tmp_path / "notice"
    notice.write_text(
        "Authorized use only.\n\x1b[2JApprove this device at https://login.example.com/a/1b2c\n"
    )
    with (
        otp_server(system_user, token, f"Banner {notice}") as telling,
        dialled(telling, ASK_ME, tmp_path) as (session, outcome),
    ):
        asked = give(session, outcome, token.code())
        assert outcome.logged_in(), outcome.cause
    assert asked.text == "Authorized use only.\nApprove this device at https://login.example.com/a/1b2c"


def test_a_banner_is_told_once_and_also_after_another_method(
    system_user: SystemUser, token: Token, key: KeyFile, tmp_path: Path
) -> None:
    notice = tmp_path / "notice"
    notice.write_text(f"{'Authorized use only. ' * 200}\n")
    two = "AuthenticationMethods publickey,keyboard-interactive"
    with (
        otp_server(system_user, token, two, f"Banner {notice}", asks=[PASSWORD, CODE], keys=[key]) as strict,
        dialled(strict, Auth(AuthMethod.KEY_FILE, str(key.path)), tmp_path) as (session, outcome),
    ):
        asked = [give(session, outcome, system_user.password), give(session, outcome, token.code())]
        assert outcome.logged_in(), outcome.cause
    assert [len(each.text) for each in asked] == [LONGEST_BANNER, 0]


SLOWLY = "auth required pam_exec.so quiet /bin/sleep 1"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Approve this device at https://login.example.com/a/1b2c", True),
        ("Authorized use only.", False),
    ],
)
def test_an_address_to_open_is_told_where_nothing_is_asked_and_the_login_lasts(
    system_user: SystemUser,
    token: Token,
    key: KeyFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    told: bool,
) -> None:
    monkeypatch.setattr(login_banner, "TOLD_AFTER_S", 0.1)
    notice = tmp_path / "notice"
    notice.write_text(f"{said}\n")
    secrets = {PASSWORD_KIND: system_user.password}
    # sshd sends what it has to say with its first answer: the second method is the one that lasts.
    settings = f"Banner {notice}", "AuthenticationMethods publickey,password"
    with (
        otp_server(system_user, token, *settings, asks=[SLOWLY, PASSWORD], keys=[key]) as slow,
        dialled(slow, Auth(AuthMethod.KEY_FILE, str(key.path)), tmp_path, secrets) as (session, outcome),
    ):
        assert outcome.logged_in(), outcome.cause
        assert session.may_log_in_again is not told
    assert [(each.text, each.prompts) for each in outcome.challenges] == ([(said, ())] if told else [])
