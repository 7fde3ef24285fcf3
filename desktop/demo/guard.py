"""Cleans up after an app that could not: killed, crashed, or ended by a signal in the middle of a start."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

# Reads a word when all is well; reaches the end of its input when the app is gone. The retries are for a server that
# still writes while its folder is being removed.
SCRIPT = """
if read -r word; then exit 0; fi
read -r pid < "$1/data/postmaster.pid" && kill -QUIT "$pid"
for try in 1 2 3 4 5; do rm -rf "${1:?}" && exit 0; sleep 1; done
"""


class Guard:
    """A shell that waits on a pipe from this process and then stops the server of `run_dir` and removes the folder.

    Windows has no such shell: there, `start` does nothing and a killed app leaves its folder behind.
    """

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if sys.platform != "win32":
            self._process = subprocess.Popen(  # noqa: S603  # our own script, and a folder that mkdtemp named
                ["/bin/sh", "-c", SCRIPT, "caponier-demo-guard", str(self._run_dir)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath},
                cwd="/",
                start_new_session=True,
            )

    def dismiss(self) -> None:
        """Everything was cleaned up by the app itself. Idempotent."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(BrokenPipeError):
                process.communicate(b"done\n")
