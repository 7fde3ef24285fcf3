"""A program of the person's that carries a stream, run by their shell as ssh(1) runs it."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import IO

from desktop.core.child_environment import for_child
from desktop.ssh.cancel import CancelToken
from desktop.ssh.untrusted import shown

# Before it is ended by force. Programs that heed the wish do it within milliseconds.
_END_WITHIN_S = 0.5
_KEPT_LINES = 3
_LONGEST_LINE = 200
_KEPT_BYTES = 4096
_READ_BYTES = 64 * 1024


class ProxyProgram:
    """Its standard input and output are one end of a socket pair. Threads named after `name` see to it until its end.

    `end` may come from any thread, and at any time; everything else is for the thread that calls `start`, once.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._ending = CancelToken()
        self._process: subprocess.Popen[bytes] | None = None
        self._threads: list[threading.Thread] = []
        self._has_said_all = threading.Event()
        self._tail = b""

    def start(self, command: str, far: socket.socket) -> None:
        """Takes `far` over. Raises `OSError`, `ValueError`."""
        with far:
            process = self._process = _started(command, far)
            if sys.platform == "win32":
                self._pump(process, far)
        self._go(partial(self._see_to, process))

    def wait(self, timeout_s: float) -> int | None:
        """Its exit status, None where it still runs then."""
        if self._process is None:
            return None
        self._has_said_all.wait(timeout_s)
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout_s)
        return None

    def last_words(self) -> str:
        """The last lines of its standard error, on one line and fit to be shown."""
        lines = self._tail.decode(errors="replace").splitlines()[-_KEPT_LINES:]
        return "; ".join(filter(None, (shown(line, _LONGEST_LINE) for line in lines)))

    def end(self) -> None:
        """Have it ended, with all that it started. Does not block. Idempotent."""
        self._ending.set()

    def join(self) -> None:
        """Wait for that, after `end`, or where it was never started. Once."""
        for thread in self._threads:
            thread.join()
        self._ending.close()

    def _go(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=self._name)
        self._threads.append(thread)
        thread.start()

    def _pump(self, process: subprocess.Popen[bytes], far: socket.socket) -> None:
        """Where the program has pipes instead of `far`."""
        if process.stdin is not None and process.stdout is not None and process.stderr is not None:
            self._go(partial(_pump_in, far.dup(), process.stdin))
            self._go(partial(_pump_out, process.stdout, far.dup()))
            self._go(partial(self._read_all_errors, process.stderr))

    def _read_all_errors(self, errors: IO[bytes]) -> None:
        with suppress(OSError):
            while self._take_errors(errors):
                pass
        self._has_said_all.set()

    def _see_to(self, process: subprocess.Popen[bytes]) -> None:
        """Thread of its own: read its errors, or it would stand still for them, and end it."""
        errors = process.stderr
        if errors is not None and sys.platform != "win32":
            self._read_errors(errors)
            self._has_said_all.set()
        self._wait_for_end()
        _end_all(process)
        for pipe in (errors, process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _read_errors(self, errors: IO[bytes]) -> None:
        """To their end, or to the program's: something that it left behind may keep them open for ever."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._ending, selectors.EVENT_READ)
            selector.register(errors, selectors.EVENT_READ)
            while not self._ending.is_set():
                if any(key.fileobj is errors for key, _ in selector.select()) and not self._take_errors(
                    errors
                ):
                    return

    def _take_errors(self, errors: IO[bytes]) -> bool:
        """Blocks until there is something; False at the end."""
        said = os.read(errors.fileno(), _READ_BYTES)
        self._tail = (self._tail + said)[-_KEPT_BYTES:]
        return bool(said)

    def _wait_for_end(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._ending, selectors.EVENT_READ)
            selector.select()


if sys.platform == "win32":

    def _started(command: str, _far: socket.socket) -> subprocess.Popen[bytes]:
        """With pipes: few programs there can read a socket."""
        # As the person wrote it: see below.
        return subprocess.Popen(  # noqa: S602
            command,
            shell=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            creationflags=subprocess.CREATE_NO_WINDOW,
        )

    def _end_all(process: subprocess.Popen[bytes]) -> None:
        """Ending a program does not end what it started, as cmd has started the command."""
        if process.poll() is None:
            taskkill = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
            with suppress(OSError):
                subprocess.run(  # noqa: S603 - a number is all that varies
                    taskkill, capture_output=True, creationflags=subprocess.CREATE_NO_WINDOW, check=False
                )
        process.kill()
        process.wait()

else:

    def _started(command: str, far: socket.socket) -> subprocess.Popen[bytes]:
        """In a session of its own, so that all of it can be ended, and none of it reads a terminal of ours."""
        shell = os.environ.get("SHELL") or "/bin/sh"
        # The person wrote it, or a file that nobody else can write to: `desktop.ssh_config.trust`.
        return subprocess.Popen(  # noqa: S603
            [shell, "-c", os.fsencode(f"exec {command}")],
            stdin=far.fileno(),
            stdout=far.fileno(),
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
            env=for_child(os.environ, frozen=getattr(sys, "frozen", False)),
        )

    def _end_all(process: subprocess.Popen[bytes]) -> None:
        _signal(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END_WITHIN_S)
        _signal(process, signal.SIGKILL)
        process.wait()

    def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)


def _pump_in(far: socket.socket, pipe: IO[bytes]) -> None:
    """What is said to the server. Thread of its own."""
    with far, suppress(OSError):
        while data := far.recv(_READ_BYTES):
            pipe.write(data)
    with suppress(OSError):
        pipe.close()


def _pump_out(pipe: IO[bytes], far: socket.socket) -> None:
    """What the server says. Thread of its own."""
    with far, suppress(OSError):
        while data := os.read(pipe.fileno(), _READ_BYTES):
            far.sendall(data)
        far.shutdown(socket.SHUT_RDWR)
