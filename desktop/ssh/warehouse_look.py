"""A look at a warehouse that was found in trouble: is it back?"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from desktop.core.errors import Cause, ForwardError, PeerLost
from desktop.core.model import AnyHost, Connection
from desktop.core.ports import RelayReport
from desktop.core.warehouse_errors import WarehouseError
from desktop.ssh.identification import Identify
from desktop.ssh.warehouse_way import WarehouseWays

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Looker:
    """`is_harmless` says of a kind whether anybody may look unasked; `look` asks who is there, and blocks.

    It raises a `WarehouseError` where it found out nothing. `identify` finds out by what a warehouse is known again.
    """

    is_harmless: Callable[[str], bool]
    look: Callable[[Connection, socket.socket], Cause | None]
    identify: Identify


class WarehouseLooks:
    """Those of one relay: one at a time of each connection, in a thread of its own. Any thread.

    What is found is reported as if a client had found it. To open the way is to connect to the warehouse, so where a
    look does harm not even that is done: MySQL and MariaDB count it as a broken handshake, and block the bastion after
    some (`max_connect_errors`).
    """

    def __init__(self, looker: Looker | None, ways: WarehouseWays, report: RelayReport) -> None:
        self._looker = looker
        self._ways = ways
        self._report = report
        self._under_way: dict[str, threading.Thread] = {}

    def begin(self, connection: Connection) -> bool:
        """False where nobody may look, or somebody does already. Does not block."""
        looker, target = self._looker, connection.forward.target
        if looker is None or isinstance(target, AnyHost) or not looker.is_harmless(connection.kind):
            return False
        earlier = self._under_way.get(connection.id)
        if earlier is not None and earlier.is_alive():
            return False
        name = f"look {connection.forward.target}"
        thread = threading.Thread(target=self._run, args=(connection, looker), name=name)
        self._under_way[connection.id] = thread
        thread.start()
        return True

    def join(self, timeout_s: float) -> bool:
        """True where none is under way any more: they end with the relay's ways."""
        for thread in tuple(self._under_way.values()):
            thread.join(timeout_s)
        return not any(thread.is_alive() for thread in tuple(self._under_way.values()))

    def _run(self, connection: Connection, looker: Looker) -> None:
        target = connection.forward.target
        if isinstance(target, AnyHost):
            return
        try:
            way = self._ways.open(target)
        except ForwardError as error:
            self._report.forward_refused(connection.id, error.cause)
            return
        except PeerLost:
            return
        try:
            with way.sock:
                cause = looker.look(connection, way.sock)
        except WarehouseError:
            return
        except Exception:
            log.exception("a look at %s failed", target)
            return
        if not way.was_cut:
            self._report.warehouse_judged(connection.id, cause)
            self._report.forward_opened(connection.id)
