"""Free names, and names from strangers."""

from __future__ import annotations

import pytest

from desktop.core.names import LONGEST_GIVEN, free_name, tidied


def test_a_free_name_is_kept_as_it_is() -> None:
    assert free_name("Sales", {"stock"}) == "Sales"


def test_a_taken_name_gets_the_next_free_number_whatever_its_case() -> None:
    assert free_name("Sales", {"sales", "sales 2"}) == "Sales 3"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Orders", "Orders"),
        ("  Lager  Köln\n", "Lager Köln"),
        ("up\x1b[2Kdown", "up [2Kdown"),
        ("drac\u202ereverse", "drac reverse"),
        ("\u200b", ""),
        ("倉庫", "倉庫"),
    ],
)
def test_a_strangers_name_becomes_one_visible_line(given: str, shown: str) -> None:
    assert tidied(given) == shown


def test_a_strangers_name_is_no_novel() -> None:
    assert len(tidied("a" * 10_000)) == LONGEST_GIVEN
