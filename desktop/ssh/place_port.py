"""A local port whose clients are all led to one place, which is judged by what they hear from there."""

from __future__ import annotations

import socket
import time

from desktop.core.errors import Cause
from desktop.core.model import Endpoint, Place
from desktop.ssh.client import LocalClient
from desktop.ssh.local_port import LocalPort, PortParts
from desktop.ssh.witness import Witness

# Before the first byte: an answer to a query may take hours, a greeting does not.
SILENT_AFTER_S = 30.0
# One timer for all clients of the port.
LOOK_FOR_SILENT_EVERY_S = 10.0


class PlacePort(LocalPort):
    """All its clients are led to `place`."""

    def __init__(self, place: Place, parts: PortParts) -> None:
        super().__init__(parts)
        self._place = place
        self._is_looking = False

    def client_opened(self) -> None:
        super().client_opened()
        self._look_for_silent_soon()

    def _welcome(self, sock: socket.socket, peer: Endpoint) -> None:
        client = LocalClient(sock, peer, self._place, self._loop, self, self._park_timeout_s)
        client.witness = Witness(self._connection.kind, self._place, self._tell_answer)
        self._let_in(client)

    def _tell_refusal(self, cause: Cause) -> None:
        self._report.forward_refused(self._connection.id, cause)

    def _tell_answer(self, cause: Cause | None) -> None:
        """Any thread."""
        self._report.warehouse_judged(self._connection.id, cause)

    def _look_for_silent_soon(self) -> None:
        if not self._is_looking:
            self._is_looking = True
            self._loop.call_later(LOOK_FOR_SILENT_EVERY_S, self._look_for_silent)

    def _look_for_silent(self) -> None:
        self._is_looking = False
        now = time.monotonic()
        for client in self.present():
            witness = client.witness
            if witness is None:
                continue
            self._look_for_silent_soon()
            if not client.is_open or not witness.awaits_first:
                continue
            if witness.due_mono is None:
                witness.due_mono = now
            elif now - witness.due_mono >= SILENT_AFTER_S:
                self._tell_answer(witness.silent(SILENT_AFTER_S))
