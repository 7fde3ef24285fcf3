"""Older forms of the connections file, brought to today's one version at a time.

A migration works on raw data and never imports the model: the model moves on, and an old file stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from desktop.store.fields import Damaged, Fields

CURRENT_VERSION = 5

Document = dict[str, Any]
Migration = Callable[[Document], Document]


def _unchanged(document: Document) -> Document:
    """What was said before, the next version says in the same words.

    Version 2 knows SSH agents, 3 every other way in, 4 the warehouse's TLS, its guard, and direct connections,
    5 the mark of a cluster in a guard.
    """
    return {name: value for name, value in document.items() if name != "version"}


# The migration under n takes a document of version n and returns one of version n + 1, without its version field.
MIGRATIONS: Mapping[int, Migration] = dict.fromkeys(range(1, 5), _unchanged)


def migrated(
    document: Fields, current: int = CURRENT_VERSION, migrations: Mapping[int, Migration] = MIGRATIONS
) -> Fields:
    """`document` in the form of version `current`. Raises `Damaged` for a version this program does not know."""
    version = document.integer("version", 1, 1_000_000)
    if version > current:
        raise Damaged(f"a newer Caponier wrote it (format {version}, this one reads up to {current})")
    values = dict(document.values)
    for number in range(version, current):
        values = {**migrations[number](values), "version": number + 1}
    return Fields(values, document.place)
