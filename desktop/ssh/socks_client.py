"""A program that came through a SOCKS port: it is told when its way is open, and why it is not."""

from __future__ import annotations

import socket
from dataclasses import replace

from desktop.core.model import Client, Endpoint
from desktop.ssh.client import LocalClient
from desktop.ssh.client_owner import ClientOwner
from desktop.ssh.loop import Loop
from desktop.ssh.socks import Refusal, SocksRequest
from desktop.ssh.translate import socks_refusal


class SocksClient(LocalClient):
    """`rest` is what it has said after its request, without waiting for an answer."""

    def __init__(
        self,
        sock: socket.socket,
        peer: Endpoint,
        request: SocksRequest,
        rest: bytes,
        loop: Loop,
        owner: ClientOwner,
        park_timeout_s: float,
    ) -> None:
        super().__init__(request.target, loop, owner, park_timeout_s)
        self.welcome(sock, peer)
        self._request = request
        self._destination = request.target
        self._refusal = Refusal.GENERAL
        self._early.keep(rest)

    def describe(self) -> Client:
        return replace(super().describe(), destination=self._destination)

    def on_opened(self) -> None:
        # Here and now: nothing that the warehouse says may come before it.
        self._outlet.say(self._request.granted)
        super().on_opened()

    def _refused(self, reason: int, text: str) -> None:
        self._refusal = socks_refusal(reason, text)
        super()._refused(reason, text)

    def _time_out(self) -> None:
        self._refusal = Refusal.HOST_UNREACHABLE
        super()._time_out()

    def _part(self) -> None:
        if self._outlet.has_said:
            super()._part()
        else:
            self._outlet.part(self._request.refused(self._refusal))
