"""Networks of a test's own: Linux network namespaces and the cables between them. Needs root."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from tests.support.system_user import is_root

_CLONE_NEWNET = 0x40000000
_END_S = 5.0
_TOOLS = ("ip", "nsenter", "unshare")
_COMMAND_TIMEOUT_S = 20.0


@functools.cache
def can_make_namespaces() -> bool:
    """Root of a container may still lack the capability, so it is tried."""
    if not is_root() or not all(map(shutil.which, _TOOLS)):
        return False
    return subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode == 0


needs_namespaces = pytest.mark.skipif(
    not can_make_namespaces(), reason="needs root on Linux, iproute2 and util-linux"
)


class Namespace:
    """One host's network: empty but for its loopback, which is up.

    A helper process holds it open and ends when its standard input does, so that nothing is left behind even where
    the test process is killed. It has no name; `command` enters it by the helper's process id. The namespace goes
    away with `close` and the last process and socket in it.
    """

    def __init__(self) -> None:
        self._holder = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo ready && exec cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C must leave it to the test's clean-up
        )
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != b"ready\n":
            self.close()
            raise OSError("no network namespace")
        self.ip("link", "set", "lo", "up")

    @property
    def pid(self) -> int:
        """What ``ip link set DEVICE netns PID`` takes."""
        return self._holder.pid

    @property
    def path(self) -> Path:
        """What ``nsenter --net=PATH`` takes."""
        return Path(f"/proc/{self.pid}/ns/net")

    def command(self, *command: str | Path) -> list[str]:
        """The arguments that run `command` in this namespace, as the same process (nsenter becomes it)."""
        return ["nsenter", f"--net={self.path}", "--", *map(str, command)]

    def run(self, *command: str | Path) -> str:
        """Run it here and give its output. Raises `AssertionError` with what it said where it fails."""
        done = subprocess.run(
            self.command(*command), capture_output=True, text=True, timeout=_COMMAND_TIMEOUT_S
        )
        assert done.returncode == 0, f"{' '.join(map(str, command))}: {done.stderr or done.stdout}"
        return done.stdout

    def ip(self, *words: str) -> str:
        """``ip WORDS`` in here."""
        return self.run("ip", *words)

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Sockets and threads that this thread makes meanwhile belong here, and stay."""
        with open("/proc/thread-self/ns/net", "rb") as home:  # noqa: PTH123 - a handle, not a path
            with self.path.open("rb") as here:
                enter(here.fileno())
            try:
                yield
            finally:
                enter(home.fileno())

    def close(self) -> None:
        """Idempotent."""
        for pipe in (self._holder.stdin, self._holder.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._holder.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._holder.kill()
            self._holder.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def plug_cable(one: Namespace, device: str, other: Namespace, other_device: str) -> None:
    """A pair of Ethernet devices, both down. They go with either namespace, and are never seen outside."""
    one.ip(*("link", "add", device, "type", "veth"), *("peer", "name", other_device, "netns", str(other.pid)))


def enter(handle: int) -> None:
    """Put the calling thread into the namespace of an open handle: setns(2), which Python has since 3.12 only."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(handle, _CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
