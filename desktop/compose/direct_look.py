"""Looks whether a warehouse behind a bastion can be reached without it, while the check goes on."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import replace
from typing import Self

from desktop.core.check import Stage, StageName
from desktop.core.errors import CaponierError
from desktop.core.identity import UNKNOWN, decided_by, is_same
from desktop.core.model import Connection
from desktop.probe.direct_way import Arrival, CalledOff, DirectWay, is_one_place, may_be_reached
from desktop.probe.identify import identify

# Whoever is near answers in much less; who is behind a firewall never does.
_TIMEOUT_S = 2.0


class DirectLook:
    """Begins at once, on a thread of its own, which `close` waits for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._way = DirectWay(connection.forward.target, _TIMEOUT_S)
        self._arrival: Arrival | None = None
        self._through_ms: float | None = None
        self._took_ms = 0.0
        self._known = UNKNOWN
        self._thread = threading.Thread(target=self._arrive, name="check-direct")
        self._thread.start()

    @classmethod
    def of(cls, connection: Connection) -> Self | None:
        """None where the target's name means another place here than on the bastion."""
        return cls(connection) if may_be_reached(connection) else None

    def learn(self, stage: Stage) -> None:
        """What the check found through the bastion; the bastion answers a forward when the warehouse has."""
        if stage.name == StageName.FORWARD and stage.cause is None:
            self._through_ms = stage.ms
        if stage.identity.certificate or stage.identity.cluster_mark:
            self._known = replace(stage.identity, greeting="")

    def stage(self) -> Stage:
        """Waits for the answer."""
        self._thread.join()
        return Stage(StageName.DIRECT, self._took_ms, self._told())

    def call_off(self) -> None:
        self._way.call_off()

    def close(self) -> None:
        self._way.call_off()
        self._thread.join()
        if self._arrival is not None:
            self._arrival.sock.close()

    def _arrive(self) -> None:
        started = time.monotonic()
        with contextlib.suppress(CaponierError, CalledOff):
            self._arrival = self._way.arrive()
        self._took_ms = (time.monotonic() - started) * 1000

    def _is_it(self, arrival: Arrival) -> bool:
        """An address that is the same everywhere, the same certificate, or the same mark.

        Versions are too common to tell by.
        """
        if is_one_place(self._connection.forward.target, arrival.address):
            return True
        field = decided_by(self._known, sees_certificate=True)
        if not field:
            return False
        try:
            found = identify(self._connection, arrival.sock)
        except CaponierError:
            return False
        return is_same(self._known, found, field)

    def _told(self) -> str:
        if self._arrival is None:
            return "only through the bastion"
        if not self._is_it(self._arrival):
            return f"something answers at {self._arrival.address} from here, too; it may be another computer"
        took_ms = self._arrival.took_ms
        if self._through_ms is None:
            return "reachable without the bastion"
        faster = ": a direct connection is faster" if took_ms < self._through_ms else ""
        return f"reachable without the bastion, {took_ms:.0f} ms instead of {self._through_ms:.0f} ms{faster}"
