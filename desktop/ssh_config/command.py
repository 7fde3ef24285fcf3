"""The command of a ``Match exec``: run in the person's shell, as ssh does it, but not for ever."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from desktop.core.child_environment import for_child

TIMEOUT_S = 10.0
_CHECK_EVERY_S = 0.05


class CommandFailedError(Exception):
    """It did not come to an end of its own; the argument says how."""


def nobody_calls_off() -> None:
    """The check of who waits for a command in any case."""


def succeeds(
    command: str, check: Callable[[], None] = nobody_calls_off, timeout_s: float = TIMEOUT_S
) -> bool:
    """Whether its exit status is 0. Blocks until it ended, at most `timeout_s`.

    It reads nothing, and nobody sees what it prints. Raises `CommandFailedError`, and what `check` raises, which is
    called while it runs.
    """
    shell = os.environ.get("SHELL") or "/bin/sh"
    try:
        # The files it comes from are writable by nobody else: `desktop.ssh_config.trust`.
        process = subprocess.Popen(  # noqa: S603
            [shell, "-c", os.fsencode(command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=for_child(os.environ, frozen=getattr(sys, "frozen", False)),
        )
    except (OSError, ValueError) as error:
        raise CommandFailedError(f"{shell} can't be started") from error
    try:
        status = _status(process, check, time.monotonic() + timeout_s)
    finally:
        if process.poll() is None:
            _end(process)
    if status is None:
        raise CommandFailedError(f"it did not end within {timeout_s:g} seconds")
    if status < 0:
        raise CommandFailedError(f"it was ended by signal {-status}")
    return status == 0


def _status(process: subprocess.Popen[bytes], check: Callable[[], None], until_mono: float) -> int | None:
    """None where it still runs then."""
    while (left_s := until_mono - time.monotonic()) > 0:
        check()
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(min(left_s, _CHECK_EVERY_S))
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """With all that it started."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
