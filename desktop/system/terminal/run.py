"""Starting a terminal, and noticing when that fails."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from desktop.core.child_environment import for_child
from desktop.core.errors import Cause
from desktop.core.terminal_errors import TerminalFailed

_LONGEST_REASON = 300


class StartedTerminal:
    """Implements `desktop.core.system_ports.TerminalRun`. Lives in a session of its own, and outlives us."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
        self._name = name
        self._process = process
        self._said = said
        self._last_words = ""

    @property
    def is_over(self) -> bool:
        if self._process.poll() is None:
            return False
        if not self._said.closed:
            self._said.seek(0)
            lines = (line.strip() for line in self._said.read().decode(errors="replace").splitlines())
            self._last_words = next((line for line in reversed(list(lines)) if line), "")[:_LONGEST_REASON]
            self._said.close()
        return True

    def trouble(self) -> Cause | None:
        if not self.is_over or self._process.returncode == 0:
            return None
        reason = self._last_words or f"it ended with {self._process.returncode}"
        return TerminalFailed(terminal=self._name, reason=reason).cause


class Terminals:
    """Starts terminals, and waits for those that have ended, so that none of them is left to the system as a zombie."""

    def __init__(self) -> None:
        self._started: list[StartedTerminal] = []

    def start(self, words: Sequence[str], environment: Mapping[str, str] | None = None) -> StartedTerminal:
        """`environment` is added to the person's own. Raises `TerminalFailed`. Does not wait for its end."""
        self._started = [each for each in self._started if not each.is_over]
        name = Path(words[0]).name
        own = for_child(os.environ, frozen=getattr(sys, "frozen", False)) | dict(environment or {})
        # Not a pipe: nobody reads it to the end, and a terminal that has much to say must not wait for that.
        said = tempfile.TemporaryFile()  # noqa: SIM115 - the run reads it later, and closes it
        try:
            process = subprocess.Popen(  # noqa: S603 - the person's own programs
                list(words),
                env=own,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
        except OSError as error:
            said.close()
            raise TerminalFailed(terminal=name, reason=error.strerror or str(error)) from error
        self._started.append(StartedTerminal(name, process, said))
        return self._started[-1]
