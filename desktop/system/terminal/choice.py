"""This system's terminal."""

from __future__ import annotations

import sys

from desktop.core.system_ports import Terminal

if sys.platform == "win32":
    from desktop.system.terminal.windows import WindowsTerminal

    def terminal() -> Terminal:
        return WindowsTerminal()

elif sys.platform == "darwin":
    from desktop.system.terminal.macos import MacTerminal

    def terminal() -> Terminal:
        return MacTerminal()

else:
    from desktop.system.terminal.linux import LinuxTerminal

    def terminal() -> Terminal:
        return LinuxTerminal()
