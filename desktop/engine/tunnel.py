"""One connection as the engine keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop.core.errors import Cause, PortError, with_fact
from desktop.core.machine import Machine
from desktop.core.model import AUTOMATIC_PORT, Client, Connection, Endpoint, Outage, Snapshot, State
from desktop.core.ports import Relay
from desktop.engine.port_book import PortBook


@dataclass
class Tunnel:
    """Engine thread only. `local` is None while the port is closed.

    `port_cause` keeps the port from opening; `forward_cause` is why the bastion refused the last client, and
    `answer_cause` what is wrong with the warehouse by its first bytes, and `guard_cause` why its guard lets nobody in.
    `session` is the generation that carried clients
    last, and `earlier` the outage before the present one.
    """

    connection: Connection
    wanted: bool = False
    local: Endpoint | None = None
    port_cause: Cause | None = None
    forward_cause: Cause | None = None
    answer_cause: Cause | None = None
    guard_cause: Cause | None = None
    clients: int = 0
    parked: int = 0
    accepted_keys: frozenset[str] = frozenset()
    session: int | None = None
    outage: Outage | None = None
    earlier: Outage | None = None
    shown: Snapshot | None = None

    def open_port(self, relay: Relay, book: PortBook, everyone: Sequence[Connection]) -> bool:
        """Bind the local port; False where that failed, with the reason in `port_cause`.

        The reason has the fact `free`: a port near it that could be had instead. `everyone` as in `PortBook.check`.
        """
        self.port_cause = None
        avoided = book.others_ports(self.connection, everyone)
        try:
            book.check(self.connection, everyone)
            self.local = self._bind(relay, book, avoided)
        except PortError as error:
            free = relay.free_port(self.connection.forward, avoided)
            self.port_cause = with_fact(error.cause, "free", str(free) if free else "")
            return False
        if self.connection.forward.local_port == AUTOMATIC_PORT:
            book.note(self.connection, self.local.port)
        return True

    def close_port(self, relay: Relay) -> None:
        relay.close_port(self.connection.id)
        self.local = self.port_cause = self.forward_cause = self.answer_cause = None
        self.guard_cause = None
        self.session = self.outage = self.earlier = None
        self.clients = self.parked = 0

    @property
    def warehouse_cause(self) -> Cause | None:
        """Why nobody can work with the warehouse, though the bastion is fine."""
        return self.guard_cause or self.forward_cause or self.answer_cause

    def judge_forward(self, cause: Cause | None) -> None:
        """What the bastion said of the way, of which the next answer may say more."""
        self.forward_cause = cause
        if cause is not None:
            self.answer_cause = None

    def judge_answer(self, cause: Cause | None) -> None:
        self.answer_cause = cause

    def judge_guard(self, cause: Cause | None) -> None:
        self.guard_cause = cause

    def note_outage(self, machine: Machine, now: float, *, woke: bool) -> None:
        """Keep account of where the link stands. `now` is wall-clock seconds; `woke`: the computer just did.

        Where the same session answers in the end it had only been silent, which was no outage.
        """
        lasting = self.outage is not None and self.outage.ended_at is None
        if self.local is None or machine.state in (State.OFF, State.CLOSING):
            self.session = None
        elif machine.state is not State.UP:
            if self.session is not None and not lasting:
                self.earlier, self.outage = self.outage, Outage(now, machine.cause, woke=woke)
        else:
            if lasting and self.outage is not None:
                same = machine.generation == self.session
                self.outage = self.earlier if same else replace(self.outage, ended_at=now)
            self.session = machine.generation

    def note_lost(self, lost: tuple[Client, ...]) -> None:
        if self.outage is not None:
            self.outage = replace(self.outage, lost=self.outage.lost + lost)

    def _bind(self, relay: Relay, book: PortBook, avoided: frozenset[int]) -> Endpoint:
        """An automatic port stays the same from one time to the next while it is free: clients remember it."""
        forward, last = self.connection.forward, book.last_port(self.connection)
        if forward.local_port == AUTOMATIC_PORT and last and last not in avoided:
            same = replace(self.connection, forward=replace(forward, local_port=last))
            try:
                return relay.open_port(same)
            except PortError:
                pass
        return relay.open_port(self.connection, avoided)


def state_of(tunnel: Tunnel, machine: Machine | None) -> State:
    """A connection stands as its link does, but for what is its own: the wish, and the port."""
    if tunnel.wanted and tunnel.port_cause is not None:
        return State.FAILED
    if machine is None:
        return State.OFF
    if not tunnel.wanted:
        # A link that others still want is not closing on account of this one.
        return State.CLOSING if machine.state is State.CLOSING and not machine.wanted else State.OFF
    # The end of a session that will be followed by another is a part of connecting.
    return State.CONNECTING if machine.state is State.CLOSING else machine.state


def cause_of(tunnel: Tunnel, machine: Machine | None) -> Cause | None:
    if not tunnel.wanted or machine is None:
        return tunnel.port_cause
    if tunnel.port_cause is not None:
        return tunnel.port_cause
    return tunnel.warehouse_cause if machine.state is State.UP else machine.cause


def reguards(old: Connection, new: Connection) -> bool:
    """Whether the guard of its open port has to be told of the change."""
    return (old.guard, old.kind, old.tls) != (new.guard, new.kind, new.tls)
