"""However often the window is started and however it ends, a person has one."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path

import pytest

from desktop.store.paths import Paths
from tests.support import program
from tests.support.waiting import wait_until
from tests.support.window_program import START_TIMEOUT_S, WindowProgram, a_window

STARTS = 4

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="ends programs by signals"),
    pytest.mark.timeout(180),
]


def test_of_four_starts_at_once_one_stays_and_answers() -> None:
    with contextlib.ExitStack() as stack:
        starts = [stack.enter_context(WindowProgram()) for _ in range(STARTS)]
        wait_until(lambda: sum(start.runs for start in starts) == 1, START_TIMEOUT_S)
        assert sorted(start.wait() for start in starts if not start.runs) == [0] * (STARTS - 1)
        one = next(start for start in starts if start.runs)
        one.wait_until_it_answers()
        assert one.runs
        assert [start.said() for start in starts if start is not one] == [""] * (STARTS - 1)


def test_a_second_start_ends_at_once_and_well() -> None:
    with a_window() as first, WindowProgram() as second:
        assert second.wait() == 0
        assert second.said() == ""
        assert first.runs


def test_after_a_kill_the_next_start_works() -> None:
    with a_window() as first:
        first.kill()
        assert program.run("status").status == 1
    with a_window() as second:
        assert second.stop() == 0


def test_a_lock_that_names_a_younger_process_is_taken_over() -> None:
    """As after a kill, when the process number was given to another Python since."""
    paths = Paths.from_environment()
    with a_window() as first:
        held = paths.window_lock_path.read_text()
        first.kill()
    paths.window_lock_path.write_text(held.replace(str(first.pid), str(os.getpid()), 1))
    with a_window() as second:
        assert second.runs


def test_ending_it_leaves_neither_a_socket_nor_a_lock() -> None:
    paths = Paths.from_environment()
    with a_window() as window:
        assert paths.window_socket_path.is_socket()
        assert paths.window_lock_path.exists()
        assert window.stop() == 0
    assert list(paths.runtime_dir.iterdir()) == []


def test_where_others_could_reach_into_its_folder_it_opens_unreachable(tmp_path: Path) -> None:
    paths = Paths.from_environment()
    paths.runtime_dir.mkdir(parents=True)
    paths.runtime_dir.chmod(0o777)
    with WindowProgram() as first, WindowProgram() as second:
        log = paths.log_path
        wait_until(lambda: log.exists() and log.read_text().count("can't be reached") == 2, START_TIMEOUT_S)
        assert first.runs
        assert second.runs
        assert program.run("status").status == 1
        assert list(paths.runtime_dir.iterdir()) == []


def test_a_folder_too_deep_for_a_socket_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPONIER_HOME", str(tmp_path / "/".join(["a-long-name"] * 12)))
    paths = Paths.from_environment()
    try:
        with a_window() as window, WindowProgram() as second:
            assert second.wait() == 0
            assert window.stop() == 0
    finally:
        shutil.rmtree(paths.runtime_dir)
