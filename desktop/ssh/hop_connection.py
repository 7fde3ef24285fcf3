"""The SSH connection to one server of a plan, from nothing to a login."""

from __future__ import annotations

import threading
from collections.abc import Callable

import paramiko

from desktop.core.errors import CaponierError, Unexpected
from desktop.core.plan import PlannedHop
from desktop.ssh.approach import Reached
from desktop.ssh.cancel import CancelToken
from desktop.ssh.forwarding import ForwardingLane
from desktop.ssh.handshake import shake_hands
from desktop.ssh.host_check import HostCheck
from desktop.ssh.lane_choice import new_lane
from desktop.ssh.login import Login
from desktop.ssh.questioner import Questioner
from desktop.ssh.untrusted import shown
from desktop.ssh.way import CONNECT_TIMEOUT_S, Way
from desktop.ssh.wire import Wire

HANDSHAKE_TIMEOUT_S = 15.0
LOGIN_TIMEOUT_S = 60.0
# RFC 4253 section 4.2: 255 characters with the line end.
_LONGEST_BANNER = 253


class HopConnection:
    """Its stages in their order are `reach`, `shake_hands`, `verify` and `log_in`; they block, in one thread.

    `hang_up` makes them return. Whoever walks them calls `close` in the end. `on_end` is called on the lane's thread,
    as its last act.
    """

    def __init__(
        self,
        hop: PlannedHop,
        way: Way,
        check: HostCheck,
        cancel: CancelToken,
        name: str,
        on_end: Callable[[], None],
    ) -> None:
        self.hop = hop
        self._way = way
        self._check = check
        self._cancel = cancel
        self._name = name
        self._on_end = on_end
        self._lock = threading.Lock()
        self._hung_up = False
        self._wire: Wire | None = None
        self._lane: ForwardingLane | None = None

    def reach(self) -> Reached:
        """Raises as its way does."""
        reached = self._way.reach(self.hop.connect_timeout_s or CONNECT_TIMEOUT_S, self._cancel)
        with self._lock:
            self._wire = reached.wire
            hung_up = self._hung_up
        if hung_up:
            self.hang_up()
        self._cancel.check()
        return reached

    def shake_hands(self) -> str:
        """What the server says of itself, and the cipher. Raises as `handshake.shake_hands` does."""
        wire = self._wire
        if wire is None:
            raise Unexpected(detail="no handshake before the server is reached")
        self._lane = new_lane(wire, self._name, self._ended)
        try:
            shake_hands(self._lane, wire, self.hop.endpoint, self._check, HANDSHAKE_TIMEOUT_S)
        except CaponierError as error:
            failure = self._way.explained(error)
        else:
            return f"{shown(self._lane.remote_version, _LONGEST_BANNER)}, {self._lane.remote_cipher}"
        raise failure

    def verify(self) -> paramiko.PKey:
        """The server's key, if it is trusted. Raises as `HostCheck.verify` does."""
        key: paramiko.PKey = self.lane.get_remote_server_key()
        self._check.verify(key)
        return key

    def log_in(self, login: Login, asker: Questioner | None) -> None:
        """Raises as `Login.perform` does."""
        login.perform(self.lane, LOGIN_TIMEOUT_S, self._cancel, asker)

    @property
    def host(self) -> str:
        return self.hop.endpoint.host

    @property
    def lane(self) -> ForwardingLane:
        """Only once hands were shaken."""
        if self._lane is None:
            raise Unexpected(detail="there is no lane yet")
        return self._lane

    @property
    def is_lost(self) -> bool:
        """It had come as far as an encrypted connection, which has ended."""
        return self._lane is not None and self._lane.ident is not None and not self._lane.is_active()

    @property
    def is_reached(self) -> bool:
        """Any thread."""
        return self._wire is not None

    def silent_s(self) -> float:
        """Seconds since the last byte from the server, 0 before it is reached. Any thread."""
        return self._wire.silent_s() if self._wire is not None else 0.0

    def hang_up(self) -> None:
        """Make everything that blocks return. Any thread; does not block, and does not close."""
        with self._lock:
            self._hung_up = True
            wire = self._wire
        if wire is not None:
            wire.hang_up()
        self._way.close()

    def _ended(self) -> None:
        """Lane's thread. Whoever waits for something on this lane is to look again."""
        self._cancel.wake()
        self._on_end()

    def close(self) -> None:
        """Hang up, and wait for the lane's thread, unless it is that one which asks."""
        self.hang_up()
        lane = self._lane
        if lane is not None and lane.ident not in (None, threading.get_ident()):
            lane.join()
        if self._wire is not None:
            self._wire.close()
        self._way.join()
