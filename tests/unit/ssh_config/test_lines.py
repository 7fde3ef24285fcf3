"""How a line falls into keyword and words."""

from __future__ import annotations

import pytest

from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.ssh_config.fault import Fault
from desktop.ssh_config.lines import Line, next_word, parse_line, split_words


@pytest.mark.parametrize(
    "text", ["", " ", "\t", "\r", "# User me", "   #", "#User=me", '"User me', "=", "\0User me"]
)
def test_a_line_without_content_says_nothing(text: str) -> None:
    assert parse_line(text) is None


@pytest.mark.parametrize(
    ("text", "keyword", "words"),
    [
        ("User me", "user", ("me",)),
        ("  USER\tme\r", "user", ("me",)),
        ("User=me", "user", ("me",)),
        ("User =  me", "user", ("me",)),
        ("User == me", "user", ("=", "me")),
        ("=User me", "user", ("me",)),
        ('"User" me', "user", ("me",)),
        ("User me \f", "user", ("me",)),
        ("User me\0you", "user", ("me",)),
        ("Host a b # c", "host", ("a", "b")),
        ("Host a#b", "host", ("a#b",)),
        ("User İ", "user", ("İ",)),
    ],
)
def test_a_keyword_ends_at_a_blank_or_one_equal_sign(text: str, keyword: str, words: tuple[str, ...]) -> None:
    line = parse_line(text)
    assert line is not None
    assert (line.keyword, line.words) == (keyword, words)


@pytest.mark.parametrize("text", ["User", "User ", "User =", "  User\t=\t"])
def test_a_keyword_without_a_value_is_a_fault(text: str) -> None:
    with pytest.raises(Fault) as caught:
        parse_line(text)
    assert caught.value.problem is SshConfigProblem.MISSING_VALUE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"a b" c', ["a b", "c"]),
        ("'a b'\"c d\"e", ["a bc de"]),
        ('""', [""]),
        (r"a\ b", ["a b"]),
        (r"'a\ b'", [r"a\ b"]),
        (r"\"a \'b \\c \d", ['"a', "'b", "\\c", "\\d"]),
        ('"a \'b"', ["a 'b"]),
        ("a '#' #c", ["a", "#"]),
        ("a\\", ["a\\"]),
        ("a\rb", ["a\rb"]),
    ],
)
def test_words_take_quotes_and_backslashes(text: str, words: list[str]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize("text", ['"a', "'a", "a'b", "\"a'", '"a\\"'])
def test_a_quote_that_is_never_closed_is_a_fault(text: str) -> None:
    with pytest.raises(Fault) as caught:
        split_words(text)
    assert caught.value.problem is SshConfigProblem.UNBALANCED_QUOTES


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        (None, None, None),
        ("", "", None),
        ("a", "a", None),
        ("a b", "a", "b"),
        ("a = b", "a", "b"),
        ("a=b", "a", "b"),
        ("a==b", "a", "=b"),
        ('"a b" c', "a b", "c"),
        ('x"a b"c', "xa b", "c"),
        ('"a', None, None),
    ],
)
def test_the_words_of_match_are_cut_by_a_rule_of_their_own(
    text: str | None, word: str | None, rest: str | None
) -> None:
    assert next_word(text) == (word, rest)


def test_a_command_is_the_rest_of_its_line() -> None:
    assert parse_line("ProxyCommand = nc 'a  b' # c") == Line("proxycommand", "nc 'a  b' # c", ("nc", "a  b"))
    line = parse_line("ProxyCommand  nc -x=1")
    assert line is not None
    assert line.command == "nc -x=1"
