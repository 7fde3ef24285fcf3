"""The program in a terminal: its whole talk, and what a person types into it."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

from tests.support.house import ROOT

_WITHIN_S = 20.0


class TerminalTalk:
    """Use it by `in_terminal`."""

    def __init__(self, process: subprocess.Popen[bytes], terminal: int) -> None:
        self.process = process
        self._terminal = terminal
        self._said = ""
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, name="read-terminal")
        self._reader.start()

    @property
    def said(self) -> str:
        """Everything on the screen so far, typed text included where it is shown."""
        with self._changed:
            return self._said

    def wait_for(self, words: str) -> None:
        """Block until it says that."""
        with self._changed:
            found = self._changed.wait_for(lambda: words in self._said, _WITHIN_S)
        assert found, self.said

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def wait(self) -> int:
        """Its exit status."""
        return self.process.wait(_WITHIN_S)

    def close(self) -> None:
        if sys.platform != "win32" and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join()
        os.close(self._terminal)

    def _read(self) -> None:
        # Linux says EIO where the last who had the other end open is gone.
        with contextlib.suppress(OSError):
            while chunk := os.read(self._terminal, 4096):
                with self._changed:
                    self._said += chunk.decode(errors="replace")
                    self._changed.notify_all()


def _new_terminal() -> tuple[int, int]:
    """Both ends, for whoever calls to close."""
    if sys.platform != "win32":
        return pty.openpty()
    raise OSError("Windows has no such terminals")


@contextlib.contextmanager
def in_terminal(*words: str) -> Iterator[TerminalTalk]:
    """``python -m desktop ...`` with a terminal of its own, which Ctrl-C reaches it by."""
    ours, theirs = _new_terminal()
    command = ["setsid", "--ctty", "--wait", sys.executable, "-W", "error", "-m", "desktop", *words]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, start_new_session=True
    )
    os.close(theirs)
    talk = TerminalTalk(process, ours)
    try:
        yield talk
    finally:
        talk.close()
