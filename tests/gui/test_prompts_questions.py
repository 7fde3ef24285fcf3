from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.challenge import Challenge, ChallengePrompt
from desktop.core.errors import (
    AuthRejected,
    CaponierError,
    HostKeyUnknown,
    PassphraseNeeded,
    PassphraseWrong,
    PasswordNeeded,
)
from desktop.core.model import Connection, Endpoint, Forward, Hop, Route, SecretKind, Snapshot, State
from desktop.core.plan import PROXY_LOGIN
from desktop.core.route_errors import ProxyLoginRejected, ProxyPasswordNeeded
from desktop.gui.prompt_questions import (
    ChallengeQuestion,
    HostKeyQuestion,
    SecretQuestion,
    asks,
    question_of,
    subject,
)

ORDERS = Connection(
    "Orders", Route((Hop("bastion.example.com", "ada"),)), Forward(Endpoint("db.internal", 5432))
)
UNKNOWN = HostKeyUnknown(
    host="bastion.example.com",
    port=2222,
    key_type="ssh-ed25519",
    fingerprint="SHA256:abc",
    key="ssh-ed25519 AAAA",
)


def failed(error: CaponierError, connection: Connection = ORDERS) -> Snapshot:
    return Snapshot(connection, state=State.FAILED, cause=error.cause)


def secret_question(*snapshots: Snapshot, trouble: str = "") -> SecretQuestion:
    question = question_of(snapshots, trouble)
    assert isinstance(question, SecretQuestion)
    return question


def test_a_refused_password_is_a_question_and_a_refused_key_is_not() -> None:
    assert asks(failed(AuthRejected(user="ada", host="bastion.example.com", method="password")))
    assert not asks(failed(AuthRejected(user="ada", host="bastion.example.com", method="key-file")))


def test_an_unknown_host_key_shows_all_that_is_needed_to_verify_it() -> None:
    question = question_of([failed(UNKNOWN)])
    assert isinstance(question, HostKeyQuestion)
    assert question.fingerprint == "SHA256:abc"
    assert question.server == "bastion.example.com, port 2222"
    assert "“Orders” goes through" in question.explanation
    assert "ssh_host_ed25519_key.pub" in question.how_to_verify
    assert question.key == "ssh-ed25519 AAAA"


def test_the_same_key_of_the_same_server_is_one_question_for_different_logins() -> None:
    other = replace(ORDERS, id="other", route=Route((Hop("bastion.example.com", "bob"),)))
    assert subject(failed(UNKNOWN)) == subject(failed(UNKNOWN, other))
    password = PasswordNeeded(user="ada", host="bastion.example.com", store="")
    assert subject(failed(password)) != subject(failed(password, other))


@pytest.mark.parametrize(
    ("error", "kind", "heading"),
    [
        (
            PasswordNeeded(user="ada", host="bastion.example.com", store=""),
            SecretKind.SSH_PASSWORD,
            "Password needed",
        ),
        (
            AuthRejected(user="ada", host="bastion.example.com", method="password"),
            SecretKind.SSH_PASSWORD,
            "That password was refused",
        ),
        (PassphraseNeeded(path="", store=""), SecretKind.KEY_PASSPHRASE, "Passphrase needed"),
        (PassphraseWrong(path="/keys/id_rsa"), SecretKind.KEY_PASSPHRASE, "That passphrase was wrong"),
    ],
)
def test_a_secret_question_says_what_is_asked_and_for_whom(
    error: CaponierError, kind: SecretKind, heading: str
) -> None:
    question = secret_question(failed(error))
    assert (question.kind, question.heading) == (kind, heading)
    assert "“Orders”" in question.explanation
    assert "bastion.example.com" in question.explanation


def test_a_locked_or_missing_keyring_is_said() -> None:
    locked = PasswordNeeded(user="ada", host="bastion.example.com", store="secret_store_locked")
    assert "locked" in secret_question(failed(locked)).keyring_trouble
    missing = PassphraseNeeded(path="", store="secret_store_missing")
    assert "no keyring" in secret_question(failed(missing)).keyring_trouble


def test_a_refused_password_does_not_make_one_forget_that_the_keyring_is_locked() -> None:
    refused = AuthRejected(user="ada", host="bastion.example.com", method="password")
    assert "locked" in secret_question(failed(refused), trouble="secret_store_locked").keyring_trouble


def test_many_connections_are_not_all_listed() -> None:
    password = PasswordNeeded(user="ada", host="bastion.example.com", store="")
    waiting = [failed(password, replace(ORDERS, name=name, id=name)) for name in ("a", "b", "c", "d")]
    assert secret_question(*waiting).explanation.startswith("“a”, “b” and 2 more sign in as")


def test_a_proxys_password_is_asked_for_in_its_own_name() -> None:
    proxy = {"kind": "socks5", "proxy": "proxy.example.com:1080", "user": "clerk", "login": PROXY_LOGIN}
    needed = failed(ProxyPasswordNeeded(**proxy, store="secret_store_locked"))
    question = secret_question(needed)
    assert (question.kind, question.login) == (SecretKind.PROXY_PASSWORD, PROXY_LOGIN)
    assert question.explanation == (
        "“Orders” goes through the proxy proxy.example.com:1080, which wants the password of clerk."
    )
    assert question.keyring_trouble
    refused = failed(ProxyLoginRejected(**proxy))
    assert asks(refused)
    assert secret_question(refused).heading == "That proxy password was refused"
    # Where no user was given there is nothing to enter here.
    assert not asks(failed(ProxyLoginRejected(**proxy | {"user": ""})))


def test_a_jump_host_s_password_is_asked_for_by_its_own_name() -> None:
    needed = PasswordNeeded(user="joe", host="gate.example.com", store="", login="joe@gate.example.com:22")
    question = secret_question(failed(needed))
    assert question.login == "joe@gate.example.com:22"
    assert "joe@gate.example.com:22, a jump host on the way to bastion.example.com," in question.explanation
    assert subject(failed(needed)) != subject(failed(PasswordNeeded(user="ada", host="bastion", store="")))
    locked = PassphraseNeeded(path="", store="", login="joe@gate.example.com:22")
    assert secret_question(failed(locked)).login == "joe@gate.example.com:22"


def test_a_challenge_of_a_jump_host_names_both() -> None:
    challenge = Challenge(
        1, "joe", "gate.example.com", "joe@gate.example.com:22", prompts=(ChallengePrompt("Code:"),)
    )
    question = question_of([Snapshot(ORDERS, State.CONNECTING, challenge=challenge)])
    assert isinstance(question, ChallengeQuestion)
    assert question.heading == "Sign in to gate.example.com"
    assert "joe@gate.example.com, on the way to bastion.example.com." in question.explanation
