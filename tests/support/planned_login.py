"""One login by the ways of a plan, without a session around it."""

from __future__ import annotations

import threading

from desktop.core.plan import LoginWay, PlannedHop, Trust
from desktop.ssh.cancel import CancelToken
from desktop.ssh.credentials import Credentials
from desktop.ssh.lane_choice import new_lane
from desktop.ssh.login import Login
from desktop.ssh.reach import reach
from desktop.ssh.resolve import AddressBook
from tests.support.sshd import OpenSshServer
from tests.support.stage import TIMEOUT_S, Secrets, StandInSource

JUMP_HOST = "me@jump.example.com:22"


def log_in(server: OpenSshServer, *ways: LoginWay, secrets: Secrets | None = None, times: int = 1) -> Login:
    """Blocks until `server` has let us in, over so many connections one after the other. Raises what a login does.

    It is that of a jump host, whose secrets are named by `JUMP_HOST`. Nobody looks at the host key.
    """
    hop = PlannedHop(server.endpoint, server.user, ways, Trust(str(server.endpoint)), JUMP_HOST)
    cancel = CancelToken()
    try:
        login = Login(hop, Credentials(StandInSource(secrets or {}), cancel))
        for _ in range(times):
            _over_a_lane(login, server, cancel)
        return login
    finally:
        cancel.close()


def _over_a_lane(login: Login, server: OpenSshServer, cancel: CancelToken) -> None:
    wire = reach(server.endpoint, TIMEOUT_S, cancel, AddressBook()).wire
    lane = new_lane(wire, "planned login", lambda: None)
    shaken = threading.Event()
    try:
        lane.start_client(shaken)
        assert shaken.wait(TIMEOUT_S)
        login.perform(lane, TIMEOUT_S, cancel)
    finally:
        wire.hang_up()
        lane.join()
        wire.close()
