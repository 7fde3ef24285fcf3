"""One program connected to a local port, and its channel through the bastion."""

from __future__ import annotations

import selectors
import socket
import time

from desktop.core.model import Client, Endpoint, Place
from desktop.ssh.carrier import Carrier
from desktop.ssh.client_owner import ClientOwner
from desktop.ssh.early import Early
from desktop.ssh.forwarding import ForwardingChannel
from desktop.ssh.intake import Intake
from desktop.ssh.loop import SCRATCH_BYTES, Loop
from desktop.ssh.outlet import Outlet
from desktop.ssh.patience import Patience
from desktop.ssh.phase import Phase
from desktop.ssh.throughput import Progress
from desktop.ssh.witness import Witness

# Long for a program that reads all the time, short for the megabytes that its socket holds.
_ROOM_WITHIN_S = 0.002


class LocalClient:
    """Implements `ChannelSink`: methods named ``on_`` run on the reader thread, and deliver, send on or post.

    That is whichever thread reads the connection at the moment, and may be the relay's (see `loan`).

    Everything else belongs to the relay thread, except where it says otherwise. `welcome` comes before anything else:
    a client that is made before its program is here saves that one some time.
    """

    _sock: socket.socket
    _outlet: Outlet
    peer: Endpoint

    def __init__(
        self,
        target: Place,
        loop: Loop,
        owner: ClientOwner,
        park_timeout_s: float,
        open_timeout_s: float | None = None,
    ) -> None:
        """Times as `Patience` has them."""
        self._loop = loop
        self._owner = owner
        self._channel: ForwardingChannel | None = None
        self._intake: Intake | None = None
        self._local_ended = False
        self._asked = False
        self._is_late = self._is_watched = False
        self._early = Early()
        self._went_up = Progress()
        self._came_at = 0.0
        self._patience = Patience(loop, park_timeout_s, self.drop, open_timeout_s)
        self.carrier: Carrier | None = None
        self.witness: Witness | None = None
        self.phase = Phase.PARKED
        self.target = target
        self.sent = 0

    def welcome(self, sock: socket.socket, peer: Endpoint) -> None:
        """The program. `sock` is non-blocking, and the client's to close."""
        self._sock = sock
        self._outlet = Outlet(sock)
        self.peer = peer
        self._came_at = time.time()
        self._patience.begin()

    @property
    def parked_until(self) -> float:
        """Monotonic seconds."""
        return self._patience.parked_until

    @property
    def received(self) -> int:
        return self._outlet.delivered

    @property
    def is_open(self) -> bool:
        """The warehouse may have had something from it, or it from the warehouse. Any thread."""
        channel = self._channel
        return self.phase is Phase.OPEN or (
            self.phase is Phase.OPENING and channel is not None and channel.confirmed
        )

    @property
    def is_awaited(self) -> bool:
        """It waits for its way to be opened, or for an answer. Any thread."""
        return self.phase is Phase.OPENING or (self.phase is Phase.OPEN and self._asked)

    def describe(self) -> Client:
        """Any thread."""
        parked = self.phase in (Phase.PARKED, Phase.OPENING) and not self.is_open
        return Client(self.peer, self._came_at, parked, self.sent, self.received)

    # -- reader thread ---------------------------------------------------------------------------------------

    def on_opened(self) -> None:
        # Here and now: the way over the relay's thread is longer than the rest of an opening together.
        self._send_early()
        if self._loop.is_here and not self._is_watched:
            self._watch_early()
        if self._is_watched and not self._early and not self._is_late:
            # The relay's thread has nothing to do until something comes, and would be in the way of the answer.
            self._loop.post_when_quiet(self._opened)
        else:
            self._loop.post(self._opened)

    def on_refused(self, reason: int, text: str) -> None:
        self._loop.post(lambda: self._refused(reason, text))

    def on_data(self, data: memoryview) -> None:
        self._asked = False
        if self.witness is not None:
            self.witness.hear(data)
        self._outlet.put(data)

    def on_settled(self) -> None:
        if self._outlet.deliver():
            self._loop.post(self._await_room)
        self._grant()
        witness = self.witness
        if witness is not None and not witness.is_done:
            self._loop.run_when_quiet(witness.judge)

    def on_window(self) -> None:
        self._loop.post(self._settle)

    def on_eof(self) -> None:
        self._end_witness()
        self._outlet.end()
        self._loop.post(self._flush)

    def on_closed(self) -> None:
        self._end_witness()
        self._outlet.end()
        self._loop.post(self._answer_close)

    def _end_witness(self) -> None:
        witness = self.witness
        if witness is not None and not witness.is_done:
            witness.judge()
            # Where the program left first, no answer to it says anything.
            if not (self._local_ended or self._early.ended or self._outlet.is_left):
                witness.end()

    # -- relay thread: before the way is open ----------------------------------------------------------------

    def park(self, *, expires: bool) -> None:
        """Wait for a session; reset when none comes in time. Nothing is read from the program meanwhile."""
        self.phase = Phase.PARKED
        self._leave_channel()
        self._patience.end()
        self._loop.watch(self._sock, 0, self._serve)
        if expires:
            self._patience.wait_for_session()
            self._owner.client_waits()

    def open(self, carrier: Carrier) -> None:
        """Ask the bastion for the way to the warehouse; the owner learns how it went."""
        # Before that, for the reader thread to have it when the answer comes.
        if not self._early.read(self._sock) or (self._early.ended and not self._early):
            # It has left without a word: no need to disturb the warehouse.
            self.drop()
            return
        self.phase = Phase.OPENING
        self._is_late = self._is_watched = False
        self.carrier = carrier
        self._channel = carrier.open_forward(self.target, self)
        carrier.take_in(self)
        self._loop.post_when_quiet(self._wait_for_way)
        carrier.read()

    def _wait_for_way(self) -> None:
        """Where the bastion is near, it is open by now, and none of this is needed."""
        carrier, channel = self.carrier, self._channel
        if self.phase is not Phase.OPENING or carrier is None or channel is None or channel.confirmed:
            return
        self._patience.wait_for_way(carrier, self._come_late, self._time_out)
        self._owner.client_comes()
        if not self._early:
            # What it says after its first words can wait until they are out.
            self._watch_early()

    def withdraw(self) -> bool:
        """Take it back from a session that has not answered it yet; it is to be parked or opened again at once."""
        return self.phase is Phase.OPENING and self._channel is not None and self._channel.withdraw()

    def drop(self) -> None:
        """Part with the program: in peace when everything is said, with a reset otherwise. Idempotent."""
        if self.phase is Phase.GONE:
            return
        self.phase = Phase.GONE
        self._patience.end()
        self._loop.watch(self._sock, 0, self._serve)
        self._part()
        self._leave_channel()
        self._owner.client_gone(self)

    def _part(self) -> None:
        self._outlet.close(reset=self._outlet.broken or not self._finished)

    def _leave_channel(self) -> None:
        self._went_up = Progress()
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.abandon()
        intake, self._intake = self._intake, None
        if intake is not None:
            intake.close()
        carrier, self.carrier = self.carrier, None
        if carrier is not None:
            carrier.let_go(self)

    def _come_late(self) -> None:
        # First, for the reader thread to see: from now on no turn is sure to come that `_opened` could be left to.
        self._is_late = True
        if self._channel is not None and self._channel.confirmed:
            self._opened()
        else:
            self._watch_early()
            self._owner.client_waits()

    def _time_out(self) -> None:
        self._owner.client_refused(self, 0, "timeout")

    def _opened(self) -> None:
        """Once the bastion has opened the way: in a quiet moment, or before anything else is done with it."""
        channel, carrier = self._channel, self.carrier
        if self.phase is Phase.OPENING and channel is not None and channel.confirmed and carrier is not None:
            self.phase = Phase.OPEN
            self._intake = Intake(self._outlet, carrier, self._loop)
            self._patience.end()
            self._flush()
            self._owner.client_opened()

    def _refused(self, reason: int, text: str) -> None:
        if self.phase is Phase.OPENING:
            self._owner.client_refused(self, reason, text)
            self.drop()

    def _read_early(self) -> None:
        if self._early.read(self._sock):
            self._send_early()
            self._watch_early()
        else:
            self.drop()

    def _watch_early(self) -> None:
        self._is_watched = self._early.has_room
        self._loop.watch(self._sock, selectors.EVENT_READ if self._is_watched else 0, self._serve)

    def _send_early(self) -> None:
        """Reader or relay thread."""
        channel = self._channel
        if channel is not None and channel.confirmed and self._early:
            self._asked = True
            if self.witness is not None:
                self.witness.say(self._early.said)
            self.sent += self._early.send(channel.send_some)

    # -- relay thread: while the way is open -----------------------------------------------------------------

    def _serve(self, ready: int) -> None:
        self._opened()
        if ready & selectors.EVENT_WRITE:
            self._flush()
        if ready & selectors.EVENT_READ and self.phase is Phase.OPEN and not self._early:
            self._upload()
        elif ready & selectors.EVENT_READ and self.phase is Phase.OPENING:
            self._read_early()

    def _upload(self) -> None:
        channel = self._channel
        if channel is None or not self._may_send:
            self._settle()
            return
        room = channel.window
        try:
            size = self._sock.recv_into(self._loop.scratch, min(room, SCRATCH_BYTES))
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.drop()
            return
        if size:
            data = self._loop.scratch[:size]
            # What was sent may lie in buffers; what the server makes room for again, it has.
            taken = self._went_up.grown_to(self.sent + room) if channel.shows_progress else 0
            # Before it is sent: the answer may be here at once.
            self._asked = True
            if self.witness is not None:
                self.witness.say(data)
            self.sent += channel.send_some(data)
            if self.carrier is not None:
                self.carrier.moved(size)
                self.carrier.throughput.up.add(taken, time.monotonic())
            return
        self._end_upload(channel)
        self._settle()

    def _end_upload(self, channel: ForwardingChannel) -> None:
        self._local_ended = True
        channel.send_eof()

    def _flush(self) -> None:
        self._opened()
        if self.phase is Phase.OPEN:
            self._outlet.flush()
            self._grant()
            self._settle()

    def _await_room(self) -> None:
        """The program takes no more now. Mostly the reader thread delivers the rest, with what comes next.

        A turn of this thread each time the program's socket was full cost a fast stream 6 % of its rate.
        """
        if self._outlet.broken:
            self._settle()
        elif self._outlet.has_waiting and self.phase is not Phase.GONE:
            delivered = self._outlet.delivered
            self._loop.call_later(_ROOM_WITHIN_S, lambda: self._look_for_room(delivered))

    def _look_for_room(self, delivered: int) -> None:
        if self._outlet.delivered != delivered:
            self._await_room()
        else:
            self._settle()

    def _grant(self) -> None:
        """Reader or relay thread."""
        channel, intake = self._channel, self._intake
        if channel is not None and intake is not None:
            intake.grant(channel)

    def _answer_close(self) -> None:
        if self._channel is not None:
            self._channel.hang_up()
        self._local_ended = True
        self._early.forget()
        self._flush()

    def resume(self) -> None:
        """The path takes data again."""
        self._settle()

    def _settle(self) -> None:
        """Watch for what the program can do next, or part with it."""
        self._opened()
        if self.phase is not Phase.OPEN or self._channel is None:
            return
        self._send_early()
        if self._early.ended and not self._early and not self._local_ended:
            self._end_upload(self._channel)
        if self._outlet.broken or self._finished:
            self.drop()
            return
        wants_read = not self._local_ended and not self._early and self._may_send
        mask = selectors.EVENT_READ if wants_read else 0
        if self._outlet.has_waiting:
            mask |= selectors.EVENT_WRITE
        self._loop.watch(self._sock, mask, self._serve)

    @property
    def _finished(self) -> bool:
        """Both directions have ended and everything is delivered."""
        return self._outlet.ended and self._local_ended and not self._early

    @property
    def _may_send(self) -> bool:
        """The server takes data, and so does the path to it; `_settle` is called when that changes."""
        if self._channel is None or self.carrier is None or self._channel.window == 0:
            return False
        if self.carrier.congested:
            self.carrier.pause(self)
            return False
        return True
