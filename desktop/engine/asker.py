"""Whose connection a question belongs to, where several share a login."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from desktop.engine.link import Link
from desktop.engine.tunnel import Tunnel


def asker_of(link: Link, tunnels: Iterable[Tunnel]) -> str:
    """The connection's id, empty where no port is open. Engine thread."""
    open_ones = [tunnel for tunnel in tunnels if tunnel.local is not None]
    # Whose client waits, else whom the person switched on, else who was added first.
    waited_for = (each for each in open_ones if link.relay.client_counts(each.connection.id)[1])
    called = (each for each in open_ones if each.connection.id == link.caller)
    asker = next(chain(waited_for, called, open_ones), None)
    return asker.connection.id if asker is not None else ""
