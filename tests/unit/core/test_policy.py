"""How long to wait, and what a person may do."""

from __future__ import annotations

import pytest

from desktop.core.error_tree import leaves
from desktop.core.errors import BastionRefused, Cause, ServerShedding
from desktop.core.model import Connection, Endpoint, Forward, Hop, Route, Snapshot, State
from desktop.core.policy import (
    ANSWERABLE,
    EAGER_ATTEMPTS,
    EAGER_RETRY_S,
    LATER_EAGER_RETRY_S,
    SHEDDING_RETRIES_S,
    Command,
    allowed_commands,
    may_hasten,
    needs_answer,
    retry_delay_s,
)

SALES = Connection("sales", Route((Hop("bastion", "me"),)), Forward(Endpoint("db", 5432)))
REFUSED = BastionRefused(host="bastion", port=22).cause
SHEDDING = ServerShedding(host="bastion", port=22).cause
ALWAYS = {Command.EDIT, Command.DELETE, Command.CHECK}


@pytest.mark.parametrize(
    ("attempt", "delay_s"), [(1, 0.5), (2, 1), (3, 2), (4, 4), (5, 8), (6, 16), (7, 30), (8, 30), (10**6, 30)]
)
def test_the_delay_doubles_up_to_thirty_seconds(attempt: int, delay_s: float) -> None:
    assert retry_delay_s(attempt, luck=0.5) == delay_s


def test_luck_spreads_the_delay_by_a_quarter_to_each_side() -> None:
    assert retry_delay_s(7, luck=0.0) == 22.5
    assert retry_delay_s(7, luck=1.0) == 37.5


def test_while_clients_wait_attempts_follow_each_other_quickly_but_not_all_night_long() -> None:
    assert retry_delay_s(1, 0.5, REFUSED, eager=True) == 0.5
    assert retry_delay_s(EAGER_ATTEMPTS, 0.5, REFUSED, eager=True) == EAGER_RETRY_S
    assert retry_delay_s(EAGER_ATTEMPTS + 1, 0.5, REFUSED, eager=True) == LATER_EAGER_RETRY_S


@pytest.mark.parametrize("eager", [True, False])
def test_a_server_that_turns_connections_away_is_given_time_whoever_waits(eager: bool) -> None:
    delays_s = tuple(retry_delay_s(attempt, 0.5, SHEDDING, eager=eager) for attempt in (1, 2, 3, 4, 5, 6))
    assert delays_s == (*SHEDDING_RETRIES_S, SHEDDING_RETRIES_S[-1])
    assert not may_hasten(SHEDDING)
    assert may_hasten(REFUSED)


@pytest.mark.parametrize(
    ("state", "commands"),
    [
        (State.OFF, {Command.CONNECT}),
        (State.CONNECTING, {Command.DISCONNECT}),
        (State.UP, {Command.DISCONNECT}),
        (State.CLOSING, {Command.CONNECT}),
        (State.WAITING, {Command.DISCONNECT, Command.RETRY_NOW}),
        (State.FAILED, {Command.CONNECT, Command.DISCONNECT}),
    ],
)
def test_each_state_offers_its_commands(state: State, commands: set[Command]) -> None:
    assert allowed_commands(Snapshot(SALES, state)) == commands | ALWAYS


def test_copying_needs_an_open_port() -> None:
    assert Command.COPY in allowed_commands(Snapshot(SALES, State.WAITING, local=Endpoint("127.0.0.1", 1)))


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("code", sorted(ANSWERABLE | {"host_key_revoked", "not_ssh"}))
def test_only_a_failure_that_an_answer_cures_opens_a_prompt(state: State, code: str) -> None:
    facts = (("key", "ssh-ed25519 AAAA"), ("method", "password"), ("user", "ada"))
    snapshot = Snapshot(SALES, state, Cause(code, retryable=False, facts=facts))
    expected = state is State.FAILED and code in ANSWERABLE
    assert needs_answer(snapshot) is expected
    assert (Command.ANSWER in allowed_commands(snapshot)) is expected


@pytest.mark.parametrize(
    ("code", "fact"),
    [
        ("host_key_changed", ("key", "")),
        ("auth_rejected", ("method", "key-file")),
        ("proxy_login_rejected", ("user", "")),
    ],
)
def test_where_no_answer_helps_none_is_offered(code: str, fact: tuple[str, str]) -> None:
    refused = Snapshot(SALES, State.FAILED, Cause(code, retryable=False, facts=(fact,)))
    assert not needs_answer(refused)
    assert Command.ANSWER not in allowed_commands(refused)


@pytest.mark.parametrize("state", [State.FAILED, State.WAITING])
@pytest.mark.parametrize(
    ("code", "is_shown"),
    [
        ("host_key_revoked", True),
        ("host_key_strict", True),
        ("host_certificate_unknown_authority", True),
        ("host_key_changed", True),
        ("host_key_unknown", False),
        ("host_certificate_wrong_name", False),
    ],
)
def test_where_the_known_keys_stand_in_the_way_they_are_shown(
    state: State, code: str, is_shown: bool
) -> None:
    refused = Snapshot(SALES, state, Cause(code, retryable=False))
    assert (Command.SHOW_HOST_KEYS in allowed_commands(refused)) is (is_shown and state is State.FAILED)


def test_answerable_causes_exist_and_are_never_retried_by_themselves() -> None:
    retryable = {leaf.code: leaf.retryable for leaf in leaves()}
    assert {code: retryable[code] for code in ANSWERABLE} == dict.fromkeys(ANSWERABLE, False)
