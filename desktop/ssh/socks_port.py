"""A local port at which every client says where it wants to go."""

from __future__ import annotations

import socket
import time

from desktop.core.errors import Cause
from desktop.core.model import Endpoint
from desktop.ssh.gate import MAX_PARKED
from desktop.ssh.local_port import LocalPort, PortParts
from desktop.ssh.socks import SocksRequest
from desktop.ssh.socks_asker import SocksAsker
from desktop.ssh.socks_client import SocksClient

# A program that wants to reach a host which refuses asks again and again, and a browser asks for dozens of hosts.
_TELL_AGAIN_AFTER_S = 60.0
_MOST_TOLD = 5


class SocksPort(LocalPort):
    """Implements `socks_asker.Host`.

    That one host can't be reached says nothing of the others: it is told, and no more.
    """

    def __init__(self, parts: PortParts) -> None:
        super().__init__(parts)
        # A dict for quick removal; values mean nothing.
        self._askers: dict[SocksAsker, None] = {}
        # When it was told, monotonic seconds.
        self._told: dict[Cause, float] = {}

    def close(self) -> None:
        super().close()
        for asker in tuple(self._askers):
            asker.drop()

    def asked(self, asker: SocksAsker, request: SocksRequest, rest: bytes) -> None:
        del self._askers[asker]
        try:
            client = SocksClient(
                asker.sock, asker.peer, request, rest, self._loop, self, self._park_timeout_s
            )
        except OSError:
            asker.sock.close()
            return
        self._let_in(client)

    def asker_gone(self, asker: SocksAsker) -> None:
        del self._askers[asker]

    def _welcome(self, sock: socket.socket, peer: Endpoint) -> None:
        if len(self._askers) >= MAX_PARKED:
            sock.close()
            return
        self._askers[SocksAsker(sock, peer, self._loop, self, self._park_timeout_s)] = None

    def _tell_refusal(self, cause: Cause) -> None:
        now = time.monotonic()
        self._told = {told: at for told, at in self._told.items() if now - at < _TELL_AGAIN_AFTER_S}
        if cause not in self._told and len(self._told) < _MOST_TOLD:
            self._told[cause] = now
            self._report.destination_refused(self._connection.id, cause)
