"""The error tree as an interface, and the values that cross threads."""

from __future__ import annotations

import pytest

from desktop.core.error_tree import leaves
from desktop.core.errors import BastionRefused, CaponierError, Cause
from desktop.core.model import Connection, Endpoint, Forward, Hop, Route, Snapshot, State

RETRIED = {
    "name_not_found",
    "bastion_refused",
    "bastion_timeout",
    "jump_unreachable",
    "bind_address_missing",
    "proxy_failed",
    "proxy_command_ended",
    "proxy_command_silent",
    "peer_lost",
    "offline",
    "captive_portal",
    "server_shedding",
    "forward_prohibited",
    "warehouse_name_not_found",
    "warehouse_refused",
    "warehouse_timeout",
    "warehouse_hung_up",
    "warehouse_silent",
    "warehouse_unidentified",
    "warehouse_too_many_connections",
    "warehouse_starting",
    "warehouse_unavailable",
    "unexpected",
}


def test_no_two_errors_share_a_code() -> None:
    codes = [leaf.code for leaf in leaves()]
    assert len(codes) == len(set(codes))


def test_only_errors_that_harm_nobody_are_retried_by_themselves() -> None:
    assert {leaf.code for leaf in leaves() if leaf.retryable} == RETRIED


@pytest.mark.parametrize("leaf", leaves(), ids=lambda leaf: leaf.code)
def test_an_error_becomes_a_cause_with_its_facts(leaf: type[CaponierError]) -> None:
    error = leaf(**dict.fromkeys(leaf.fact_names, "some fact"))
    assert error.cause == Cause(
        leaf.code, leaf.retryable, tuple((name, "some fact") for name in leaf.fact_names)
    )
    assert str(error).startswith(leaf.code)


def test_an_error_without_a_fact_it_must_carry_is_a_fault_of_the_raiser() -> None:
    with pytest.raises(TypeError, match="port"):
        BastionRefused(host="bastion")


def test_facts_are_text_and_a_missing_one_is_empty() -> None:
    cause = BastionRefused(host="bastion", port=22).cause
    assert (cause.fact("port"), cause.fact("holder")) == ("22", "")


def test_an_endpoint_puts_brackets_around_an_ipv6_address() -> None:
    assert [str(Endpoint("db", 1)), str(Endpoint("::1", 1))] == ["db:1", "[::1]:1"]


def test_each_connection_gets_an_id_of_its_own() -> None:
    route, forward = Route((Hop("outer", "me"), Hop("bastion", "me"))), Forward(Endpoint("db", 1))
    assert Connection("a", route, forward).id != Connection("a", route, forward).id
    assert route.bastion.endpoint == Endpoint("bastion", 22)


@pytest.mark.parametrize("state", State)
def test_a_connection_is_wanted_in_every_state_but_off_and_closing(state: State) -> None:
    sales = Connection("a", Route((Hop("bastion", "me"),)), Forward(Endpoint("db", 1)))
    assert Snapshot(sales, state).wanted is (state not in (State.OFF, State.CLOSING))
