"""A double click on a file of connections, on a real screen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.store.exchange import ExchangeFiles
from tests.gui.story import Story, shows, window_is_there
from tests.gui.window_stage import ORDERS
from tests.support import program
from tests.support.house import ROOT
from tests.support.xvfb import missing_programs, virtual_screen

START_S = 30.0

pytestmark = [
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or bool(missing_programs()),
        reason="needs X11 programs: Xvfb, openbox, trayer, xdotool, dbus",
    ),
    pytest.mark.timeout(300),
]


def test_a_file_is_opened_by_the_window_that_runs_and_saved_by_a_click(tmp_path: Path) -> None:
    ExchangeFiles("bob", None).write(str(tmp_path / "our team.caponier"), [ORDERS])
    with virtual_screen() as screen, Story(screen) as story:
        story.wait(window_is_there, "the window")
        # By its name alone: the one that runs has another working folder.
        opened = subprocess.run(
            [sys.executable, "-m", "desktop", "our team.caponier"],
            cwd=tmp_path,
            env=story.environment | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=START_S,
            check=False,
        )
        assert (opened.returncode, opened.stderr) == (0, "")
        story.wait(shows("goOn", "tickAll"), "the question what to import")
        story.click("goOn", until=window_is_there)
        story.wait(lambda sight: "Orders" in json.dumps(sight), "the imported connection")
        story.terminate()
        assert story.end() == (0, "")
    assert json.loads(program.must("list", "--json"))["name"] == "Orders"
