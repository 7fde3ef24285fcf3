"""The window as a process of its own, without a screen to be seen on: ``python -m desktop``, offscreen."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any, Self

from tests.support import program
from tests.support.house import ROOT
from tests.support.waiting import wait_until

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 15.0


class WindowProgram:
    """One start of it. Use it in a ``with``, which ends it and fails on anything it said that is no warning of Qt."""

    def __init__(self, **environment: str) -> None:
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - `__exit__` closes it
        self._process = subprocess.Popen(
            [sys.executable, "-m", "desktop"],
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | environment,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    def said(self) -> str:
        self._said.seek(0)
        return self._said.read()

    def wait_until_it_answers(self) -> Self:
        wait_until(lambda: not self.runs or program.run("status").status == 0, START_TIMEOUT_S)
        assert self.runs, self.said()
        return self

    def wait(self) -> int:
        """The exit status, once it ended by itself."""
        return self._process.wait(START_TIMEOUT_S)

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(STOP_TIMEOUT_S)

    def kill(self) -> None:
        """It can put nothing in order."""
        self._process.kill()
        self._process.wait(STOP_TIMEOUT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                if self.runs:
                    self.stop()
            if self.runs:
                self.kill()
            assert "Traceback" not in self.said(), self.said()
        finally:
            self._said.close()


@contextlib.contextmanager
def a_window() -> Iterator[WindowProgram]:
    """One that answers."""
    with WindowProgram() as window:
        yield window.wait_until_it_answers()


def objects(out: str) -> list[dict[str, Any]]:
    """The JSON objects that a command printed."""
    return [json.loads(line) for line in out.splitlines()]
