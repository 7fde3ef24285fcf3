"""What the mask covers, and what it leaves to be read."""

from __future__ import annotations

import pytest

from desktop.store.redaction import Redactor

KEY = (
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB\n"
    "QyNTUxOQAAACDvYW5kIG1vcmUgb2YgaXQgdG8gZmlsbCBhIGxpbm\n"
    "AAAAA==\n"
    "-----END OPENSSH PRIVATE KEY-----\n"
)


PUTTY_KEY = (
    "PuTTY-User-Key-File-3: ssh-ed25519\n"
    "Encryption: none\n"
    "Comment: mine\n"
    "Private-Lines: 1\n"
    "AAAAIQDvYW5kIG1vcmUgb2YgaXQgdG8gZmlsbCBhIGxpbm\n"
    "Private-MAC: 00c0ffee\n"
)


def masked(text: str, *hidden: str) -> str:
    redactor = Redactor()
    for value in hidden:
        redactor.hide(value)
    return redactor.mask(text)


def test_a_known_value_is_masked_wherever_it_stands() -> None:
    assert masked("xhunter2x hunter2", "hunter2") == "x***x ***"


def test_a_value_is_masked_in_its_quoted_and_its_url_form() -> None:
    value = "a'b\\c d/é"
    for form in (repr(value), "a%27b%5Cc%20d%2F%C3%A9"):
        assert "b" not in masked(form, value)


def test_a_value_that_holds_another_is_masked_whole() -> None:
    assert masked("hunter2-and-more", "hunter2", "hunter2-and-more") == "***"


def test_values_too_short_to_mask_are_left() -> None:
    assert masked("a banana", "a", "") == "a banana"


def test_a_private_key_is_masked_also_when_cut_off() -> None:
    assert masked(f"got {KEY}after") == "got ***\nafter"
    assert masked(f"got {KEY[:80]}") == "got ***"


def test_a_putty_key_is_masked_also_when_cut_off() -> None:
    assert masked(f"got {PUTTY_KEY}after") == "got ***\nafter"
    assert masked(f"got {PUTTY_KEY[:120]}") == "got ***"


def test_each_line_of_a_known_key_is_masked_alone() -> None:
    assert masked("line " + KEY.splitlines()[2], KEY) == "line ***"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password=hunter2 user=me", "password=*** user=me"),
        ("Passphrase: hunter2", "Passphrase: ***"),
        ("{'password': 'two words', 'port': 5432}", "{'password': ***, 'port': 5432}"),
        ("postgresql://me:hunter2@localhost/db", "postgresql://me:***@localhost/db"),
        ("postgresql://me:p@ss@localhost/db", "postgresql://me:***@localhost/db"),
    ],
)
def test_what_calls_itself_a_password_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "password_needed (user=me, host=bastion, store=secret_store_locked)",
        "connected to [::1]:5432 by bastion.example.com:22",
        "https://example.org:8080/path",
    ],
)
def test_other_text_is_left(text: str) -> None:
    assert masked(text) == text
