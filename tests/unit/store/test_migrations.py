"""Old files are brought to today's form one version at a time."""

from __future__ import annotations

import pytest

from desktop.store.fields import Damaged, Fields
from desktop.store.migrations import CURRENT_VERSION, MIGRATIONS, Document, migrated


def from_1(document: Document) -> Document:
    return {"links": document["connections"]}


def from_2(document: Document) -> Document:
    return {"tunnels": [*document["links"], "added in 3"]}


def test_each_step_gets_what_the_one_before_it_made() -> None:
    old = Fields({"version": 1, "connections": ["a"]}, "the file")
    new = migrated(old, current=3, migrations={1: from_1, 2: from_2})
    assert new.values == {"version": 3, "tunnels": ["a", "added in 3"]}


def test_a_file_in_the_middle_starts_there() -> None:
    old = Fields({"version": 2, "links": []}, "the file")
    assert migrated(old, current=3, migrations={2: from_2}).values == {
        "version": 3,
        "tunnels": ["added in 3"],
    }


def test_today_s_file_is_left_alone() -> None:
    today = Fields({"version": CURRENT_VERSION, "connections": []}, "the file")
    assert migrated(today).values == today.values


def test_a_newer_file_is_refused() -> None:
    with pytest.raises(Damaged, match="newer Caponier"):
        migrated(Fields({"version": CURRENT_VERSION + 1}, "the file"))


def test_there_is_a_step_from_every_older_version() -> None:
    assert sorted(MIGRATIONS) == list(range(1, CURRENT_VERSION))
