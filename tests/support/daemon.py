"""A server's program that runs as long as a block does."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from desktop.core.model import LOOPBACK
from tests.support.waiting import wait_until

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0


@contextlib.contextmanager
def folder(name: str) -> Iterator[Path]:
    """Of a server's own, where any user of the system can look in, and with a path short enough for a socket."""
    path = Path(tempfile.mkdtemp(prefix=f"caponier-{name}-", dir="/tmp"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path)


@contextlib.contextmanager
def running(
    command: Sequence[str], log_path: Path, is_ready: Callable[[], bool], **options: Any
) -> Iterator[None]:
    """Block until it `is_ready`; killed at the end, since nothing that it keeps is wanted.

    `options` are those of Popen. Raises `RuntimeError` with its log where it ends by itself instead.
    """
    with log_path.open("ab") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **options
        )
    try:
        wait_until(lambda: process.poll() is not None or is_ready(), START_TIMEOUT_S)
        if process.poll() is not None:
            raise RuntimeError(f"{command[0]} did not start:\n{log_path.read_text(errors='replace')}")
        yield
    finally:
        process.kill()
        process.wait(STOP_TIMEOUT_S)


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as found:
        return int(found.getsockname()[1])


def program(name: str) -> str:
    """The path of a program that may be in a folder for administrators; empty where it is not installed."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin") or ""
