"""Patterns of host names and users."""

from __future__ import annotations

import pytest

from desktop.core.wildcards import matches
from desktop.ssh_config.patterns import host_block_matches, host_list_matches, list_matches


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("", ""),
        ("", "*"),
        ("a", "?"),
        ("abc", "a*c"),
        ("abc", "***"),
        ("aXbXc", "a*X?"),
        ("a.b", "a.b"),
        ("a[b]", "a[b]"),
        ("a\nb", "a?b"),
    ],
)
def test_a_pattern_matches(text: str, pattern: str) -> None:
    assert matches(text, pattern)


@pytest.mark.parametrize(
    ("text", "pattern"), [("a", ""), ("", "?"), ("ab", "a"), ("axb", "a.b"), ("A", "a"), ("b", "[ab]")]
)
def test_a_pattern_does_not_match(text: str, pattern: str) -> None:
    assert not matches(text, pattern)


def test_a_hostile_pattern_takes_no_time() -> None:
    assert not matches("a" * 2000, "*a" * 200 + "b")


@pytest.mark.parametrize(
    ("patterns", "is_meant"),
    [
        (["a"], True),
        (["b", "a"], True),
        (["*", "!a"], False),
        (["!a", "*"], False),
        (["!b"], False),
        (["!b", "*"], True),
        ([], False),
    ],
)
def test_a_host_line_counts_unless_a_pattern_with_a_mark_matches(
    patterns: list[str], *, is_meant: bool
) -> None:
    assert host_block_matches("a", patterns) is is_meant


@pytest.mark.parametrize(
    ("patterns", "is_meant"),
    [
        ("a,b", True),
        ("!a,a", False),
        ("a,!a", False),
        ("!b", False),
        ("b", False),
        ("!b,*", True),
        ("b" * 1023 + ",a", False),
    ],
)
def test_a_list_is_cut_at_commas(patterns: str, *, is_meant: bool) -> None:
    assert list_matches("a", patterns) is is_meant


def test_case_counts_for_users_but_not_for_hosts_of_a_match() -> None:
    assert not list_matches("Ada", "ada")
    assert host_list_matches("Web.Example", "WEB.*")
