"""One generation of a link: the attempt to log in, and the session that comes of it."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace

from desktop.core.errors import CaponierError, Cause, PeerLost, Unexpected
from desktop.core.model import Hop
from desktop.core.plan import plan_of
from desktop.core.ports import DialRequest, Session, SessionReport
from desktop.ssh.approach import Reached
from desktop.ssh.beside import chance_for_older_s
from desktop.ssh.cancel import Cancelled, CancelToken
from desktop.ssh.credentials import Credentials
from desktop.ssh.forwarding import ForwardingLane
from desktop.ssh.handshake import shake_hands
from desktop.ssh.host_check import HostCheck
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.lane_choice import new_lane
from desktop.ssh.login import Login
from desktop.ssh.reach import reach
from desktop.ssh.resolve import AddressBook
from desktop.ssh.wire import Wire

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 10.0
HANDSHAKE_TIMEOUT_S = 15.0
LOGIN_TIMEOUT_S = 60.0


class SshDialer:
    """Implements `core.ports.Dialer`."""

    def __init__(self, known_hosts: KnownHosts) -> None:
        self._known_hosts = known_hosts
        self._book = AddressBook()

    def dial(self, request: DialRequest, report: SessionReport) -> Session:
        session = SshSession(request, report, self._known_hosts, self._book)
        session.start()
        return session


class SshSession:
    """Implements `core.ports.Session`.

    The dialling thread lives until the login is done; from then on the lane's thread carries the session. Whichever
    of them ends it reports the end, once.
    """

    def __init__(
        self,
        request: DialRequest,
        report: SessionReport,
        known_hosts: KnownHosts,
        book: AddressBook,
        login: Login | None = None,
    ) -> None:
        self._request = request
        self._report = report
        self._known_hosts = known_hosts
        self._book = book
        self._login = login
        self._started_mono = time.monotonic()
        self._cancel = CancelToken()
        self._lock = threading.Lock()
        self._addresses: tuple[str, str] | None = None
        self._wire: Wire | None = None
        self._lane: ForwardingLane | None = None
        self._up = False
        self._lane_ended = False
        self._aborted = False
        self._abort_cause: Cause | None = None
        bastion = request.route.bastion
        self._label = f"{bastion.host}#{request.generation}{' beside' if login is not None else ''}"
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
            wire = self._wire
        self._cancel.set()
        if wire is not None:
            wire.hang_up()

    def ping(self) -> None:
        if self._lane is not None:
            self._lane.ping()

    def nudge(self) -> None:
        if self._wire is None:
            self._cancel.nudge()

    @property
    def addresses(self) -> tuple[str, str] | None:
        return self._addresses

    def silent_s(self) -> float:
        wire = self._wire
        return time.monotonic() - self._started_mono if wire is None else wire.silent_s()

    @property
    def lane(self) -> ForwardingLane:
        """What carries forwards. Only once the session is up."""
        if self._lane is None:
            raise RuntimeError("the session was never up")
        return self._lane

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
        """Begin one more login like this one, with the same secrets; whoever asks for it ends it. Does not block."""
        request = replace(self._request, beside=False)
        side = SshSession(request, report, self._known_hosts, self._book, self._login)
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
            cause = error.cause
        except Exception as error:
            log.exception("dialling %s failed", self._label)
            cause = Unexpected(detail=type(error).__name__).cause
        else:
            if self._announce(round_trip_ms):
                return
            cause = PeerLost(host=self.bastion.host).cause
        self._end(cause)

    def _log_in(self) -> float:
        """Round trip in milliseconds."""
        hop = plan_of(self._request.route).bastion
        login = self._login or Login(hop, Credentials(self._request.secrets, self._cancel))
        check = HostCheck(hop.endpoint, self._known_hosts, self._request.accepted_keys)
        reached = reach(hop.endpoint, CONNECT_TIMEOUT_S, self._cancel, self._book)
        self._take(reached)
        lane = new_lane(reached.wire, f"ssh {self._label}", self._on_lane_end)
        lane.on_pong = self._on_pong
        self._lane = lane
        shake_hands(lane, reached.wire, hop.endpoint, check, HANDSHAKE_TIMEOUT_S)
        check.verify(lane.get_remote_server_key())
        if self._request.beside:
            self._cancel.wait(chance_for_older_s(reached.silent_s))
        login.perform(lane, LOGIN_TIMEOUT_S, self._cancel)
        self._login = login
        return reached.round_trip_s * 1000

    def _take(self, reached: Reached) -> None:
        with self._lock:
            self._addresses = reached.addresses
            self._wire = reached.wire
        # Whoever aborted before that had no wire to hang up.
        self._cancel.check()
        self._report.reached(self._request.generation)

    def _announce(self, round_trip_ms: float) -> bool:
        """Hand over to the lane's thread; False where that has already ended."""
        with self._lock:
            if self._lane_ended:
                return False
            self._up = True
            self._report.up(self._request.generation, round_trip_ms)
        return True

    def _on_lane_end(self) -> None:
        """Lane's thread, as its last act."""
        with self._lock:
            self._lane_ended = True
            was_up = self._up
        if was_up:
            self._finish(PeerLost(host=self.bastion.host).cause)

    def _end(self, cause: Cause | None) -> None:
        """Dialling thread, where the login failed: nothing of the attempt is left running."""
        if self._wire is not None:
            self._wire.hang_up()
        if self._lane is not None and self._lane.ident is not None:
            self._lane.join()
        self._finish(cause)

    def _finish(self, cause: Cause | None) -> None:
        if self._wire is not None:
            self._wire.close()
        with self._lock:
            if self._aborted:
                cause = self._abort_cause
        self._cancel.close()
        self._ended.set()
        self._report.ended(self._request.generation, cause)

    def _on_pong(self, round_trip_ms: float) -> None:
        self._report.pinged(self._request.generation, round_trip_ms)
