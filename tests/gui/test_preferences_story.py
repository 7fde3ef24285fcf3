"""The real program on a screen: it starts hidden in the tray, and its preferences are found there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop import APP_ID
from desktop.store.paths import Paths
from desktop.store.preferences import PreferencesFile
from tests.gui.story import Story, shows, window_is_gone
from tests.support.xvfb import Screen, missing_programs, virtual_screen

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="needs X11"),
    pytest.mark.skipif(bool(missing_programs()), reason=f"needs {', '.join(missing_programs())}"),
]


@pytest.fixture
def screen() -> Iterator[Screen]:
    with virtual_screen() as running:
        yield running


def test_hidden_in_the_tray_it_is_told_to_start_at_login(screen: Screen, home: Path) -> None:
    entry = home / ".config" / "autostart" / f"{APP_ID}.desktop"
    preferences = PreferencesFile(Paths.from_environment())
    with Story(screen, "--hidden") as story:
        story.wait(lambda sight: sight["icon"] and window_is_gone(sight), "an icon, and no window")
        story.choose("Preferences…")
        story.click("startAtLogin", until=lambda _: entry.exists())
        story.click("connectAgain", until=lambda _: not preferences.load().connect_again)
        assert "Exec=" in entry.read_text()
        assert entry.read_text().count("--hidden") == 1

        story.keys("Escape")
        story.wait(shows("emptyAdd"), "the window")
        story.choose("Quit")
        assert story.end() == (0, "")
