"""macOS: a launch agent, launchd.plist(5). launchd reads the folder at login."""

from __future__ import annotations

import plistlib
from collections.abc import Sequence
from pathlib import Path
from xml.parsers.expat import ExpatError

from desktop import APP_ID
from desktop.system.autostart.entry_file import read_entry, remove_entry, write_entry


class LaunchAgent:
    """Implements `desktop.core.system_ports.Autostart`.

    launchd is not told of a change at once: it would start a second window, or end the one that runs.
    """

    def __init__(self, command: Sequence[str], home_dir: Path) -> None:
        self._command = tuple(command)
        self.path = home_dir / "Library" / "LaunchAgents" / f"{APP_ID}.plist"

    def is_on(self) -> bool:
        content = read_entry(self.path)
        try:
            agent = plistlib.loads(content) if content is not None else None
        except (plistlib.InvalidFileException, ExpatError, ValueError):
            return False
        return (
            isinstance(agent, dict) and agent.get("RunAtLoad") is True and agent.get("Disabled") is not True
        )

    def switch(self, *, on: bool) -> None:
        """Raises `ConfigNotWritable`."""
        if on:
            write_entry(self.path, plistlib.dumps(self._agent()))
        else:
            remove_entry(self.path)

    def _agent(self) -> dict[str, object]:
        return {
            "Label": APP_ID,
            "ProgramArguments": list(self._command),
            "RunAtLoad": True,
            # Only in a session with a screen, and not throttled as background work is.
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Interactive",
        }
