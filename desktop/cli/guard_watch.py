"""Lets the tunnels of one terminal heed what is said of their guards in another, or in a window."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from desktop.core.model import Connection
from desktop.core.ports import Tunnels
from desktop.store.connections_watch import ConnectionsWatch


class GuardWatch:
    """Main thread.

    Of a connection that was saved anew only its guard is taken, with the TLS that decides what the guard looks at: the
    way of a tunnel that runs, its port and its name stay as they are. So does all of one that leads elsewhere now, or
    that was removed.
    """

    def __init__(self, saved: ConnectionsWatch, tunnels: Tunnels, connections: Iterable[Connection]) -> None:
        self._saved = saved
        self._tunnels = tunnels
        self._held = {each.id: each for each in connections}

    def look(self) -> None:
        """Blocks for the date of a file, and seldom for the file."""
        for saved in self._saved.news():
            held = self._held.get(saved.id)
            if held is None or not _leads_to_the_same(held, saved):
                continue
            guarded = replace(held, guard=saved.guard, tls=saved.tls)
            if guarded != held:
                self._held[held.id] = guarded
                self._tunnels.put(guarded)

    def leave_alone(self, connection_id: str) -> None:
        """It has failed for good: a new guard must not begin it anew."""
        self._held.pop(connection_id, None)


def _leads_to_the_same(one: Connection, other: Connection) -> bool:
    return (one.route, one.forward.target, one.kind) == (other.route, other.forward.target, other.kind)
