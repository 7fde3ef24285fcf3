"""What is saved can be read back, and what can't be read is named."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from desktop.core.identity import Guard, WarehouseIdentity
from desktop.core.model import (
    CONFIGURED_PORT,
    AnyHost,
    Auth,
    AuthMethod,
    Endpoint,
    Forward,
    Hop,
    Proxy,
    ProxyKind,
    Route,
    Target,
    UnixSocket,
)
from desktop.store.codec import decode, encode
from desktop.store.fields import Damaged
from tests.unit.store.samples import AGENT, BASTION, FULL, PLAIN


def document(**changes: object) -> dict[str, Any]:
    """The sample file as data, with changes to its first connection."""
    data: dict[str, Any] = json.loads(encode([PLAIN]))
    data["connections"][0].update(changes)
    return data


def reason_of(data: object) -> str:
    with pytest.raises(Damaged) as caught:
        decode(json.dumps(data).encode())
    return str(caught.value)


def test_every_field_comes_back() -> None:
    assert decode(encode([PLAIN, FULL])) == (PLAIN, FULL)


def test_an_agent_and_its_chosen_key_come_back() -> None:
    by_agent = replace(PLAIN, route=Route((replace(BASTION, auth=AGENT),)))
    assert decode(encode([by_agent])) == (by_agent,)


@pytest.mark.parametrize(
    "proxy",
    [
        Proxy(ProxyKind.SOCKS5, "proxy.internal", 1080, "me"),
        Proxy(ProxyKind.HTTP, "proxy.internal", 3128),
        Proxy(ProxyKind.COMMAND, command="nc %h %p"),
    ],
    ids=lambda proxy: proxy.kind,
)
def test_jump_hosts_and_what_stands_in_front_of_them_come_back(proxy: Proxy) -> None:
    jump_host = Hop("jump.internal", "other", 2222, Auth(AuthMethod.INTERACTIVE))
    alias = Hop("prod", "", CONFIGURED_PORT, Auth(AuthMethod.SSH_CONFIG))
    routed = replace(PLAIN, route=Route((jump_host, alias), proxy))
    assert decode(encode([routed])) == (routed,)


@pytest.mark.parametrize("target", [Endpoint("::1", 1), UnixSocket("/run/a b.sock"), AnyHost()], ids=str)
def test_wherever_it_leads_comes_back(target: Target) -> None:
    led = replace(PLAIN, forward=Forward(target, 1080, "::1"))
    assert decode(encode([led])) == (led,)


@pytest.mark.parametrize("target", [{"any_host": "yes"}, {"unix_socket": 7}, {}, {"any_host": False}])
def test_a_target_that_leads_nowhere_is_damage(target: dict[str, object]) -> None:
    data = document()
    data["connections"][0]["forward"]["target"] = target
    assert "target of forward of" in reason_of(data)


def test_a_file_of_the_first_version_is_read() -> None:
    old = document() | {"version": 1}
    del old["connections"][0]["route"][0]["auth"]["agent"]
    assert decode(json.dumps(old).encode()) == (PLAIN,)


def test_a_guard_comes_back_and_so_does_one_from_before_clusters_had_marks() -> None:
    identity = WarehouseIdentity("SHA256:abc", "8.0.36", "7", "SHA256:def")
    guarded = replace(PLAIN, guard=Guard(True, identity))
    assert decode(encode([guarded])) == (guarded,)
    old = json.loads(encode([guarded])) | {"version": 4}
    del old["connections"][0]["guard"]["cluster_mark"]
    assert decode(json.dumps(old).encode()) == (
        replace(guarded, guard=Guard(True, replace(identity, cluster_mark=""))),
    )


def test_no_connections_are_a_file_too() -> None:
    assert decode(encode([])) == ()


def test_a_name_with_half_a_character_survives() -> None:
    odd = document(name="\udcff")
    assert decode(encode(decode(json.dumps(odd).encode())))[0].name == "\udcff"


def test_a_byte_order_mark_is_no_damage() -> None:
    assert decode(b"\xef\xbb\xbf" + encode([PLAIN])) == (PLAIN,)


def test_left_out_details_get_their_usual_values() -> None:
    data = document()
    connection = data["connections"][0]
    for name in ("group", "kind", "database", "warehouse_user"):
        del connection[name]
    del connection["route"][0]["port"]
    del connection["forward"]["local_host"]
    (read,) = decode(json.dumps(data).encode())
    assert (read.group, read.kind, read.route.bastion.port, read.forward.local_host) == (
        "",
        "postgresql",
        22,
        "127.0.0.1",
    )


def test_a_field_that_nobody_knows_is_passed_over() -> None:
    assert decode(json.dumps(document(colour="red")).encode()) == (PLAIN,)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "it is not JSON, line 1: Expecting value"),
        (b"\xff\xfe", "it is not UTF-8 text"),
        (b'{"version": 1,\n "connec', "it is not JSON, line 2: Unterminated string"),
        (b"[" * 100_000, "it is not JSON that a connections file can hold"),
        (b'{"version": ' + b"1" * 5000 + b"}", "it is not JSON that a connections file can hold"),
        (b"[]", "the file should be an object"),
        (b"{}", "the file has no version"),
        (b'{"version": "1"}', "the file should have a whole number from 1 to 1000000 as version"),
        (b'{"version": 1}', "the file has no connections"),
        (b'{"version": 1, "connections": {}}', "the file should have a list as connections"),
        (b'{"version": 1, "connections": [7]}', "connections[0] of the file should be an object"),
    ],
)
def test_damage_is_named(raw: bytes, reason: str) -> None:
    with pytest.raises(Damaged) as caught:
        decode(raw)
    assert str(caught.value) == reason


def test_a_newer_file_is_not_guessed_at() -> None:
    assert "a newer Caponier wrote it (format 6" in reason_of({"version": 6, "connections": []})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": 7}, "connections[0] of the file should have text as name"),
        ({"name": None}, "connections[0] of the file has no name"),
        ({"id": ""}, "connections[0] of the file has an empty id"),
        ({"forward": []}, "forward of connections[0] of the file should be an object"),
        (
            {"forward": {"target": {"host": "db", "port": True}}},
            "target of forward of connections[0] of the file should have a whole number from 1 to 65535 as port",
        ),
        (
            {"route": [{"host": "h", "user": "u", "auth": {"method": "telepathy"}}]},
            'auth of route[0] of connections[0] of the file has an unknown method "telepathy"',
        ),
        (
            {"route": [{"host": "h", "user": "u", "port": 65536, "auth": {"method": "password"}}]},
            "route[0] of connections[0] of the file should have a whole number from 1 to 65535 as port",
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_place(changes: dict[str, object], reason: str) -> None:
    assert reason_of(document(**changes)) == reason


def test_two_connections_with_one_id_are_damage() -> None:
    data = document()
    assert (
        reason_of({**data, "connections": data["connections"] * 2}) == 'two connections have the id "plain"'
    )
