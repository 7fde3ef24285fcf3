"""Pasted ssh commands that name aliases of ssh_config."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.aliases import AliasForward, AliasServer, AliasView
from desktop.core.model import (
    CONFIGURED_PORT,
    Auth,
    AuthMethod,
    Endpoint,
    Forward,
    Hop,
    Proxy,
    ProxyKind,
    Route,
)
from desktop.core.plan import OfferedKeys, PlannedHop, Trust
from desktop.core.ssh_command import parse_ssh_command
from desktop.engine.alias_drafts import is_by_alias, route_of, with_its_forwards

COMMAND = Proxy(ProxyKind.COMMAND, command="nc gate 22 100%")
SAVED_COMMAND = Proxy(ProxyKind.COMMAND, command="nc gate 22 100%%")


def server(name: str, host: str, user: str, port: int) -> AliasServer:
    ways = (OfferedKeys(identity_files=("/keys/one",)),)
    return AliasServer(name, PlannedHop(Endpoint(host, port), user, ways, Trust(host)))


PROD = server("prod", "bastion.corp", "deploy", 2222)
GATE = server("gate", "gate.corp", "me", 22)
VIEW = AliasView("prod", is_known=True, servers=(PROD,), names=frozenset({"prod", "gate"}), proxy=COMMAND)
CHAIN = replace(VIEW, servers=(GATE, PROD))


def alias(name: str, user: str = "", port: int = CONFIGURED_PORT) -> Hop:
    return Hop(name, user, port, Auth(AuthMethod.SSH_CONFIG))


def own(hop: Hop) -> Hop:
    return replace(hop, user=hop.user or "ada")


def route(options: str, view: AliasView | None = VIEW) -> Route:
    return route_of(parse_ssh_command(f"ssh -L 1:db:2 {options}"), view, own)


@pytest.mark.parametrize(
    ("options", "hop"),
    [
        ("prod", alias("prod")),
        ("eve@prod", alias("prod", "eve")),
        ("-p 22 prod", alias("prod", port=22)),
        ("-i /keys/one prod", alias("prod")),
    ],
)
def test_an_alias_stays_one_with_what_the_command_says_beside_it(options: str, hop: Hop) -> None:
    assert route(options) == Route((hop,))


def test_a_key_of_the_command_s_own_takes_the_servers_as_they_are_now() -> None:
    key = Auth(AuthMethod.KEY_FILE, "/other")
    last = Hop("bastion.corp", "deploy", 2222, key)
    assert route("-i /other prod") == Route((last,), SAVED_COMMAND)
    # Then the proxy is that of the nearest, which stays an alias.
    assert route("-i /other prod", CHAIN) == Route((alias("gate", "me", 22), last))


def test_jump_hosts_of_a_command_may_be_aliases_too() -> None:
    assert route("-J gate,jo@other prod").hops == (alias("gate"), Hop("other", "jo"), alias("prod"))
    nowhere = replace(VIEW, alias="elsewhere", is_known=False)
    assert route("-J x@gate:2200 elsewhere", nowhere).hops == (
        alias("gate", "x", 2200),
        Hop("elsewhere", "ada"),
    )


def test_a_proxy_of_the_command_stays_in_front() -> None:
    found = route("-o 'ProxyCommand=connect %h' prod")
    assert (found.hops, found.proxy) == ((alias("prod"),), Proxy(ProxyKind.COMMAND, command="connect %h"))


def test_without_a_view_every_host_is_taken_by_its_name() -> None:
    assert route("prod", None) == Route((Hop("prod", "ada"),))


def test_forwards_of_the_alias_are_for_commands_that_have_none() -> None:
    forward = Forward(Endpoint("db", 5432), 15432)
    view = replace(VIEW, forwards=(AliasForward(forward),))
    bare = parse_ssh_command("ssh prod", needs_forward=False)
    assert with_its_forwards(bare, view).forwards == (forward,)
    assert with_its_forwards(bare, replace(view, is_known=False)).forwards == ()
    full = parse_ssh_command("ssh -L 1:db:2 prod")
    assert with_its_forwards(full, view) == full


def test_an_agent_of_the_command_s_own_goes_before_the_alias() -> None:
    parsed = parse_ssh_command("ssh -L 1:db:2 -o IdentityAgent=/run/a prod")
    assert not is_by_alias(parsed, VIEW)
