"""A console of its own: the system shows it in the terminal that the person has chosen there."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from desktop.core.errors import Cause
from desktop.core.system_ports import TerminalRun
from desktop.core.terminal_errors import TerminalFailed
from desktop.system.terminal.programs import find_program

# CREATE_NEW_CONSOLE (Windows documentation, "Process Creation Flags"); subprocess has the name on Windows only.
_NEW_CONSOLE = 0x10


class WindowsTerminal:
    """Implements `desktop.core.system_ports.Terminal`.

    Neither cmd.exe nor wt.exe stands between: both would read characters of the arguments as commands. Windows closes
    the console with the program.
    """

    def find(self, program: str) -> str:
        return find_program(program)

    def open(self, words: Sequence[str]) -> TerminalRun:
        try:
            return _Console(subprocess.Popen(list(words), creationflags=_NEW_CONSOLE))  # noqa: S603 - the person's own
        except OSError as error:
            raise TerminalFailed(terminal="The console", reason=error.strerror or str(error)) from error


class _Console:
    """What fails in it is the client, which says so itself."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def trouble(self) -> Cause | None:
        self._process.poll()
        return None
