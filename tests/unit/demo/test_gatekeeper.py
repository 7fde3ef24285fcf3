from __future__ import annotations

import paramiko
import pytest

from desktop.core.model import Endpoint
from desktop.demo.bastion import new_host_key, public_line
from desktop.demo.gatekeeper import Gatekeeper, Rules

ORIGIN = ("127.0.0.1", 1)


def test_the_right_user_with_the_right_password_gets_in() -> None:
    gate = Gatekeeper(Rules("demo", "secret"))
    assert gate.check_auth_password("demo", "secret") == paramiko.AUTH_SUCCESSFUL


@pytest.mark.parametrize(
    ("user", "password"),
    [("demo", "Secret"), ("root", "secret"), ("demo", ""), ("demo", "sécret"), ("demo", b"\xff")],
)
def test_any_other_user_or_password_does_not(user: str, password: str | bytes) -> None:
    gate = Gatekeeper(Rules("demo", "secret"))
    assert gate.check_auth_password(user, password) == paramiko.AUTH_FAILED


def test_a_listed_public_key_gets_its_user_in_and_nobody_else() -> None:
    key, stranger = new_host_key(), new_host_key()
    gate = Gatekeeper(Rules("demo", "secret", {public_line(key)}))
    assert gate.check_auth_publickey("demo", key) == paramiko.AUTH_SUCCESSFUL
    assert gate.check_auth_publickey("root", key) == paramiko.AUTH_FAILED
    assert gate.check_auth_publickey("demo", stranger) == paramiko.AUTH_FAILED


def test_keys_are_offered_only_where_some_are_listed() -> None:
    assert Gatekeeper(Rules("demo", "secret")).get_allowed_auths("demo") == "password"
    assert (
        Gatekeeper(Rules("demo", "secret", {"ssh-ed25519 AAAA"})).get_allowed_auths("demo")
        == "publickey,password"
    )


def test_a_target_that_is_not_listed_is_prohibited_without_trying_it() -> None:
    gate = Gatekeeper(
        Rules("demo", "secret", targets={Endpoint("warehouse.demo", 5432): Endpoint("127.0.0.1", 1)})
    )
    for target in (("warehouse.demo", 5433), ("127.0.0.1", 1), ("localhost", 22)):
        answer = gate.check_channel_direct_tcpip_request(0, ORIGIN, target)
        assert answer == paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


def test_the_password_is_not_in_the_rules_printed_form() -> None:
    assert "secret" not in repr(Rules("demo", "secret"))
