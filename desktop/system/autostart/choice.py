"""This system's way to start a program at login."""

from __future__ import annotations

import sys

from desktop.core.system_ports import Autostart
from desktop.system.autostart.command import start_command

if sys.platform == "win32":
    from desktop.system.autostart.windows import RunValue, UserRegistry

    def autostart() -> Autostart:
        return RunValue(start_command(), UserRegistry())

elif sys.platform == "darwin":
    import os
    from pathlib import Path

    from desktop.system.autostart.macos import LaunchAgent

    def autostart() -> Autostart:
        return LaunchAgent(start_command(), Path(os.path.expanduser("~")))  # noqa: PTH111 - as in xdg

else:
    from desktop.system.autostart.xdg import XdgAutostart

    def autostart() -> Autostart:
        return XdgAutostart(start_command())
