"""Every error has words for a person, whatever facts it carries."""

from __future__ import annotations

import pytest

from desktop.core.command_problem import CommandProblem
from desktop.core.config_errors import CommandNotUnderstood, ConfigUnreadable, ConnectionInvalid
from desktop.core.error_tree import leaves
from desktop.core.errors import (
    AuthMethodMissing,
    AuthRejected,
    BastionRefused,
    BastionTimeout,
    CaponierError,
    Cause,
    ForwardProhibited,
    HostKeyUnknown,
    KeyUnreadable,
    KeyUnsupported,
    PassphraseNeeded,
    PasswordNeeded,
    PortInUse,
    ServerShedding,
    Unexpected,
    WarehouseRefused,
)
from desktop.core.model import AuthMethod
from desktop.core.validation import Fault, Field, Problem
from desktop.core.warehouse_errors import WarehousePasswordNeeded
from desktop.wording.messages import advice, command_line_advice, problem_text, title
from tests.support.host_keys import changed

UNKNOWN_KEY = HostKeyUnknown(
    host="bastion.example.com",
    port=22,
    key_type="ssh-ed25519",
    fingerprint="SHA256:new",
    key="ssh-ed25519 AAAA",
).cause
CHANGED_KEY = changed(
    fingerprint="SHA256:new", known_fingerprint="SHA256:old", known_in="/home/me/.ssh/known_hosts:7"
).cause
STRICTLY_CHANGED_KEY = Cause("host_key_changed", retryable=False, facts=(("known_name", "[b]:2222"),))
NO_KEYRING = ["secret_store_locked", "secret_store_missing"]


@pytest.mark.parametrize("leaf", leaves(), ids=lambda leaf: leaf.code)
def test_every_error_has_a_title_and_an_advice_of_its_own(leaf: type[CaponierError]) -> None:
    cause = leaf(**{name: f"<{name}>" for name in leaf.fact_names}).cause
    unknown = Cause("no_such_code", retryable=False)
    assert title(cause) not in ("", title(unknown))
    assert advice(cause) not in ("", advice(unknown))
    assert not title(cause).endswith(".")
    assert advice(cause).endswith((".", "me@bastion.example.com"))


@pytest.mark.parametrize("leaf", leaves(), ids=lambda leaf: leaf.code)
def test_only_what_is_retried_is_said_to_be_and_never_of_a_check(leaf: type[CaponierError]) -> None:
    cause = leaf(**{name: f"<{name}>" for name in leaf.fact_names}).cause
    assert leaf.retryable or "keeps trying" not in advice(cause)
    assert "keeps trying" not in command_line_advice(cause, "orders", is_once=True)


@pytest.mark.parametrize("value", [None, "", "{oops} {0} %s", "end."])
@pytest.mark.parametrize("leaf", leaves(), ids=lambda leaf: leaf.code)
def test_missing_empty_and_odd_facts_never_break_a_sentence(
    leaf: type[CaponierError], value: str | None
) -> None:
    facts = () if value is None else tuple((name, value) for name in leaf.fact_names)
    cause = Cause(leaf.code, leaf.retryable, facts)
    for text in (title(cause), advice(cause), command_line_advice(cause, "Sales")):
        assert text
        assert ".." not in text
        assert "  " not in text


def test_an_unknown_code_still_gets_words() -> None:
    assert title(Cause("from_the_future", retryable=False)) == "Something went wrong"


@pytest.mark.parametrize(
    ("error", "in_title"),
    [
        (BastionRefused(host="b.example.com", port=22), "b.example.com refused the connection on port 22"),
        (
            BastionTimeout(host="b", port=22, stage="banner", timeout_s=15),
            "then stayed silent for 15 seconds",
        ),
        (AuthRejected(user="me", host="b", method=AuthMethod.PASSWORD), "b refused the password of me"),
        (AuthRejected(user="me", host="b", method=AuthMethod.KEY_FILE), "b refused the key of me"),
        (PortInUse(port=5432, holder="postgres (process 12)"), "port 5432 is taken by postgres (process 12)"),
        (PortInUse(port=5432, holder=""), "port 5432 is taken by another program"),
        (KeyUnreadable(path="", reason="no BEGIN line"), "The pasted key can't be read"),
        (
            ConnectionInvalid(field=Field.NAME, problem=Fault.DUPLICATE, detail="{Sales}"),
            "The name is already used by the connection {Sales}",
        ),
    ],
)
def test_a_title_names_the_thing(error: CaponierError, in_title: str) -> None:
    assert in_title in title(error.cause)


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (
            ForwardProhibited(bastion="b", target="db:5432").cause,
            ["AllowTcpForwarding", "PermitOpen", "permitopen=", "forwarding to db:5432"],
        ),
        (CHANGED_KEY, ["SHA256:new", "SHA256:old", "known_hosts:7", "Never accept", "Nothing was sent"]),
        (CHANGED_KEY, ["first seen on 2026-01-31, 12:00 UTC"]),
        (STRICTLY_CHANGED_KEY, ["ssh-keygen -R '[b]:2222'", "StrictHostKeyChecking is yes"]),
        (UNKNOWN_KEY, ["SHA256:new", "Nothing was sent"]),
        (AuthRejected(user="me", host="b", method="password").cause, ["tried once", "not be tried again"]),
        (
            AuthMethodMissing(user="me", host="b", method="password", offered="publickey").cause,
            ["You chose a password", "The server takes a key."],
        ),
        (ServerShedding(host="b", port=22).cause, ["MaxStartups", "PerSourcePenalties", "waits"]),
        (
            ConfigUnreadable(path="/a", reason="bad", kept_as="/a.damaged").cause,
            ["kept as /a.damaged", "repair"],
        ),
        (
            ConfigUnreadable(path="/a", reason="bad", kept_as="/a.damaged", previous="/a.old").cause,
            ["kept as /a.damaged", "previous version, /a.old, in place of /a"],
        ),
        (ConfigUnreadable(path="/a", reason="bad", kept_as="/a").cause, ["left where it is: /a"]),
        (
            KeyUnsupported(path="id.ppk", key_type="a PuTTY key in version 1 of its format").cause,
            ["PuTTYgen", "id.ppk", "Save private key"],
        ),
        (KeyUnsupported(path="id", key_type="DSA").cause, ["Ed25519", "ssh-keygen"]),
        (Unexpected(detail="KeyError").cause, ["Sorry", "log folder"]),
    ],
)
def test_an_advice_says_concretely_what_to_do(cause: Cause, words: list[str]) -> None:
    assert [word for word in words if word not in advice(cause)] == []


@pytest.mark.parametrize("store", NO_KEYRING)
def test_without_a_keyring_the_prompt_says_that_the_answer_is_kept_in_memory_only(store: str) -> None:
    for error in (PasswordNeeded(user="me", host="b", store=store), PassphraseNeeded(path="k", store=store)):
        assert "in memory only" in advice(error.cause)
        assert "secret set" not in command_line_advice(error.cause, "Sales")


@pytest.mark.parametrize(
    ("cause", "command"),
    [
        (UNKNOWN_KEY, "caponier up 'My Sales' --accept-host-key SHA256:new"),
        (CHANGED_KEY, "caponier up 'My Sales' --replace-host-key SHA256:new"),
        (KeyUnreadable(path="", reason="gone").cause, "caponier secret set 'My Sales' private-key"),
        (PasswordNeeded(user="me", host="b", store="").cause, "caponier secret set 'My Sales' ssh-password"),
        (PassphraseNeeded(path="k", store="").cause, "caponier secret set 'My Sales' key-passphrase"),
        (
            WarehousePasswordNeeded(target="db:1", user="me", store="").cause,
            "caponier secret set 'My Sales' warehouse-password",
        ),
        (
            AuthRejected(user="me", host="b", method="password").cause,
            "caponier secret set 'My Sales' ssh-password",
        ),
    ],
)
def test_the_command_line_is_told_the_command_that_answers(cause: Cause, command: str) -> None:
    assert command_line_advice(cause, "My Sales").endswith(command)
    assert "caponier" not in advice(cause)


def test_no_command_replaces_a_host_key_where_asking_is_not_allowed() -> None:
    assert command_line_advice(STRICTLY_CHANGED_KEY, "Sales") == advice(STRICTLY_CHANGED_KEY)


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("field", Field)
def test_every_problem_of_the_form_has_a_sentence(field: Field, fault: Fault) -> None:
    text = problem_text(Problem(field, fault, "Other"))
    assert text.endswith(".")
    assert "{" not in text


def test_a_problem_of_a_jump_host_says_which_one() -> None:
    problem = Problem(Field.BASTION_USER, Fault.EMPTY, jump_host=2)
    assert problem_text(problem) == "The user of jump host 2 is missing."
    invalid = ConnectionInvalid(field=problem.field, problem=problem.fault, detail="", jump_host=2)
    assert title(invalid.cause) == "The user of jump host 2 is missing"


@pytest.mark.parametrize("problem", CommandProblem)
def test_every_problem_of_a_pasted_command_has_a_sentence_with_its_word(problem: CommandProblem) -> None:
    with_part = advice(CommandNotUnderstood(problem=problem, part="{part}").cause)
    example = advice(CommandNotUnderstood(problem="from the future", part="").cause)
    assert with_part != example
    assert "{part}" in with_part or "ssh -N -L" in with_part or problem is CommandProblem.UNSAFE_URL


@pytest.mark.parametrize("error", [ForwardProhibited, WarehouseRefused])
def test_a_unix_socket_that_can_t_be_reached_has_advice_of_its_own(error: type[CaponierError]) -> None:
    cause = error(bastion="bastion", target="/run/x.sock").cause
    assert "/run/x.sock" in title(cause)
    assert "AllowStreamLocalForwarding" in advice(cause)
    assert "port" not in advice(cause)
