"""How a pasted line falls into words."""

from __future__ import annotations

import shlex

import pytest

from desktop.core.config_errors import CommandNotUnderstood
from desktop.core.shell_words import simple_commands


@pytest.mark.parametrize(
    "line",
    [
        "a b  c",
        "a 'b c' \"d e\"",
        r"a b\ c \"d\" \\",
        '"a \\"b\\" \\\\ c"',
        "'a'\"b\"c",
        "a '' \"\"",
        "'#' a#b",
        "'a;b' \"c&d\" e\\|f",
    ],
)
def test_words_are_split_as_a_posix_shell_does(line: str) -> None:
    assert simple_commands(line) == [shlex.split(line)]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("", []),
        ("a # remark", [["a"]]),
        ("a; b & c && d || e | f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]),
        ("a\nb\r\nc", [["a"], ["b"], ["c"]]),
        ("a \\\nb", [["a", "b"]]),
        ("a `\r\nb", [["a", "b"]]),
        ("a\n  b\n-c", [["a", "b", "-c"]]),
        ("a > out 2>&1 < in &>>log b", [["a", "b"]]),
        (r"C:\Users\me \\server", [[r"C:\Users\me", r"\server"]]),
        ("me@laptop:~/work$ a", [["a"]]),
        ("PS C:\\> a", [["a"]]),
    ],
)
def test_prompts_remarks_and_redirections_are_no_words(text: str, commands: list[list[str]]) -> None:
    assert simple_commands(text) == commands


@pytest.mark.parametrize("text", ["'", '"', "a 'b", 'a "b\\"'])
def test_a_quote_that_is_never_closed_is_refused(text: str) -> None:
    with pytest.raises(CommandNotUnderstood):
        simple_commands(text)
