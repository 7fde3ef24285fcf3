"""Agents of Windows, which can only be asked by calls that block: the service's named pipe, and Pageant."""

from __future__ import annotations

import errno
import sys
import threading
import time
from typing import Protocol

from desktop.ssh.agent_places import PAGEANT
from desktop.ssh.cancel import CancelToken

_HEAD = 4
_LOOK_AGAIN_S = 0.05
_PIPE_AGAIN_S = 0.1
_PIPE_TRIES = 30


def ask_beside(place: str, question: bytes, longest: int, timeout_s: float, cancel: CancelToken) -> bytes:
    """The answer to a framed question, without its frame. Raises `TimeoutError`, other `OSError`s, `Cancelled`."""
    asking = _Asking(place, question, longest)
    asking.start()
    deadline = time.monotonic() + timeout_s
    while not asking.done.wait(_LOOK_AGAIN_S):
        cancel.check()
        if time.monotonic() >= deadline:
            raise TimeoutError
    if not asking.answer:
        raise ConnectionResetError(errno.ECONNRESET, "no answer")
    return asking.answer


class _Connection(Protocol):
    """What paramiko has for Pageant."""

    def send(self, data: bytes) -> object: ...

    def recv(self, n: int) -> bytes | str: ...

    def close(self) -> object: ...


class _Pipe:
    """A named pipe, in paramiko's form for agents.

    Between two callers there is a moment in which it can't be opened (EINVAL, in Python's words).
    """

    def __init__(self, path: str) -> None:
        for tries_left in reversed(range(_PIPE_TRIES)):
            try:
                self._file = open(path, "r+b", buffering=0)  # noqa: PTH123, SIM115 - a pipe; `close` closes it
            except OSError as error:
                if error.errno != errno.EINVAL or not tries_left:
                    raise
                time.sleep(_PIPE_AGAIN_S)
            else:
                return

    def send(self, data: bytes) -> None:
        self._file.write(data)

    def recv(self, n: int) -> bytes:
        return self._file.read(n)

    def close(self) -> None:
        self._file.close()


class _Asking:
    """One exchange, on a thread of its own. `answer` stays empty where there is none.

    Nothing ends a call that waits for Pageant's window or for the other end of a pipe. So whoever asked goes on without
    the thread, and it is a daemon: the program must not wait for a person who left.
    """

    def __init__(self, place: str, question: bytes, longest: int) -> None:
        self._place = place
        self._question = question
        self._longest = longest
        self.answer = b""
        self.done = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name=f"agent {self._place}", daemon=True).start()

    def _run(self) -> None:
        try:
            self.answer = self._exchange()
        except (OSError, ValueError):
            # ValueError: a path with a zero byte in it.
            self.answer = b""
        finally:
            self.done.set()

    def _exchange(self) -> bytes:
        connection = _connect(self._place)
        try:
            connection.send(self._question)
            size = int.from_bytes(_read(connection, _HEAD), "big")
            return _read(connection, size) if size <= self._longest else b""
        finally:
            connection.close()


def _connect(place: str) -> _Connection:
    if place != PAGEANT:
        return _Pipe(place)
    if sys.platform == "win32":
        # There is no such module elsewhere.
        from paramiko import win_pageant

        connection: _Connection = win_pageant.PageantConnection()
        return connection
    raise FileNotFoundError(errno.ENOENT, "no Pageant on this system")


def _read(connection: _Connection, size: int) -> bytes:
    received = b""
    while len(received) < size:
        piece = connection.recv(size - len(received))
        if not isinstance(piece, bytes) or not piece:
            raise ConnectionResetError(errno.ECONNRESET, "the agent hung up")
        received += piece
    return received
