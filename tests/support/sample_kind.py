"""A kind of warehouse of our own, so that tests of the window do not hang on what the catalogue says of a real one."""

from __future__ import annotations

import pytest

from desktop.core import warehouses
from desktop.core.copy_escapes import shell_word
from desktop.core.copy_template import Template
from desktop.core.copy_text import NoteKind
from desktop.core.warehouse_kind import Texts, Warehouse

KEY = "sample"
_TEXTS = Texts(
    url=Template("sample://[{user}][:{password}]@{address}[/{database}]"),
    jdbc=Template("jdbc:sample://{address}/[{database}]", notes=(("{verify}", NoteKind.NOT_CHECKED),)),
    command=Template("psql host={host} port={port}[ user={user}][ {database}]", escape=shell_word),
    odbc=Template("Driver=Sample;Server={host};Port={port}", notes=(("{verify}", NoteKind.NOT_CHECKED),)),
    dbt=Template("sample:\n  host: {host}\n  port: {port}[\n  password: {password}]"),
)
SAMPLE = Warehouse(KEY, "Sample House", 4711, "Sa", _TEXTS, database_label="Shelf", user_label="Reader")
WITHOUT_USER = Warehouse("userless", "Userless", 4712, "Us", _TEXTS, database_label="Index", user_label="")


@pytest.fixture
def sample_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """`SAMPLE` and `WITHOUT_USER` are known by their keys."""
    for entry in (SAMPLE, WITHOUT_USER):
        monkeypatch.setitem(warehouses._BY_KEY, entry.key, entry)
