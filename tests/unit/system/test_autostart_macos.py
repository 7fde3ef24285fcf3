"""Start at login on macOS: the property list, written and read as files."""

from __future__ import annotations

import plistlib
from pathlib import Path

import pytest

from desktop import APP_ID
from desktop.core.config_errors import ConfigNotWritable
from desktop.system.autostart.macos import LaunchAgent

COMMAND = ("/Applications/Caponier & more.app/Contents/MacOS/caponier", "--hidden")


@pytest.fixture
def agent(tmp_path: Path) -> LaunchAgent:
    return LaunchAgent(COMMAND, tmp_path)


def test_it_is_off_until_it_is_switched_on(agent: LaunchAgent, tmp_path: Path) -> None:
    assert not agent.is_on()
    agent.switch(on=True)
    assert agent.is_on()
    assert agent.path == tmp_path / "Library" / "LaunchAgents" / f"{APP_ID}.plist"
    agent.switch(on=False)
    assert not agent.is_on()
    assert list(agent.path.parent.iterdir()) == []
    agent.switch(on=False)


def test_launchd_finds_what_it_needs(agent: LaunchAgent) -> None:
    agent.switch(on=True)
    assert plistlib.loads(agent.path.read_bytes()) == {
        "Label": APP_ID,
        "ProgramArguments": list(COMMAND),
        "RunAtLoad": True,
        "LimitLoadToSessionType": "Aqua",
        "ProcessType": "Interactive",
    }


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<plist",
        plistlib.dumps([]),
        plistlib.dumps({"Label": APP_ID}),
        plistlib.dumps({"RunAtLoad": True, "Disabled": True}),
    ],
    ids=["empty", "half", "a list", "not at load", "disabled"],
)
def test_what_launchd_would_not_start_is_off_and_can_be_switched_on(
    agent: LaunchAgent, content: bytes
) -> None:
    agent.path.parent.mkdir(parents=True)
    agent.path.write_bytes(content)
    assert not agent.is_on()
    agent.switch(on=True)
    assert agent.is_on()


def test_what_can_t_be_written_is_said(agent: LaunchAgent, tmp_path: Path) -> None:
    (tmp_path / "Library").touch()
    with pytest.raises(ConfigNotWritable) as caught:
        agent.switch(on=True)
    assert caught.value.facts["path"] == str(agent.path)
