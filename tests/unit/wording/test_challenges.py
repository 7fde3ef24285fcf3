"""What people read about logins that ask: in the list, in a banner, in a terminal, and after a refusal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.challenge import Challenge, ChallengePrompt
from desktop.core.challenge_errors import (
    AuthCancelled,
    AwaitsClient,
    ChallengeExpired,
    ChallengeRejected,
    ChallengeUnattended,
    ChallengeUnreadable,
)
from desktop.core.errors import AuthRejected, Cause, PasswordNeeded, PeerLost
from desktop.core.model import AuthMethod, Connection, Endpoint, Forward, Hop, Outage, Route, Snapshot, State
from desktop.wording.challenges import challenge_advice, challenge_lines, challenge_title
from desktop.wording.events import change_lines
from desktop.wording.messages import advice, command_line_advice, title
from desktop.wording.status import is_interrupted, overall_line, state_line

SALES = Connection("sales", Route((Hop("b.example.com", "me"),)), Forward(Endpoint("db", 5432)))
CODE = Challenge(
    1, "me", "b.example.com", title="Sign-on", text="One\nTwo", prompts=(ChallengePrompt("Code:"),)
)
PUSH = Challenge(2, "me", "b.example.com", text="Approve on your phone")
AWAITS = AwaitsClient().cause


def asking(challenge: Challenge) -> Snapshot:
    return Snapshot(SALES, State.CONNECTING, challenge=challenge)


def held(cause: Cause = AWAITS) -> Snapshot:
    return Snapshot(SALES, State.WAITING, cause)


@pytest.mark.parametrize(
    ("snapshot", "words", "overall"),
    [
        (asking(CODE), "Waits for your answer", "1 needs attention"),
        (asking(CODE.answered()), "Waiting for the server…", "1 connecting"),
        (asking(PUSH), "Waiting for your approval", "1 connecting"),
        (held(), "Waits for a program", "1 waiting for a program"),
        (held(AuthCancelled(user="me", host="b").cause), "Waits for a program", "1 waiting for a program"),
        (
            Snapshot(SALES, State.FAILED, ChallengeExpired(user="me", host="b", after_s=120).cause),
            "Not answered in time",
            "1 needs attention",
        ),
    ],
)
def test_a_login_that_asks_is_told_from_one_that_goes_on(
    snapshot: Snapshot, words: str, overall: str
) -> None:
    assert (state_line(snapshot, 0.0), overall_line([snapshot])) == (words, overall)


def test_one_that_waits_for_a_program_or_a_person_is_not_coming_back_by_itself() -> None:
    outage = Outage(0.0, PeerLost(host="b").cause)
    assert is_interrupted(replace(held(PeerLost(host="b").cause), outage=outage))
    assert not is_interrupted(replace(held(), outage=outage))
    assert not is_interrupted(replace(asking(CODE), outage=outage))


def test_the_event_log_says_once_that_it_asks() -> None:
    connecting = Snapshot(SALES, State.CONNECTING)
    assert [line.words for line in change_lines(connecting, asking(CODE))] == [
        "b.example.com asks for an answer"
    ]
    assert change_lines(asking(CODE), asking(CODE.answered())) == ()


def test_a_banner_and_a_terminal_say_what_the_server_says() -> None:
    assert challenge_title(CODE) == "b.example.com asks for an answer"
    assert "share this login" in challenge_advice(CODE)
    assert challenge_advice(PUSH) == "Approve on your phone"
    assert challenge_lines(CODE, "sales") == [
        "b.example.com asks, for me of sales:",
        "  Sign-on",
        "  One",
        "  Two",
    ]


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (
            ChallengeRejected(user="me", host="b", offered="publickey, password", password="saved").cause,
            [
                "wait for a fresh one",
                "saved password of me",
                "The server takes a key or a password",
                "Connect again",
            ],
        ),
        (ChallengeExpired(user="me", host="b", after_s=120).cause, ["120 seconds", "Connect again"]),
        (ChallengeUnattended(user="me", host="b").cause, ["in a terminal", "window"]),
        (
            ChallengeUnreadable(user="me", host="b", problem="too-many").cause,
            ["more questions at once", "nothing was"],
        ),
        (AuthCancelled(user="me", host="b").cause, ["when a program connects"]),
        (AWAITS, ["when a program connects", "press Connect"]),
        (
            AuthRejected(user="me", host="b", method=AuthMethod.PASSWORD, offered="publickey,x-own").cause,
            ["The server takes a key or another method."],
        ),
        (
            AuthRejected(
                user="me", host="b", method=AuthMethod.PASSWORD, offered="keyboard-interactive"
            ).cause,
            ["“Ask me: code or push”"],
        ),
    ],
)
def test_each_says_what_to_do(cause: Cause, words: list[str]) -> None:
    assert title(cause)
    assert [each for each in words if each not in advice(cause)] == []


def test_the_command_that_stores_a_jump_host_s_password_names_it() -> None:
    needed = PasswordNeeded(user="joe", host="gate", store="", login="joe@gate:22").cause
    assert "caponier secret set sales ssh-password --jump-host joe@gate:22" in command_line_advice(
        needed, "sales"
    )
