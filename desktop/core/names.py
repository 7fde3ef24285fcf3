"""Names of connections: what is shown of them, and which of them are free."""

from __future__ import annotations

from collections.abc import Container

LONGEST_GIVEN = 120


def free_name(wish: str, taken: Container[str]) -> str:
    """`wish`, or `wish 2`, `wish 3` ...: the first that is not among `taken`, which are case-folded."""
    name, number = wish, 1
    while name.casefold() in taken:
        number += 1
        name = f"{wish} {number}"
    return name


def tidied(text: str) -> str:
    """A text from a stranger's file as one short line: without control, bidirectional or invisible characters."""
    visible = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(visible.split())[:LONGEST_GIVEN].rstrip()
