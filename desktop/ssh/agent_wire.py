"""One question to an SSH agent and its answer, with a deadline, over whatever the agent listens on."""

from __future__ import annotations

import errno
import selectors
import socket
import sys
import time
from typing import Self

from desktop.core.agents import AgentTrouble
from desktop.ssh.agent_places import PAGEANT, is_pipe
from desktop.ssh.agent_windows import ask_beside
from desktop.ssh.cancel import CancelToken

# OpenSSH's own limit, AGENT_MAX_LEN in authfd.c.
LONGEST_ANSWER = 256 * 1024
_HEAD = 4


class AgentSilence(Exception):
    """There was no answer; `trouble` is GONE or SILENT."""

    def __init__(self, trouble: AgentTrouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def ask_agent(place: str, question: bytes, timeout_s: float, cancel: CancelToken) -> bytes:
    """The answer's type and contents. Blocks at most `timeout_s`. Raises `AgentSilence`, `Cancelled`.

    Each question has a connection of its own: an agent that was started anew in between is none the worse for it.
    """
    framed = len(question).to_bytes(_HEAD, "big") + question
    try:
        if place == PAGEANT or is_pipe(place):
            return ask_beside(place, framed, LONGEST_ANSWER, timeout_s, cancel)
        return _ask(place, framed, timeout_s, cancel)
    except (TimeoutError, BlockingIOError):
        # The latter where more are knocking than it lets in (EAGAIN, unix(7)).
        trouble = AgentTrouble.SILENT
    except (OSError, ValueError):
        # ValueError: a path with a zero byte in it.
        trouble = AgentTrouble.GONE
    raise AgentSilence(trouble)


def _ask(path: str, framed: bytes, timeout_s: float, cancel: CancelToken) -> bytes:
    if sys.platform != "win32":
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.setblocking(False)
            sock.connect(path)
            with _Exchange(sock, timeout_s, cancel) as exchange:
                return exchange.answer_to(framed)
    else:
        raise FileNotFoundError(errno.ENOENT, "Windows has pipes instead", path)


class _Exchange:
    """Over a connected socket that does not block. Raises `OSError`, `Cancelled`."""

    def __init__(self, sock: socket.socket, timeout_s: float, cancel: CancelToken) -> None:
        self._sock = sock
        self._deadline = time.monotonic() + timeout_s
        self._cancel = cancel
        self._selector = selectors.DefaultSelector()
        self._selector.register(cancel, selectors.EVENT_READ)
        self._selector.register(sock, selectors.EVENT_WRITE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._selector.close()

    def answer_to(self, framed: bytes) -> bytes:
        rest = memoryview(framed)
        while rest:
            self._await()
            rest = rest[self._sock.send(rest) :]
        self._selector.modify(self._sock, selectors.EVENT_READ)
        size = int.from_bytes(self._receive(_HEAD), "big")
        if not 0 < size <= LONGEST_ANSWER:
            raise OSError(errno.EBADMSG, "no answer of an agent")
        return self._receive(size)

    def _receive(self, size: int) -> bytes:
        received = bytearray()
        while len(received) < size:
            self._await()
            piece = self._sock.recv(size - len(received))
            if not piece:
                raise ConnectionResetError(errno.ECONNRESET, "the agent hung up")
            received += piece
        return bytes(received)

    def _await(self) -> None:
        while True:
            left_s = self._deadline - time.monotonic()
            if left_s <= 0:
                raise TimeoutError
            ready = [key.fileobj for key, _ in self._selector.select(left_s)]
            self._cancel.check()
            if self._sock in ready:
                return
            # Woken for something that does not concern an agent.
            self._cancel.take_nudge()
