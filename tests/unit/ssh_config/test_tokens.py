"""Tokens, variables and home folders."""

from __future__ import annotations

import pytest

from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.ssh_config.account import Account
from desktop.ssh_config.fault import Fault
from desktop.ssh_config.tokens import Subject, fill, fill_home, fill_tokens, tokens_of

SUBJECT = Subject("sales", "10.0.0.1", 2222, "tunnel", "sales-key")


def test_every_token_has_its_meaning(account: Account) -> None:
    tokens = tokens_of(SUBJECT, account)
    text = fill_tokens("%L|%d|%h|%i|%k|%l|%n|%p|%r|%u|%%", tokens)
    assert text == (
        f"laptop|{account.home_dir}|10.0.0.1|{account.uid}|sales-key|laptop.example.com|sales|2222|tunnel|ada|%"
    )
    assert tokens["C"] == "1e5b4965c02dbf0ce91713336e63bcd9969110fc"


@pytest.mark.parametrize("text", ["%q", "a%", "%%%", "% h"])
def test_an_unknown_token_is_a_fault(text: str) -> None:
    with pytest.raises(Fault) as caught:
        fill_tokens(text, {"h": "x"})
    assert caught.value.problem is SshConfigProblem.UNKNOWN_TOKEN


def test_what_was_filled_in_is_not_filled_in_again() -> None:
    assert fill("%h ${NAME}", {"h": "${NAME}%n"}, {"NAME": "%h${NAME}"}) == "${NAME}%n %h${NAME}"


@pytest.mark.parametrize("text", ["${UNSET}", "${}", "${NAME", "${"])
def test_a_variable_that_says_nothing_is_a_fault(text: str) -> None:
    with pytest.raises(Fault) as caught:
        fill(text, {}, {"NAME": "x"})
    assert caught.value.problem is SshConfigProblem.UNSET_VARIABLE


@pytest.mark.parametrize("text", ["$NAME", "a$", "{NAME}"])
def test_a_dollar_without_a_brace_is_only_a_dollar(text: str) -> None:
    assert fill(text, {}, {"NAME": "x"}) == text


def test_a_tilde_stands_for_a_home_folder_at_the_start_only(account: Account) -> None:
    assert fill_home("~/.ssh/id", account) == f"{account.home_dir}/.ssh/id"
    assert fill_home("~", account) == f"{account.home_dir}/"
    assert fill_home("/a/~", account) == "/a/~"
    with pytest.raises(Fault) as caught:
        fill_home("~nobody_has_this_name/x", account)
    assert caught.value.problem is SshConfigProblem.UNKNOWN_USER
