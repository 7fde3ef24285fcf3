from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.catalogue import CATALOGUE
from desktop.core.client_command import command_words
from desktop.core.copy_text import TextKey
from desktop.core.copy_texts import copy_texts
from desktop.core.model import AnyHost, Connection, Endpoint, Forward, Hop, Route
from desktop.core.tls import Tls, TlsMode

AT = Endpoint("127.0.0.1", 15432)
SALES = Connection(
    "Sales",
    Route((Hop("bastion.example.com", "ada"),)),
    Forward(Endpoint("db.internal", 5432), 15432),
    database="o'neill's $HOME; `id` & co",
    warehouse_user='ada "the" reader',
)
PASSWORD = "open-sesame"


def test_the_client_gets_every_name_as_it_is() -> None:
    assert command_words(replace(SALES, kind="mysql"), AT)[-1] == SALES.database
    program, conninfo = command_words(SALES, AT)
    assert program == "psql"
    assert "hostaddr=127.0.0.1" in conninfo
    assert r"dbname='o\'neill\'s $HOME; `id` & co'" in conninfo


@pytest.mark.parametrize("mode", TlsMode)
@pytest.mark.parametrize("kind", [entry.key for entry in CATALOGUE])
def test_every_kind_with_a_command_begins_it_with_a_program(kind: str, mode: TlsMode) -> None:
    connection = replace(SALES, kind=kind, tls=Tls(mode, "/etc/ca file.pem", "db.example.com"))
    words = command_words(connection, AT)
    lines = [text.text for text in copy_texts(connection, AT) if text.key is TextKey.COMMAND]
    assert bool(words) == any(not line.startswith("curl ") for line in lines)
    assert not words or ("=" not in words[0] and words[0] == words[0].strip("'\""))


@pytest.mark.parametrize("kind", [entry.key for entry in CATALOGUE])
def test_no_command_to_copy_ever_holds_the_password(kind: str) -> None:
    texts = copy_texts(replace(SALES, kind=kind), AT, PASSWORD)
    commands = [text.text for text in texts if text.key is TextKey.COMMAND]
    assert not any(PASSWORD in command for command in commands)


def test_where_the_host_is_for_the_person_to_add_nothing_can_be_opened() -> None:
    any_host = replace(SALES, kind="trino", forward=Forward(AnyHost(), 1080))
    assert command_words(any_host, AT) == ()


def test_what_answers_once_and_ends_is_no_client() -> None:
    assert command_words(replace(SALES, kind="clickhouse"), AT) == ()


def test_a_kind_without_a_client_has_no_words() -> None:
    assert command_words(replace(SALES, kind="other"), AT) == ()
