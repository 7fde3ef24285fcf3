"""A connection without a tunnel on the command line."""

from __future__ import annotations

import json

from tests.support.program import must, run


def test_a_direct_connection_is_saved_listed_and_not_taken_for_a_tunnel() -> None:
    assert must("add", "Near", "--direct", "db.example.com:5432").strip() == (
        "Saved Near: PostgreSQL at db.example.com:5432, directly"
    )

    listed = json.loads(must("list", "--json"))
    assert (listed["direct"], listed["target"]) == (True, "db.example.com:5432")
    assert "bastion" not in listed

    refused = run("up", "Near")
    assert refused.status == 2
    assert "Near is a direct connection" in refused.err
    assert "programs connect to db.example.com:5432 themselves" in refused.err


def test_a_password_of_a_bastion_is_not_stored_for_what_has_none() -> None:
    must("add", "Near", "--direct", "db.example.com:5432")
    refused = run("secret", "set", "Near", "ssh-password", stdin="secret\n")
    assert refused.status == 2
    assert "There is no tunnel to open" in refused.err


def test_an_address_without_a_port_is_asked_for_again() -> None:
    refused = run("add", "Near", "--direct", "db.example.com")
    assert refused.status == 2
    assert "Write it as db.example.com:5432" in refused.err
