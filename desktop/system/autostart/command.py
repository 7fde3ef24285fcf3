"""The command that starts this program the way it was started, hidden."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HIDDEN = "--hidden"


def start_command() -> tuple[str, ...]:
    """The bundle's own executable where we are one, else Python's. Absolute, whatever the working folder is."""
    if getattr(sys, "frozen", False):
        # An AppImage is mounted elsewhere at each start; its runtime says here where the file itself is.
        return os.environ.get("APPIMAGE") or str(_without_console("caponier-gui.exe")), HIDDEN
    return str(_without_console("pythonw.exe")), "-m", "desktop", HIDDEN


def _without_console(name: str) -> Path:
    """This executable, or on Windows the one beside it of that `name`: ours opens a console window at each login."""
    own = Path(sys.executable)
    windowed = own.with_name(name)
    return windowed if sys.platform == "win32" and windowed.exists() else own
