"""Who may pass to the bastion now: the sessions that carry a relay's clients, and the clients that wait for one."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable

from desktop.core.model import PathFigures
from desktop.ssh.carrier import Carrier
from desktop.ssh.client import LocalClient
from desktop.ssh.lanes import LaneLimit, Lanes
from desktop.ssh.loop import Loop
from desktop.ssh.receive_window import WindowBudget
from desktop.ssh.session import SshSession

MAX_PARKED = 4096
# Opening a way takes some 0.2 ms of the relay's thread: in between, the clients that are open have their turn.
RELEASED_AT_ONCE = 16


class Gate:
    """Relay thread, except where a method says otherwise."""

    def __init__(
        self, loop: Loop, budget: WindowBudget, limit: LaneLimit, on_lost: Callable[[Carrier], None]
    ) -> None:
        self._loop = loop
        self._budget = budget
        self._limit = limit
        self._on_lost = on_lost
        self._lanes: dict[SshSession, Lanes] = {}
        self._current: Lanes | None = None
        self._refusing = False
        # A dict for quick removal; values mean nothing.
        self._waiting: dict[LocalClient, None] = {}
        self._releasing = False

    @property
    def is_open(self) -> bool:
        """A session opens ways now."""
        return self._current is not None

    @property
    def is_refusing(self) -> bool:
        """Nobody may wait for a session."""
        return self._refusing

    def lanes_of(self, session: SshSession) -> Lanes | None:
        """Any thread."""
        return self._lanes.get(session)

    def path_figures(self) -> PathFigures:
        """Of the session that opens ways. Any thread."""
        lanes = self._current
        return lanes.path_figures() if lanes is not None else PathFigures()

    def attach(self, session: SshSession, clients: Iterable[LocalClient]) -> None:
        """Make `session` the one that opens ways, also for those of `clients` that no other has let in yet."""
        lanes = self._lanes.get(session)
        if lanes is None:
            lanes = Lanes(session, self._loop, self._budget, self._limit, self._on_lost)
            self._lanes[session] = lanes
            lanes.start()
        self._current, self._refusing = lanes, False
        for client in clients:
            if client.carrier not in lanes.carriers and client.withdraw():
                self._wait(client)
        self._start_release()

    def park(self) -> None:
        self._current, self._refusing = None, False
        for client in tuple(self._waiting):
            client.park(expires=True)

    def refuse(self) -> None:
        self._current, self._refusing = None, True
        for client in tuple(self._waiting):
            client.drop()

    def leave(self, session: SshSession) -> Lanes | None:
        """Open no more ways over `session`. Its lanes, to be stopped by the caller; None where it has none."""
        lanes = self._lanes.pop(session, None)
        if lanes is not None and lanes is self._current:
            self.park()
        return lanes

    def let_in(self, client: LocalClient) -> None:
        """One that has just come, and that nobody stands in line before: at once."""
        if self._current is not None and not self._waiting:
            client.open(self._current.pick())
        else:
            self.admit(client)

    def admit(self, *clients: LocalClient) -> None:
        """Those that have come, or whose session went away before they were let in."""
        for client in clients:
            if self._refusing or len(self._waiting) >= MAX_PARKED:
                client.drop()
            else:
                self._wait(client)
        self._start_release()

    def forget(self, client: LocalClient) -> None:
        """It is gone."""
        self._waiting.pop(client, None)

    def close(self) -> None:
        """After the clients are gone."""
        left = [lanes for session in tuple(self._lanes) if (lanes := self.leave(session)) is not None]
        for lanes in left:
            lanes.stop()
        for lanes in left:
            lanes.join()

    def _wait(self, client: LocalClient) -> None:
        """The time that a client may be parked does not count while it stands in line for a session that is there."""
        self._waiting[client] = None
        client.park(expires=self._current is None)

    def _start_release(self) -> None:
        if self._current is not None and self._waiting and not self._releasing:
            self._releasing = True
            self._release()

    def _release(self) -> None:
        """Let some through, in the order they came, and the rest in turns of the loop that follow."""
        self._releasing = False
        lanes = self._current
        if lanes is None:
            return
        for client in heapq.nsmallest(RELEASED_AT_ONCE, self._waiting, key=_came_at):
            del self._waiting[client]
            client.open(lanes.pick())
        if self._waiting:
            self._releasing = True
            self._loop.post(self._release)


def _came_at(client: LocalClient) -> float:
    return client.parked_until
