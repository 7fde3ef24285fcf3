"""A client of a guarded port whose warehouse introduces itself to it, as MySQL and MariaDB do."""

from __future__ import annotations

import socket
from collections.abc import Callable

from desktop.core import mysql_greeting
from desktop.core.model import Endpoint, Place
from desktop.ssh.carrier import Carrier
from desktop.ssh.client import LocalClient
from desktop.ssh.client_owner import ClientOwner
from desktop.ssh.loop import Loop

# Gets what it says of itself, empty where that is no greeting. Relay thread.
OnStranger = Callable[["GreetedClient", str], None]


class GreetedClient(LocalClient):
    """Nothing passes before the greeting is whole, and nothing at all where it is another one than `expected`.

    So no connection is made only to look, which the server would count as a broken handshake.
    """

    def __init__(
        self,
        sock: socket.socket,
        peer: Endpoint,
        target: Place,
        loop: Loop,
        owner: ClientOwner,
        park_timeout_s: float,
        on_stranger: OnStranger,
    ) -> None:
        super().__init__(target, loop, owner, park_timeout_s)
        self.welcome(sock, peer)
        self._on_stranger = on_stranger
        self._heard = b""
        self._is_caught = False
        # None where it need not be looked at, or was the right one. Set by the relay's thread while it is parked.
        self.expected: str | None = None

    def open(self, carrier: Carrier) -> None:
        self._heard, self._is_caught = b"", False
        super().open(carrier)

    # -- reader thread ---------------------------------------------------------------------------------------

    def on_data(self, data: memoryview) -> None:
        if self.expected is None:
            super().on_data(data)
        elif not self._is_caught:
            self._heard += data
            if mysql_greeting.is_whole(self._heard) or len(self._heard) >= mysql_greeting.MOST_BYTES:
                self._judge(self._heard, self.expected)

    def on_eof(self) -> None:
        if not self._is_caught:
            super().on_eof()

    def on_closed(self) -> None:
        if not self._is_caught:
            super().on_closed()

    def _judge(self, heard: bytes, expected: str) -> None:
        found = mysql_greeting.read(heard)
        version = found.version if found is not None else ""
        # An error in place of the greeting is the end of it, and says why.
        if version == expected or mysql_greeting.is_refusal(heard):
            self._heard, self.expected = b"", None
            super().on_data(memoryview(heard))
            self._loop.post(self._settle)
        else:
            self._is_caught = True
            self._loop.post(lambda: self._on_stranger(self, version))

    # -- either thread ---------------------------------------------------------------------------------------

    def _send_early(self) -> None:
        if self.expected is None:
            super()._send_early()

    @property
    def _may_send(self) -> bool:
        return self.expected is None and super()._may_send
