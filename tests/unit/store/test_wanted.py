"""The file of what the person wants up."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from desktop.core.config_errors import ConfigNotWritable
from desktop.store.paths import Paths
from desktop.store.wanted import WantedFile
from tests.support.logs import LogGuard

FILE = "wanted.json"


def test_nothing_saved_is_nothing_wanted(paths: Paths) -> None:
    assert WantedFile(paths).load() == frozenset()
    assert not paths.state_dir.exists()


def test_what_is_saved_is_loaded(paths: Paths) -> None:
    for wanted in ({"b", "a"}, set[str](), {"c"}):
        WantedFile(paths).save(wanted)
        assert WantedFile(paths).load() == wanted


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_file_and_folder_are_for_their_owner_alone(paths: Paths) -> None:
    WantedFile(paths).save({"a"})
    assert stat.S_IMODE(paths.state_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((paths.state_dir / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b'{"version": 1, "conn',
        b'{"version": 1}',
        b'{"version": 1, "connections": [1]}',
        b'{"version": 9}',
    ],
    ids=["empty", "half", "no list", "a number", "newer"],
)
def test_a_damaged_file_is_ignored_and_said_in_the_log(paths: Paths, raw: bytes, log_guard: LogGuard) -> None:
    log_guard.expect("wanted.json is ignored")
    paths.state_dir.mkdir(parents=True)
    (paths.state_dir / FILE).write_bytes(raw)
    assert WantedFile(paths).load() == frozenset()
    WantedFile(paths).save({"a"})
    assert WantedFile(paths).load() == {"a"}


def test_what_killed_writers_left_is_cleared_up(paths: Paths) -> None:
    paths.state_dir.mkdir(parents=True)
    (paths.state_dir / f".{FILE}.abcd1234.tmp").write_bytes(b"half")
    WantedFile(paths).save({"a"})
    assert [path.name for path in paths.state_dir.iterdir()] == [FILE]


def test_a_read_only_folder_is_said(ordinary_user_folder: Path) -> None:
    ordinary_user_folder.chmod(0o500)
    with pytest.raises(ConfigNotWritable):
        WantedFile(Paths.under(ordinary_user_folder)).save({"a"})
