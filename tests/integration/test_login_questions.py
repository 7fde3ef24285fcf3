"""What servers ask by keyboard-interactive: rounds, prompts, news, and things that are not for people's eyes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from desktop.core.challenge import MOST_PROMPTS, Challenge, ChallengePrompt
from desktop.core.model import Auth, AuthMethod, Hop, Route, SecretKind
from desktop.core.plan import OfferedKeys, Plan, planned
from desktop.core.ports import Planner
from desktop.ssh.session import SshSession
from tests.support.bastion import FaultyBastion
from tests.support.dialling import bastion as bastion
from tests.support.dialling import dialling
from tests.support.dialling import known_hosts as known_hosts
from tests.support.keys import make_key
from tests.support.stage import Outcome

pytestmark = pytest.mark.usefixtures("ssh_kind")
Query = paramiko.InteractiveQuery
ASK_ME = Auth(AuthMethod.INTERACTIVE)


def hop(bastion: FaultyBastion, auth: Auth = ASK_ME) -> Hop:
    return Hop(bastion.endpoint.host, bastion.user, bastion.endpoint.port, auth)


def asks(bastion: FaultyBastion, *rounds: paramiko.InteractiveQuery, wants: list[str]) -> None:
    bastion.methods = ("keyboard-interactive",)
    bastion.interview = list(rounds)
    bastion.wanted = wants


def give(session: SshSession, outcome: Outcome, *answers: str) -> Challenge:
    asked = outcome.wait_for_question()
    session.answer(asked.number, answers)
    return asked


def test_several_rounds_of_several_prompts_shown_and_hidden(
    bastion: FaultyBastion, known_hosts: Path
) -> None:
    first = Query("Login", "Who and what?", ("Card number: ", True), ("PIN: ", False))
    asks(bastion, first, Query("", "", ("Code: ", True)), wants=["12", "34", "56"])
    with dialling(hop(bastion), known_hosts) as (session, outcome):
        asked = give(session, outcome, "12", "34")
        give(session, outcome, "56")
        assert outcome.logged_in(), outcome.cause
    assert (asked.title, asked.text) == ("Login", "Who and what?")
    assert asked.prompts == (ChallengePrompt("Card number:", shown=True), ChallengePrompt("PIN:"))


def test_news_without_a_question_are_told_and_answered_at_once(
    bastion: FaultyBastion, known_hosts: Path
) -> None:
    asks(bastion, Query("Push", "Approve the login on your phone"), wants=[])
    with dialling(hop(bastion), known_hosts) as (_, outcome):
        assert outcome.logged_in(), outcome.cause
    (told,) = outcome.challenges
    assert (told.text, told.prompts) == ("Approve the login on your phone", ())


def test_a_round_without_anything_is_answered_in_silence(bastion: FaultyBastion, known_hosts: Path) -> None:
    asks(bastion, Query("", ""), wants=[])
    with dialling(hop(bastion), known_hosts) as (_, outcome):
        assert outcome.logged_in(), outcome.cause
    assert outcome.challenges == []


def test_control_characters_reach_nobody(bastion: FaultyBastion, known_hosts: Path) -> None:
    odd = Query("\x1b]0;owned\x07Bank", "\x1b[2JSay\u202e it\x00\nnow", ("\x1b[8mCode\x1b[0m:\x07 ", False))
    asks(bastion, odd, wants=["1"])
    with dialling(hop(bastion), known_hosts) as (session, outcome):
        asked = give(session, outcome, "1")
        assert outcome.logged_in(), outcome.cause
    assert (asked.title, asked.text) == ("Bank", "Say it\nnow")
    assert asked.prompts == (ChallengePrompt("Code:"),)


@pytest.mark.parametrize(
    ("prompts", "problem"),
    [
        ([("\x1b[2J\x07\x08", False)], "nothing-readable"),
        ([(f"Question {number}", True) for number in range(MOST_PROMPTS + 1)], "too-many"),
    ],
)
def test_a_question_that_nobody_can_read_ends_the_login(
    bastion: FaultyBastion, known_hosts: Path, prompts: list[tuple[str, bool]], problem: str
) -> None:
    asks(bastion, Query("", "", *prompts), wants=[])
    with dialling(hop(bastion), known_hosts) as (_, outcome):
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert (outcome.cause.code, outcome.cause.fact("problem")) == ("challenge_unreadable", problem)
    assert outcome.challenges == []


def test_the_saved_password_is_given_for_itself_once_and_never_for_a_code(
    bastion: FaultyBastion, known_hosts: Path
) -> None:
    password = ("Password: ", False)
    code = ("Password from your token: ", False)
    asks(
        bastion, Query("", "", password), Query("", "", code), Query("", "", password), wants=["pw", "1", "2"]
    )
    with dialling(hop(bastion), known_hosts, {SecretKind.SSH_PASSWORD: "pw"}) as (session, outcome):
        asked = [give(session, outcome, "1"), give(session, outcome, "2")]
        assert outcome.logged_in(), outcome.cause
    assert [each.prompts[0].text for each in asked] == ["Password from your token:", "Password:"]


def test_a_refused_password_is_a_password_refused_and_not_a_code(
    bastion: FaultyBastion, known_hosts: Path
) -> None:
    asks(bastion, Query("", "", ("Password: ", False)), wants=["right"])
    with dialling(hop(bastion), known_hosts, {SecretKind.SSH_PASSWORD: "wrong"}) as (_, outcome):
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert (outcome.cause.code, outcome.cause.fact("method")) == ("auth_rejected", "password")
    assert bastion.counts.attempts["keyboard-interactive"] == 1


def test_a_wrong_answer_after_the_saved_password_names_both(
    bastion: FaultyBastion, known_hosts: Path
) -> None:
    asks(
        bastion, Query("", "", ("Password: ", False)), Query("", "", ("Code: ", False)), wants=["pw", "right"]
    )
    with dialling(hop(bastion), known_hosts, {SecretKind.SSH_PASSWORD: "pw"}) as (session, outcome):
        give(session, outcome, "wrong")
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert (outcome.cause.code, outcome.cause.fact("password")) == ("challenge_rejected", "saved")


def test_a_connection_with_a_password_goes_on_to_the_code_that_is_asked_then(
    bastion: FaultyBastion, known_hosts: Path
) -> None:
    bastion.methods = ("password",)
    bastion.second_factors = ("keyboard-interactive",)
    bastion.interview, bastion.wanted = [Query("", "", ("Code: ", False))], ["123"]
    secrets = {SecretKind.SSH_PASSWORD: bastion.password}
    with dialling(hop(bastion, Auth()), known_hosts, secrets) as (session, outcome):
        give(session, outcome, "123")
        assert outcome.logged_in(), outcome.cause
    assert bastion.counts.attempts == {"password": 1, "keyboard-interactive": 1}


def test_a_server_that_wants_something_we_can_t_give_is_named(
    bastion: FaultyBastion, known_hosts: Path
) -> None:
    bastion.methods = ("password",)
    bastion.second_factors = ("gssapi-with-mic",)
    with dialling(hop(bastion, Auth()), known_hosts, {SecretKind.SSH_PASSWORD: bastion.password}) as (
        _,
        outcome,
    ):
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert (outcome.cause.code, outcome.cause.fact("offered")) == ("auth_method_missing", "gssapi-with-mic")


def test_late_answers_and_answers_to_other_questions_are_ignored(
    bastion: FaultyBastion, known_hosts: Path
) -> None:
    asks(bastion, Query("", "", ("Code: ", False)), Query("", "", ("Next: ", False)), wants=["1", "2"])
    with dialling(hop(bastion), known_hosts) as (session, outcome):
        first = give(session, outcome, "1")
        second = outcome.wait_for_question()
        session.answer(first.number, ["late"])
        session.answer(second.number, ["one", "too many"])
        session.answer(second.number, ["2"])
        assert outcome.logged_in(), outcome.cause


def test_a_bastion_that_is_lost_under_a_question_ends_it(bastion: FaultyBastion, known_hosts: Path) -> None:
    asks(bastion, Query("", "", ("Code: ", False)), wants=["1"])
    with dialling(hop(bastion), known_hosts) as (_, outcome):
        outcome.wait_for_question()
        bastion.drop()
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert outcome.cause.code == "challenge_expired"


def planning(hop: Hop, *ways: Auth | OfferedKeys) -> Planner:
    """As ssh_config would have it: several ways in."""

    def plan(_route: Route, _check: Callable[[], None] | None = None) -> Plan:
        return Plan((replace(planned(hop, is_last=True), ways=ways),))

    return plan


def cause_code(outcome: Outcome) -> str:
    assert not outcome.logged_in()
    assert outcome.cause is not None
    return outcome.cause.code


def test_a_refusal_goes_on_to_the_next_way_that_the_server_takes(
    bastion: FaultyBastion, known_hosts: Path, tmp_path: Path
) -> None:
    stranger = make_key(tmp_path, name="stranger")
    bastion.methods = ("publickey", "keyboard-interactive")
    bastion.interview, bastion.wanted = [Query("", "", ("Code: ", False))], ["123"]
    keys = OfferedKeys((str(stranger.path),), asks_agent=False)
    planner = planning(hop(bastion), keys, Auth(), ASK_ME)
    with dialling(hop(bastion), known_hosts, {SecretKind.SSH_PASSWORD: "not wanted"}, planner=planner) as (
        session,
        outcome,
    ):
        give(session, outcome, "123")
        assert outcome.logged_in(), outcome.cause
    assert bastion.counts.attempts == {"publickey": 1, "keyboard-interactive": 1}


def test_the_last_refusal_is_told_and_nothing_is_tried_twice(
    bastion: FaultyBastion, known_hosts: Path, tmp_path: Path
) -> None:
    stranger = make_key(tmp_path, name="stranger")
    keys = OfferedKeys((str(stranger.path),), asks_agent=False)
    bastion.methods = ("publickey", "password", "keyboard-interactive")
    bastion.interview, bastion.wanted = [Query("", "", ("Password: ", False))], ["right"]
    planner = planning(hop(bastion), keys, Auth(), ASK_ME)
    with dialling(hop(bastion), known_hosts, {SecretKind.SSH_PASSWORD: "wrong"}, planner=planner) as (
        session,
        outcome,
    ):
        # The password was refused as such: the question for it is the person's.
        give(session, outcome, "wrong, too")
        assert cause_code(outcome) == "auth_rejected"
    assert bastion.counts.attempts == {"publickey": 1, "password": 1, "keyboard-interactive": 1}


def test_a_password_refused_as_an_answer_is_not_tried_as_a_password(
    bastion: FaultyBastion, known_hosts: Path
) -> None:
    bastion.methods = ("password", "keyboard-interactive")
    bastion.interview, bastion.wanted = [Query("", "", ("Password: ", False))], ["right"]
    planner = planning(hop(bastion), ASK_ME, Auth())
    with dialling(hop(bastion), known_hosts, {SecretKind.SSH_PASSWORD: "wrong"}, planner=planner) as (
        _,
        outcome,
    ):
        assert cause_code(outcome) == "auth_rejected"
    assert bastion.counts.attempts == {"keyboard-interactive": 1}


def test_a_question_for_the_password_says_so_once_and_what_keeps_it_out_of_the_keyring(
    bastion: FaultyBastion, known_hosts: Path
) -> None:
    asks(
        bastion, Query("", "", ("Password: ", False)), Query("", "", ("Password: ", False)), wants=["1", "2"]
    )
    with dialling(hop(bastion), known_hosts) as (session, outcome):
        asked = [give(session, outcome, "1"), give(session, outcome, "2")]
        assert outcome.logged_in(), outcome.cause
    assert [(each.wants_password, each.store) for each in asked] == [(True, ""), (False, "")]


def test_what_can_t_be_used_is_passed_over_where_there_is_another_way(
    bastion: FaultyBastion, known_hosts: Path, tmp_path: Path
) -> None:
    bastion.methods = ("publickey", "keyboard-interactive")
    bastion.interview, bastion.wanted = [Query("", "", ("Code: ", False))], ["123"]
    missing = OfferedKeys((str(tmp_path / "no such key"),), asks_agent=False)
    planner = planning(hop(bastion), missing, ASK_ME)
    with dialling(hop(bastion), known_hosts, planner=planner) as (session, outcome):
        give(session, outcome, "123")
        assert outcome.logged_in(), outcome.cause


def test_a_password_that_is_next_is_asked_for_where_none_is_saved(
    bastion: FaultyBastion, known_hosts: Path, tmp_path: Path
) -> None:
    stranger = make_key(tmp_path, name="stranger")
    bastion.methods = ("publickey", "password")
    planner = planning(hop(bastion), Auth(AuthMethod.KEY_FILE, str(stranger.path)), Auth())
    with dialling(hop(bastion), known_hosts, planner=planner) as (_, outcome):
        assert cause_code(outcome) == "password_needed"
