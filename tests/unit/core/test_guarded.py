"""A guard goes by one thing: what the warehouse can show to programs as they connect to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.guarded import change_of, deciding_field
from desktop.core.identity import NO_GUARD, Guard, WarehouseIdentity
from desktop.core.model import Connection, Endpoint, Forward, Hop, Route
from desktop.core.tls import Tls, TlsMode

KNOWN = WarehouseIdentity("SHA256:a", "8.0", cluster_mark="SHA256:m")


def guarded(kind: str, known: WarehouseIdentity = KNOWN) -> Connection:
    route = Route((Hop("bastion.example.com", "ada"),))
    return Connection("Orders", route, Forward(Endpoint("db", 5432)), kind, guard=Guard(True, known))


@pytest.mark.parametrize(
    ("connection", "field"),
    [
        (guarded("postgresql"), "certificate"),
        (replace(guarded("postgresql"), tls=Tls(TlsMode.OFF)), "greeting"),
        (guarded("postgresql", WarehouseIdentity(cluster_mark="SHA256:m")), "cluster_mark"),
        # Each program of these sees the greeting, and nobody connects to see a certificate.
        (guarded("mysql"), "greeting"),
        (replace(guarded("postgresql"), guard=NO_GUARD), ""),
    ],
)
def test_what_a_guard_goes_by(connection: Connection, field: str) -> None:
    assert deciding_field(connection) == field


def test_another_one_is_told_by_what_the_guard_goes_by_and_by_what_else_differs() -> None:
    changed = change_of(guarded("postgresql"), WarehouseIdentity("SHA256:b", "8.1"))
    assert changed is not None
    assert (changed.facts["changes"], changed.facts["known"], changed.facts["found"]) == (
        "certificate,greeting",
        "SHA256:a",
        "SHA256:b",
    )
    assert change_of(guarded("postgresql"), replace(KNOWN, greeting="8.1")) is None
    assert change_of(guarded("mysql"), replace(KNOWN, certificate="SHA256:renewed")) is None
