"""What another process saves is noticed, by somebody who only looks on."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.store.codec import encode
from desktop.store.connections import ConnectionsFile
from desktop.store.connections_watch import ConnectionsWatch
from desktop.store.paths import Paths
from tests.unit.store.samples import FULL, PLAIN


def test_what_is_saved_is_told_once(paths: Paths) -> None:
    watch, store = ConnectionsWatch(paths), ConnectionsFile(paths)
    assert watch.news() == ()
    for connections in ((PLAIN,), (PLAIN, FULL), (FULL,), (PLAIN,)):
        store.save(connections)
        assert [watch.news(), watch.news()] == [connections, ()]


@pytest.mark.parametrize("damage", ["half", "gone", "a folder"])
def test_a_file_that_can_t_be_understood_says_nothing_and_stays_as_it_is(paths: Paths, damage: str) -> None:
    watch, store = ConnectionsWatch(paths), ConnectionsFile(paths)
    store.save([PLAIN])
    assert watch.news() == (PLAIN,)
    path = paths.connections_path
    path.unlink()
    if damage == "half":
        path.write_bytes(encode([PLAIN, FULL])[:-20])
    elif damage == "a folder":
        path.mkdir()
    before = _all(path.parent)
    assert (watch.news(), watch.news()) == ((), ())
    assert _all(path.parent) == before
    if damage == "half":
        path.write_bytes(encode([PLAIN, FULL]))
        assert watch.news() == (PLAIN, FULL)


def _all(folder: Path) -> set[Path]:
    return set(folder.iterdir())
