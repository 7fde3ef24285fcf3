"""One generation of a link: the attempt to log in, and the session that comes of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from desktop.core.challenge import Challenge
from desktop.core.errors import CaponierError, Cause, PeerLost, Unexpected
from desktop.core.model import Hop, HopPicture, Standing, WayPicture
from desktop.core.plan import plan_of
from desktop.core.ports import (
    DialRequest,
    Planner,
    Session,
    SessionReport,
)
from desktop.core.route_errors import at_hop
from desktop.ssh.approach import Reached
from desktop.ssh.beside import chance_for_older_s
from desktop.ssh.cancel import Cancelled, CancelToken
from desktop.ssh.chain import Chain
from desktop.ssh.credentials import Credentials
from desktop.ssh.forwarding import ForwardingLane
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.login import Login
from desktop.ssh.questioner import ParkedQuestioner
from desktop.ssh.resolve import AddressBook

log = logging.getLogger(__name__)


class SshDialer:
    """Implements `core.ports.Dialer`."""

    def __init__(self, known_hosts: KnownHosts, planner: Planner = plan_of) -> None:
        self._known_hosts = known_hosts
        self._planner = planner
        self._book = AddressBook()

    def dial(self, request: DialRequest, report: SessionReport) -> Session:
        session = SshSession(request, report, self._known_hosts, self._book, self._planner)
        session.start()
        return session


class SshSession:
    """Implements `core.ports.Session`.

    The dialling thread lives until the login is done at every hop; from then on the lanes' threads carry the session.
    Whichever of them ends it reports the end, once. One that is `beside` another goes through that one's jump hosts.
    """

    def __init__(
        self,
        request: DialRequest,
        report: SessionReport,
        known_hosts: KnownHosts,
        book: AddressBook,
        planner: Planner,
        beside: SshSession | None = None,
    ) -> None:
        self._request = request
        self._report = report
        self._known_hosts = known_hosts
        self._book = book
        self._planner = planner
        self._beside = beside
        self._started_mono = time.monotonic()
        self._cancel = CancelToken()
        # A further connection asks nobody: the first has been let in with what it takes.
        self._asker = ParkedQuestioner(self._tell_question, self._cancel) if beside is None else None
        self._lock = threading.Lock()
        self._addresses: tuple[str, str] | None = None
        self._chain: Chain | None = None
        self._login: Login | None = None
        # Which hop is being logged in to.
        self._place: int | None = None
        # Whose lane ended first.
        self._lost_place: int | None = None
        self._way = WayPicture()
        self._up = False
        self._aborted = False
        self._abort_cause: Cause | None = None
        bastion = request.route.bastion
        self._label = f"{bastion.host}#{request.generation}{' beside' if beside is not None else ''}"
        self._ended = threading.Event()

    @property
    def bastion(self) -> Hop:
        return self._request.route.bastion

    def start(self) -> None:
        threading.Thread(target=self._dial, name=f"dial {self._label}").start()

    def abort(self, cause: Cause | None = None) -> None:
        with self._lock:
            if not self._aborted:
                self._aborted = True
                self._abort_cause = cause
            chain = self._chain
        self._cancel.set()
        if chain is not None:
            chain.hang_up()

    def answer(self, number: int, answers: Sequence[str] | None) -> None:
        if self._asker is not None:
            self._asker.answer(number, answers)

    def ping(self) -> None:
        """Every server: what the last one takes longer tells where it is spent."""
        if self._chain is not None and self._up:
            for _, connection in self._chain.connections:
                connection.lane.ping()

    def nudge(self) -> None:
        if self._chain is None or not self._chain.is_reached:
            self._cancel.nudge()

    @property
    def addresses(self) -> tuple[str, str] | None:
        return self._addresses

    def silent_s(self) -> float:
        chain = self._chain
        if chain is None or not chain.is_reached:
            return time.monotonic() - self._started_mono
        return chain.silent_s()

    @property
    def lane(self) -> ForwardingLane:
        """What carries forwards. Only once the session is up."""
        if self._chain is None or not self._up:
            raise RuntimeError("the session was never up")
        return self._chain.last.lane

    @property
    def may_log_in_again(self) -> bool:
        """Without asking the person anything."""
        return self._login is not None and not self._login.was_questioned

    @property
    def is_up(self) -> bool:
        return self._up and not self._ended.is_set()

    @property
    def has_ended(self) -> bool:
        return self._ended.is_set()

    def open_side(self, report: SessionReport) -> SshSession:
        """Begin one more login like the last one of this, with the same secrets. Does not block.

        Whoever asks for it ends it, before this session is over.
        """
        request = replace(self._request, beside=False)
        side = SshSession(request, report, self._known_hosts, self._book, self._planner, self)
        side.start()
        return side

    def join(self, timeout_s: float) -> bool:
        """Wait for its end, after `abort`. False where it is late."""
        return self._ended.wait(timeout_s)

    def _dial(self) -> None:
        cause: Cause | None = None
        try:
            round_trip_ms = self._log_in()
        except Cancelled:
            cause = None
        except CaponierError as error:
            cause = self._at_hop(error.cause)
        except Exception as error:
            log.exception("dialling %s failed", self._label)
            cause = self._at_hop(Unexpected(detail=type(error).__name__).cause)
        else:
            lost = self._announce(round_trip_ms)
            if lost is None:
                return
            cause = self._loss(lost)
        self._finish(cause)

    def _log_in(self) -> float | None:
        """Round trip in milliseconds, where it is known."""
        chain, logins = self._prepare()
        with self._lock:
            self._chain = chain
            if self._aborted:
                raise Cancelled
        round_trip_s: float | None = None
        for (place, connection), login in zip(chain.hops(), logins, strict=True):
            self._place = place
            self._show(place, Standing.TRIED, None)
            reached = connection.reach()
            if place == 0:
                self._note_reached(reached)
            connection.shake_hands()
            connection.verify()
            if self._request.beside and place == 0:
                self._cancel.wait(chance_for_older_s(reached.silent_s))
            connection.log_in(login, self._asker)
            round_trip_s = reached.round_trip_s
            self._show(place, Standing.PASSED, round_trip_s)
        for place, connection in chain.connections:
            connection.lane.on_pong = partial(self._on_pong, place)
        self._login = login
        return None if round_trip_s is None else round_trip_s * 1000

    def _prepare(self) -> tuple[Chain, list[Login]]:
        """Whatever the logins need is there before any server is bothered."""
        credentials = Credentials(self._request.secrets, self._cancel)
        beside = self._beside
        if beside is not None and beside._chain is not None and beside._login is not None:
            return beside._chain.branch(credentials, self._lane_name, self._on_lane_end), [beside._login]
        plan = self._planner(self._request.route, self._cancel.check)
        self._way = WayPicture(tuple(HopPicture(hop.endpoint) for hop in plan.hops), plan.proxy)
        self._report.walked(self._request.generation, self._way)
        logins = []
        for place, hop in enumerate(plan.hops):
            self._place = place
            logins.append(Login(hop, credentials))
        accepted, name = self._request.accepted_keys, self._lane_name
        chain = Chain(plan, self._known_hosts, accepted, self._book, credentials, name, self._on_lane_end)
        return chain, logins

    @property
    def _lane_name(self) -> str:
        return f"ssh {self._label}"

    def _tell_question(self, challenge: Challenge) -> None:
        self._report.asked(self._request.generation, challenge)

    def _note_reached(self, reached: Reached) -> None:
        self._addresses = reached.addresses
        self._report.reached(self._request.generation)

    def _announce(self, round_trip_ms: float | None) -> int | None:
        """Hand over to the lanes' threads; the place of the one that has already ended."""
        with self._lock:
            if self._lost_place is None:
                self._up = True
                self._report.up(self._request.generation, round_trip_ms)
            return self._lost_place

    def _on_lane_end(self, place: int) -> None:
        """Lane's thread, as its last act."""
        with self._lock:
            is_first = self._lost_place is None
            if is_first:
                self._lost_place = place
            was_up = self._up
        if was_up and is_first:
            self._finish(self._loss(place))

    def _at_hop(self, cause: Cause) -> Cause:
        """With its place, as the fact `hop`. What fails behind a hop that was lost, fails because of that."""
        place, lost = self._place, self._lost_place
        if place is None:
            return cause
        if lost is not None and lost < place:
            return self._loss(lost)
        return at_hop(cause, place)

    def _loss(self, place: int) -> Cause:
        """Of the hop there, whose lane has ended."""
        chain = self._chain
        if chain is None:
            raise RuntimeError("no chain, no lane")
        host = chain.plan.hops[place].endpoint.host
        return at_hop(PeerLost(host=host).cause, place)

    def _finish(self, cause: Cause | None) -> None:
        """Dialling thread, or that of the lane which ended first: nothing else of the session is left running."""
        if self._chain is not None:
            self._chain.close()
        with self._lock:
            if self._aborted:
                cause = self._abort_cause
        self._cancel.close()
        self._ended.set()
        self._report.ended(self._request.generation, cause)

    def _show(self, place: int, standing: Standing, round_trip_s: float | None) -> None:
        """To whom it may concern."""
        if self._way.hops:
            took_ms = None if round_trip_s is None else round_trip_s * 1000
            self._way = self._way.with_hop(place, standing, took_ms)
            self._report.walked(self._request.generation, self._way)

    def _on_pong(self, place: int, round_trip_ms: float) -> None:
        """A lane's thread. Those of jump hosts are told with the last one's."""
        with self._lock:
            if self._way.hops:
                self._way = self._way.with_hop(place, Standing.PASSED, round_trip_ms)
            way = self._way
        if place == self._place:
            self._report.walked(self._request.generation, way)
            self._report.pinged(self._request.generation, round_trip_ms)
