"""Which of several starts it is that shows the window."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.system.instance import Unanswered, WindowLock

SHORT_S = 0.1


@pytest.fixture
def lock_path(tmp_path: Path) -> Path:
    return tmp_path / "window.lock"


@pytest.fixture
def held(lock_path: Path) -> Iterator[Path]:
    """The lock of a window that runs."""
    lock = WindowLock(lock_path)
    assert lock.claim(lambda: pytest.fail("there is no other"))
    yield lock_path
    lock.release()


def test_the_first_has_it_and_leaves_nothing_behind(lock_path: Path) -> None:
    lock = WindowLock(lock_path)
    assert lock.claim(lambda: None)
    assert lock_path.exists()
    lock.release()
    lock.release()
    assert not lock_path.exists()


def test_the_second_gives_way_to_a_window_that_comes_forward(held: Path) -> None:
    assert not WindowLock(held).claim(lambda: True)


def test_a_window_that_still_starts_is_waited_for(held: Path) -> None:
    answers = iter([None, None, False, True])
    assert not WindowLock(held).claim(lambda: next(answers))


def test_when_the_first_ends_meanwhile_the_second_takes_its_place(lock_path: Path) -> None:
    first, second = WindowLock(lock_path), WindowLock(lock_path)
    assert first.claim(lambda: None)
    assert second.claim(first.release)
    second.release()


@pytest.mark.parametrize("answer", [None, False])
def test_a_living_window_that_stays_silent_is_named(held: Path, answer: bool | None) -> None:
    with pytest.raises(Unanswered) as caught:
        WindowLock(held).claim(lambda: answer, SHORT_S)
    assert caught.value.pid == os.getpid()
    assert held.exists()


def test_a_dead_one_s_lock_is_taken_over(lock_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from desktop.system.instance import WindowLock; "
        "WindowLock(Path(sys.argv[1])).claim(lambda: None); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(lock_path)], check=False).returncode == 9
    lock = WindowLock(lock_path)
    assert lock.claim(lambda: None, SHORT_S)
    lock.release()


def test_without_a_folder_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no lock"):
        WindowLock(tmp_path / "missing" / "window.lock").claim(lambda: None)
