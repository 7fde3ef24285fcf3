"""A server's questions as plain text, and which of them the saved password answers."""

from __future__ import annotations

import pytest

from desktop.core.challenge import Challenge, ChallengePrompt, shown_text
from desktop.core.password_prompt import is_password_prompt


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Code: ", "Code:"),
        ("\x1b[31;1mCode\x1b[0m: ", "Code:"),
        ("\x1b]0;a new title\x07Code", "Code"),
        ("\x1b]8;;https://evil.example\x1b\\Code", "Code"),
        ("\x9b31mCode", "Code"),
        ("Co\x00d\x7fe\x08", "Code"),
        ("\u202edrowssap\u202c", "drowssap"),
        ("\u2066a\u2069\u200b\u200eb\ufeff", "ab"),
        ("one\r\ntwo\tthree", "one two three"),
        ("\ud800x", "x"),
        ("Kód: ✓ 你好", "Kód: ✓ 你好"),
    ],
)
def test_nothing_but_text_is_shown(text: str, shown: str) -> None:
    assert shown_text(text, 100) == shown


def test_lines_stay_where_lines_are_wanted_and_length_is_bounded() -> None:
    assert shown_text("\n\none\r\n\n  two\u2028three\n", 100, lines=True) == "one\n\ntwo\nthree"
    assert shown_text("x" * 500, 10) == "xxxxxxxxx…"


@pytest.mark.parametrize(
    "prompt",
    [
        "Password: ",
        "Password for ada@bastion:",
        "ada's password:",
        "LDAP Password:",
        "Passwort:",
        "Mot de passe :",
        "Пароль:",
    ],
)
def test_the_account_s_password_is_known_by_its_name(prompt: str) -> None:
    assert is_password_prompt(prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        "Verification code: ",
        "One-time password (OATH) for `ada': ",
        "One time password: ",
        "Enter your OTP password:",
        "Password + token:",
        "PASSCODE:",
        "PIN:",
        "Enter PIN and password:",
        "2FA password:",
        "MFA password:",
        "Google Authenticator password:",
        "New password: ",
        "(current) UNIX password, it has expired: ",
        "Retype password:",
        "Answer:",
        "",
    ],
)
def test_what_may_be_something_else_is_for_the_person(prompt: str) -> None:
    assert not is_password_prompt(prompt)


def test_what_stands_around_the_prompt_counts_as_well() -> None:
    assert not is_password_prompt("Password: ", "Enter the code from your token")
    assert is_password_prompt("Password: ", "Welcome to bastion.example.com")


def test_a_challenge_wants_typing_until_it_is_answered() -> None:
    asked = Challenge(1, "ada", "bastion", prompts=(ChallengePrompt("Code:"),))
    assert (asked.wants_typing, asked.answered().wants_typing) == (True, False)
    assert not Challenge(2, "ada", "bastion", text="Approve on your phone").wants_typing
