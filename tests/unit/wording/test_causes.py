"""What a failed check ends with: likely causes in order, and settings that can be pasted as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.challenge_errors import ChallengeError
from desktop.core.error_tree import leaves
from desktop.core.errors import (
    AgentError,
    BastionTimeout,
    CaponierError,
    Cause,
    ForwardError,
    ForwardProhibited,
    HostKeyError,
    KeyError_,
    LoginError,
    RouteError,
    SecretStoreError,
    WarehouseRefused,
    WarehouseTimeout,
)
from desktop.core.key_offer_errors import KeyOfferError
from desktop.core.model import DIRECT, Connection, Endpoint, Forward, Hop, Route, UnixSocket
from desktop.core.ssh_config_errors import SshConfigError
from desktop.core.warehouse_errors import (
    TlsFault,
    TlsInvalid,
    WarehouseChanged,
    WarehouseClientNotAllowed,
    WarehouseError,
    WarehouseHostBlocked,
    WarehouseUnidentified,
    WrongProtocol,
)
from desktop.wording.causes import NEEDS_NO_CAUSES, Help, help_for
from desktop.wording.messages import advice, title

# Branches of what a stage of a check can raise.
OF_A_CHECK = (
    *(RouteError, HostKeyError, LoginError, ChallengeError, KeyError_, KeyOfferError, AgentError),
    *(SecretStoreError, SshConfigError, ForwardError, WarehouseError),
)
LEAVES = [leaf for branch in OF_A_CHECK for leaf in leaves(branch)]
ROUTE = Route((Hop("bastion", "ada"),))
ORDERS = Connection("Orders", ROUTE, Forward(Endpoint("db", 5432)), "postgresql", "sales", "reader")
SHOP = replace(ORDERS, kind="mysql", forward=Forward(Endpoint("db", 3306)))


def help_of(error: CaponierError, connection: Connection = ORDERS) -> Help:
    return help_for(error.cause, connection)


def settings_of(error: CaponierError, connection: Connection = ORDERS) -> str:
    return "\n".join(setting.text for setting in help_of(error, connection).settings)


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.code)
def test_every_code_of_a_stage_has_causes_or_knowingly_none(leaf: type[CaponierError]) -> None:
    found = help_of(leaf(**{name: f"<{name}>" for name in leaf.fact_names}))
    assert bool(found.causes) is not (leaf.code in NEEDS_NO_CAUSES)


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.code)
def test_missing_and_odd_facts_never_break_a_cause(leaf: type[CaponierError]) -> None:
    for connection in (ORDERS, SHOP, replace(ORDERS, route=DIRECT, kind="other")):
        for value in (None, "", "{oops} %s"):
            facts = () if value is None else tuple((name, value) for name in leaf.fact_names)
            found = help_for(Cause(leaf.code, leaf.retryable, facts), connection)
            assert [
                cause for cause in found.causes if ".." in cause or "  " in cause or cause[-1] != "."
            ] == []
            assert all(setting.where and setting.text.strip() for setting in found.settings)


def test_forbidden_forwarding_names_the_lines_for_sshd_config_and_authorized_keys() -> None:
    lines = settings_of(ForwardProhibited(bastion="bastion", target="db:5432")).splitlines()
    assert lines == [
        "Match User ada",
        "    DisableForwarding no",
        "    AllowTcpForwarding yes",
        "    PermitOpen db:5432",
        'restrict,port-forwarding,permitopen="db:5432"',
    ]


def test_forbidden_forwarding_to_a_socket_asks_for_another_setting() -> None:
    connection = replace(ORDERS, forward=Forward(UnixSocket("/run/x.sock")))
    lines = settings_of(ForwardProhibited(bastion="bastion", target="/run/x.sock"), connection)
    assert "AllowStreamLocalForwarding yes" in lines
    assert "PermitOpen" not in lines


def test_a_port_that_is_not_the_usual_one_of_the_kind_comes_first() -> None:
    refused = WarehouseRefused(bastion="bastion", target="db:5432")
    first = help_of(refused, replace(ORDERS, kind="mysql")).causes[0]
    assert first == "The port is wrong: MySQL usually listens on 3306, and this connection says 5432."
    assert "port is wrong" not in " ".join(help_of(refused).causes)


def test_a_silent_warehouse_may_sleep_or_not_know_the_bastion() -> None:
    found = help_of(WarehouseTimeout(bastion="bastion", target="db:5432"))
    assert "from bastion" in found.causes[0]
    assert any("Serverless" in cause for cause in found.causes)
    assert [setting.text for setting in found.settings] == ["allow TCP from bastion to db:5432"]


def test_a_direct_connection_is_let_in_by_this_computers_address() -> None:
    direct = replace(ORDERS, route=DIRECT)
    timeout = WarehouseTimeout(bastion="", target="db:5432")
    assert settings_of(timeout, direct) == "allow TCP from PUBLIC-ADDRESS-OF-THIS-COMPUTER to db:5432"
    assert "bastion" not in f"{title(timeout.cause)} {advice(timeout.cause)}"


def test_a_silent_bastion_names_the_address_that_was_tried_from() -> None:
    known = BastionTimeout(host="bastion", port=22, stage="connect", timeout_s=15, source="10.8.0.3")
    assert any("10.8.0.3" in cause for cause in help_of(known).causes)


def test_the_address_that_postgresql_saw_stands_in_the_line_for_pg_hba() -> None:
    said = 'no pg_hba.conf entry for host "10.0.0.5", user "reader", database "sales", no encryption'
    refused = WarehouseClientNotAllowed(target="db:5432", kind="postgresql", user="reader", detail=said)
    assert settings_of(refused) == "hostssl  sales  reader  10.0.0.5/32  scram-sha-256"
    assert "encrypted connections only" in help_of(refused).causes[0]


def test_the_host_that_mysql_saw_stands_in_the_grant() -> None:
    said = "Host '10.0.0.5' is not allowed to connect to this MySQL server"
    refused = WarehouseClientNotAllowed(target="db:3306", kind="mysql", user="reader", detail=said)
    assert "GRANT SELECT ON sales.* TO 'reader'@'10.0.0.5';" in settings_of(refused, SHOP)


def test_a_blocked_host_is_told_whose_count_it_is() -> None:
    said = "Host '10.0.0.5' is blocked because of many connection errors"
    blocked = WarehouseHostBlocked(target="db:3306", kind="mysql", detail=said)
    assert "come from 10.0.0.5" in help_of(blocked, SHOP).causes[0]
    assert "TRUNCATE TABLE performance_schema.host_cache;" in settings_of(blocked, SHOP)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ("mysql", "db:5432 speaks MySQL, not PostgreSQL"),
        ("ssh", "db:5432 speaks SSH, not PostgreSQL"),
        ("", "db:5432 does not speak PostgreSQL"),
    ],
)
def test_another_protocol_is_called_by_its_name(found: str, words: str) -> None:
    wrong = WrongProtocol(target="db:5432", kind="postgresql", found=found, answer="J\\x00")
    assert title(wrong.cause) == words
    assert "PostgreSQL usually listens on 5432" in advice(wrong.cause)


def test_a_found_kind_can_be_chosen() -> None:
    wrong = WrongProtocol(target="db:5432", kind="postgresql", found="mysql", answer="")
    assert help_of(wrong).causes[0] == "The warehouse is MySQL: choose that as the connection's kind."
    assert "choose MySQL as its kind" in advice(wrong.cause)


def test_a_changed_warehouse_is_told_by_what_changed() -> None:
    changed = WarehouseChanged(
        target="db:5432",
        kind="postgresql",
        changes="certificate,system_identifier",
        known="SHA256:a",
        found="SHA256:b",
        certificate="SHA256:b",
        greeting="",
        cluster_mark="",
    )
    words = advice(changed.cause)
    assert "certificate was SHA256:a" in words
    assert "is SHA256:b now" in words
    assert "its system identifier" in words


def test_a_warehouse_that_shows_nothing_any_more_is_told_without_an_empty_word() -> None:
    facts = dict.fromkeys(WarehouseChanged.fact_names, "") | {"changes": "cluster_mark", "known": "SHA256:a"}
    words = advice(WarehouseChanged(**facts).cause)
    assert "mark of its PostgreSQL cluster was SHA256:a when" in words
    assert "nothing like it is there now. Programs have to wait" in words


def test_why_a_warehouse_is_not_known_is_told_in_words() -> None:
    unknown = WarehouseUnidentified(target="db:5432", kind="postgresql", reason="warehouse_hung_up")
    assert "it hangs up at once" in advice(unknown.cause)


@pytest.mark.parametrize("fault", TlsFault)
def test_every_fault_of_a_certificate_has_causes_and_a_command_to_see_it(fault: TlsFault) -> None:
    facts = dict.fromkeys(TlsInvalid.fact_names, "x") | {
        "fault": fault,
        "target": "db:5432",
        "kind": "postgresql",
    }
    found = help_of(TlsInvalid(**facts))
    assert found.causes
    assert "openssl s_client -connect db:5432 -starttls postgres" in found.settings[0].text
