"""Tells listeners what changed, as snapshots."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace

from desktop.core.model import Snapshot, State
from desktop.core.ports import Update
from desktop.core.system_ports import Clock
from desktop.engine.link import Link
from desktop.engine.tunnel import Tunnel, cause_of, state_of

log = logging.getLogger(__name__)

Listener = Callable[[Update], None]


class Publisher:
    """Engine thread only. `link_of` gives the link of a tunnel, or None while it has none."""

    def __init__(self, link_of: Callable[[Tunnel], Link | None], clock: Clock) -> None:
        self._link_of = link_of
        self._clock = clock
        self._listeners: list[Listener] = []
        self._touched: dict[str, Tunnel] = {}

    def add(self, listener: Listener, tunnels: Iterable[Tunnel]) -> None:
        """From now on; first it gets everything there is."""
        self.publish()
        self._listeners.append(listener)
        self._call(listener, Update(changed=tuple(self._snapshot(tunnel) for tunnel in tunnels)))

    def remove(self, listener: Listener) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    def touch(self, tunnel: Tunnel) -> None:
        """Look at this tunnel again before the next `publish`."""
        self._touched[tunnel.connection.id] = tunnel

    def forget(self, tunnel: Tunnel) -> None:
        self._touched.pop(tunnel.connection.id, None)
        self.tell(Update(removed=(tunnel.connection.id,)))

    def publish(self) -> None:
        """Tell what has changed since the last time; nothing where that is nothing.

        Due after every task: an attempt that fails at once the way the last one did would otherwise leave no trace,
        and whoever is asked for the same secret again would not notice.
        """
        changed = []
        for tunnel in self._touched.values():
            snapshot = self._snapshot(tunnel)
            if snapshot != tunnel.shown:
                tunnel.shown = snapshot
                changed.append(snapshot)
        self._touched.clear()
        if changed:
            self.tell(Update(changed=tuple(changed)))

    def tell(self, update: Update) -> None:
        for listener in tuple(self._listeners):
            self._call(listener, update)

    def _call(self, listener: Listener, update: Update) -> None:
        try:
            listener(update)
        except Exception:
            log.exception("a listener failed")

    def _snapshot(self, tunnel: Tunnel) -> Snapshot:
        link = self._link_of(tunnel)
        machine = link.machine if link is not None else None
        state = state_of(tunnel, machine)
        snapshot = Snapshot(
            connection=tunnel.connection,
            state=state,
            cause=cause_of(tunnel, machine),
            local=tunnel.local,
            since=self._since(tunnel, state),
            clients=tunnel.clients,
            parked=tunnel.parked,
            outage=tunnel.outage,
        )
        follows = tunnel.wanted and tunnel.port_cause is None
        return _with_link(snapshot, link) if follows and link is not None else snapshot

    def _since(self, tunnel: Tunnel, state: State) -> float:
        shown = tunnel.shown
        return shown.since if shown is not None and shown.state is state else self._clock.wall()


def _with_link(snapshot: Snapshot, link: Link) -> Snapshot:
    return replace(
        snapshot,
        attempt=link.machine.attempt,
        retry_at=link.retry_at_wall,
        round_trip_ms=link.round_trip_ms if snapshot.state is State.UP else None,
        probing=link.is_probing,
        way=link.way,
        challenge=link.challenge,
    )
