"""A program connected to a SOCKS port, until it has said where it wants to go."""

from __future__ import annotations

import selectors
import socket
from contextlib import suppress
from typing import Protocol

from desktop.core.model import Endpoint
from desktop.ssh.loop import Loop
from desktop.ssh.outlet import Outlet
from desktop.ssh.socks import LONGEST_BYTES, Asked, Over, SocksRequest, SocksTalk


class Host(Protocol):
    """The port that it came through."""

    def asked(self, asker: SocksAsker, request: SocksRequest, rest: bytes) -> None:
        """It wants to be taken there, and has said `rest` already. Its socket is the host's from now on."""

    def asker_gone(self, asker: SocksAsker) -> None:
        """Its socket is closed."""


class SocksAsker:
    """Relay thread. It has `patience_s` in all, however it cuts its words into pieces."""

    def __init__(
        self, sock: socket.socket, peer: Endpoint, loop: Loop, host: Host, patience_s: float
    ) -> None:
        self.sock = sock
        self.peer = peer
        self._loop = loop
        self._host = host
        self._talk = SocksTalk()
        self._timer = loop.call_later(patience_s, self.drop)
        loop.watch(sock, selectors.EVENT_READ, self._listen)

    def drop(self) -> None:
        """Part with the program, which has not asked for anything yet."""
        self._part(b"")

    def _listen(self, _ready: int) -> None:
        try:
            data = self.sock.recv(LONGEST_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self._answer(data)
        else:
            self.drop()

    def _answer(self, data: bytes) -> None:
        heard = self._talk.hear(data)
        if isinstance(heard, Over):
            self._part(heard.farewell)
            return
        if heard.say:
            # So few bytes that any socket takes them, and of one that is closed the next read tells.
            with suppress(OSError):
                self.sock.send(heard.say)
        if isinstance(heard, Asked):
            self._leave_loop()
            self._host.asked(self, heard.request, heard.rest)

    def _part(self, farewell: bytes) -> None:
        self._leave_loop()
        Outlet(self.sock).part(farewell)
        self._host.asker_gone(self)

    def _leave_loop(self) -> None:
        self._timer.cancel()
        self._loop.watch(self.sock, 0, self._listen)
