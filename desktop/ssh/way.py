"""How an SSH server is reached, before anything is said to it."""

from __future__ import annotations

from typing import Protocol

from desktop.core.errors import CaponierError
from desktop.core.plan import PlannedHop
from desktop.ssh.approach import Reached
from desktop.ssh.cancel import CancelToken
from desktop.ssh.reach import reach
from desktop.ssh.resolve import AddressBook

CONNECT_TIMEOUT_S = 10.0


class Way(Protocol):
    """One attempt, of one thread's; only `close` may come from another one."""

    def reach(self, timeout_s: float, cancel: CancelToken) -> Reached:
        """A stream to the server, which the caller closes. Blocks at most `timeout_s`.

        Raises `CaponierError`, `Cancelled`.
        """

    def explained(self, error: CaponierError) -> CaponierError:
        """Why the server did not answer as one of SSH, where the way itself knows better."""

    def close(self) -> None:
        """Have whatever keeps the stream up ended. Does not block. Idempotent."""

    def join(self) -> None:
        """Wait for that. Once, after `close`."""


class DirectWay:
    """A TCP connection of ours."""

    def __init__(self, hop: PlannedHop, book: AddressBook) -> None:
        self._hop = hop
        self._book = book

    def reach(self, timeout_s: float, cancel: CancelToken) -> Reached:
        return reach(
            self._hop.endpoint,
            timeout_s,
            cancel,
            self._book,
            family=self._hop.address_family,
            bind_address=self._hop.bind_address,
        )

    def explained(self, error: CaponierError) -> CaponierError:
        return error

    def close(self) -> None:
        """The stream is all there is."""

    def join(self) -> None: ...
