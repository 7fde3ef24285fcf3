"""The file of preferences."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from desktop.core.config_errors import ConfigNotWritable
from desktop.core.preferences import Preferences
from desktop.store.paths import Paths
from desktop.store.preferences import PreferencesFile
from tests.support.logs import LogGuard

FILE = "preferences.json"


def write(paths: Paths, raw: bytes) -> Path:
    paths.config_dir.mkdir(parents=True)
    place = paths.config_dir / FILE
    place.write_bytes(raw)
    return place


def test_nothing_saved_gives_the_defaults_and_makes_no_folder(paths: Paths) -> None:
    assert PreferencesFile(paths).load() == Preferences(connect_again=True)
    assert not paths.config_dir.exists()


def test_what_is_saved_is_loaded(paths: Paths) -> None:
    for chosen in (
        Preferences(connect_again=False),
        Preferences(connect_again=True, max_lanes=4),
        Preferences(on_demand=True),
    ):
        PreferencesFile(paths).save(chosen)
        assert PreferencesFile(paths).load() == chosen


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_file_is_for_its_owner_alone(paths: Paths) -> None:
    PreferencesFile(paths).save(Preferences())
    assert stat.S_IMODE((paths.config_dir / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"connect_again": false}',
        b'{"version": 2, "connect_again": false}',
        b'{"version": 1, "connect_again": 0}',
    ],
    ids=["empty", "half", "a list", "no text", "deep", "no version", "newer", "a number"],
)
def test_what_can_t_be_understood_is_kept_aside_and_the_defaults_hold(
    paths: Paths, raw: bytes, log_guard: LogGuard
) -> None:
    log_guard.expect(FILE)
    place = write(paths, raw)
    store = PreferencesFile(paths)
    assert store.load() == Preferences()
    store.save(Preferences(connect_again=False))
    assert store.load() == Preferences(connect_again=False)
    assert place.with_name("preferences.damaged.json").read_bytes() == raw


@pytest.mark.parametrize("value", ["0", "5", "-1", "1e9", "2.5", "true", "null", '"3"', "[]"])
def test_a_number_of_connections_that_can_t_be_is_the_default_and_costs_nothing_else(
    paths: Paths, value: str, log_guard: LogGuard
) -> None:
    log_guard.expect("max_lanes")
    write(paths, b'{"version": 1, "connect_again": false, "max_lanes": %s}' % value.encode())
    assert PreferencesFile(paths).load() == Preferences(connect_again=False)


def test_a_preference_that_is_not_there_has_its_default(paths: Paths) -> None:
    write(paths, b'{"version": 1}')
    assert PreferencesFile(paths).load() == Preferences()


def test_a_read_only_folder_is_said(ordinary_user_folder: Path) -> None:
    ordinary_user_folder.chmod(0o500)
    with pytest.raises(ConfigNotWritable) as caught:
        PreferencesFile(Paths.under(ordinary_user_folder)).save(Preferences())
    assert caught.value.facts["path"].endswith(FILE)
    assert caught.value.facts["reason"] == "Permission denied"
