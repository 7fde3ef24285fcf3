"""A second start brings the first one's window back, on a real screen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from desktop.store.paths import Paths
from tests.gui.story import Story, shows, window_is_gone, window_is_there
from tests.support.house import ROOT
from tests.support.xvfb import Screen, missing_programs, virtual_screen

START_S = 30.0

pytestmark = [
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or bool(missing_programs()),
        reason="needs X11 programs: Xvfb, openbox, trayer, xdotool, dbus",
    ),
    pytest.mark.timeout(300),
]


@pytest.fixture
def screen() -> Iterator[Screen]:
    with virtual_screen() as screen:
        yield screen


def start_again(story: Story, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "desktop", *words],
        cwd=ROOT,
        env=story.environment,
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )


def test_a_window_in_the_tray_comes_back(screen: Screen) -> None:
    with Story(screen) as story:
        story.wait(window_is_there, "the window")
        story.wait(lambda sight: sight["icon"], "the icon in the tray")
        story.press("alt+F4", until=window_is_gone)

        hidden = start_again(story, "--hidden")
        assert (hidden.returncode, hidden.stderr) == (0, "")
        again = start_again(story)
        assert (again.returncode, again.stderr) == (0, "")
        story.wait(window_is_there, "the window again")

        story.choose("Quit")
        assert story.end() == (0, "")


def test_a_window_that_nobody_can_reach_says_so_and_works(screen: Screen) -> None:
    runtime_dir = Paths.from_environment().runtime_dir
    runtime_dir.mkdir(parents=True)
    runtime_dir.chmod(0o777)
    with Story(screen) as story:
        sight = story.wait(shows("read"), "the notice")
        assert str(runtime_dir) in " ".join(sight["texts"])
        story.click("read", until=shows("emptyAdd"))
        story.terminate()
        assert story.end() == (0, "")
