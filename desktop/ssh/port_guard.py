"""The guard of one local port: nobody passes to another warehouse than the one a person chose to remember."""

from __future__ import annotations

from collections.abc import Callable

from desktop.core.errors import Cause, ForwardError, PeerLost
from desktop.core.guarded import change_of, deciding_field, greets_each
from desktop.core.identity import WarehouseIdentity
from desktop.core.model import Connection, Place
from desktop.core.ports import RelayReport
from desktop.core.warehouse_errors import WarehouseUnidentified
from desktop.ssh.client import LocalClient
from desktop.ssh.gate import Gate
from desktop.ssh.greeted_client import GreetedClient
from desktop.ssh.identification import Identification, Identifications, Outcome
from desktop.ssh.loop import Loop

# After a session went in the middle, while another is there already.
_AGAIN_AFTER_S = 0.25


class PortGuard:
    """Relay thread. `take` each client that wants in, `give_up` in the end.

    A client passes once a look that began after it came has found the right warehouse; those that come meanwhile share
    the next one. Where the warehouse introduces itself, each client's own connection is looked at instead. Once another
    one was found, nobody passes any more: a person has to say whether that is right, and gets another guard then.
    """

    def __init__(
        self,
        connection: Connection,
        place: Place,
        identifications: Identifications,
        gate: Gate,
        loop: Loop,
        report: RelayReport,
        note_change: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._place = place
        self._identifications = identifications
        self._gate = gate
        self._loop = loop
        self._report = report
        self._note_change = note_change
        self._greets = greets_each(connection)
        # A dict keeps the order in which they came; values mean nothing.
        self._held: dict[LocalClient, None] = {}
        self._run: Identification | None = None
        self._covered: tuple[LocalClient, ...] = ()
        self._is_alarmed = self._is_in_doubt = self._is_over = False

    def take(self, client: LocalClient) -> None:
        """One that has come, or whose session went away before it was let in."""
        if self._gate.is_refusing:
            client.drop()
        elif not self._greets or self._is_alarmed:
            self._hold(client)
            self._begin()
        elif isinstance(client, GreetedClient):
            client.expected = self._connection.guard.identity.greeting
            self._gate.let_in(client)
        else:
            # It came before there was a guard, and nobody would look at what greets it.
            client.drop()

    def take_stranger(self, client: GreetedClient, version: str) -> None:
        """Something else greets that client, which has had nothing of it."""
        self._hold(client)
        self._note_change()
        if not self._is_alarmed:
            self._raise_alarm(WarehouseIdentity(greeting=version))

    def forget(self, client: LocalClient) -> None:
        """It is gone."""
        self._held.pop(client, None)

    def gate_moved(self, waiting: tuple[LocalClient, ...]) -> None:
        """Sessions are carried again, or not any more. `waiting` are the port's parked clients."""
        if self._gate.is_refusing:
            for client in tuple(self._held):
                client.drop()
        elif self._gate.is_open:
            self._begin()
        elif not self._greets:
            # They were let through in time for a session that is gone. The next may lead elsewhere.
            for client in waiting:
                if client not in self._held:
                    self._gate.forget(client)
                    self._hold(client)

    def give_up(self) -> None:
        """Call off what is under way. Whom it held is the caller's from now on."""
        self._is_over = True
        self._held.clear()
        run, self._run = self._run, None
        if run is not None:
            run.call_off()

    def _hold(self, client: LocalClient) -> None:
        self._held[client] = None
        client.park(expires=True)

    def _begin(self) -> None:
        is_due = bool(self._held) and self._gate.is_open and self._run is None
        if is_due and not (self._is_alarmed or self._is_over or self._greets):
            self._covered = tuple(self._held)
            self._run = self._identifications.begin(self._connection, self._place, self._ended)

    def _ended(self, run: Identification, outcome: Outcome) -> None:
        if run is not self._run:
            return
        self._run = None
        match outcome:
            case WarehouseIdentity():
                self._judge(outcome)
            case PeerLost():
                self._loop.call_later(_AGAIN_AFTER_S, self._begin)
                return
            case ForwardError():
                self._report.forward_refused(self._connection.id, outcome.cause)
                self._drop_covered()
            case _:
                self._stay_in_doubt(outcome.code)
        self._begin()

    def _judge(self, found: WarehouseIdentity) -> None:
        if not deciding_field(self._connection):
            self._stay_in_doubt("")
        elif change_of(self._connection, found) is None:
            if self._is_in_doubt:
                self._tell(None)
            for client in self._covered:
                self._pass(client)
        else:
            self._raise_alarm(found)

    def _pass(self, client: LocalClient) -> None:
        """Where the session is gone by now, the next may lead elsewhere."""
        if client in self._held and self._gate.is_open:
            del self._held[client]
            self._gate.let_in(client)

    def _stay_in_doubt(self, reason: str) -> None:
        self._tell(WarehouseUnidentified(**self._about, reason=reason).cause)
        self._drop_covered()

    def _raise_alarm(self, found: WarehouseIdentity) -> None:
        self._is_alarmed = True
        changed = change_of(self._connection, found)
        self._tell(changed.cause if changed is not None else None)

    def _tell(self, cause: Cause | None) -> None:
        self._is_in_doubt = cause is not None
        self._report.guard_judged(self._connection.id, cause)

    def _drop_covered(self) -> None:
        for client in self._covered:
            if client in self._held:
                client.drop()

    @property
    def _about(self) -> dict[str, str]:
        return {"target": str(self._place), "kind": self._connection.kind}
