"""Apple's Terminal, by a file that it runs."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Sequence
from pathlib import Path

from desktop.core.system_ports import TerminalRun
from desktop.core.terminal_errors import TerminalFailed
from desktop.system.terminal.programs import find_program
from desktop.system.terminal.run import Terminals

_ONLY_OURS = 0o700


class MacTerminal:
    """Implements `desktop.core.system_ports.Terminal`.

    An Apple event would say the command, too, but the system asks the person first whether it may. A file needs no
    leave: Terminal runs what ends in ``.command`` (open(1) gives it there). It removes itself before anything else.
    """

    def __init__(self) -> None:
        self._terminals = Terminals()

    def find(self, program: str) -> str:
        return find_program(program)

    def open(self, words: Sequence[str]) -> TerminalRun:
        return self._terminals.start(("/usr/bin/open", "-a", "Terminal", str(script_file(words))))


def script_file(words: Sequence[str]) -> Path:
    """A script that runs `words`, in a folder that only the person can look into. Raises `TerminalFailed`."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="caponier-"))
        path = folder / f"{Path(words[0]).name}.command"
        path.touch(_ONLY_OURS)
        path.write_text(_script(words, folder), encoding="utf-8")
    except OSError as error:
        raise TerminalFailed(terminal="Terminal", reason=error.strerror or str(error)) from error
    os.chmod(path, _ONLY_OURS)  # noqa: PTH101 - beside a umask
    return path


def _script(words: Sequence[str], folder: Path) -> str:
    return f'#!/bin/sh\nrm -f -- "$0"\nrmdir -- {shlex.quote(str(folder))}\nclear\nexec {shlex.join(words)}\n'
