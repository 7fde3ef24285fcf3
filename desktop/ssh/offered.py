"""Asking a server what it takes to log in, without logging in (RFC 4252 section 5.2)."""

from __future__ import annotations

import time
from dataclasses import replace

import paramiko
from paramiko.ssh_exception import BadAuthenticationType

from desktop.core.errors import BastionTimeout, PeerLost
from desktop.core.plan import Plan, PlannedHop, Strictness
from desktop.ssh.chain import Chain
from desktop.ssh.credentials import Credentials
from desktop.ssh.forwarding import ForwardingLane
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.resolve import AddressBook
from desktop.ssh.untrusted import shown

_ANSWER_TIMEOUT_S = 15.0
# Of a list that a server is free to make as long as it likes. RFC 4250 section 4.6.1: 64 characters for a name.
_MOST_METHODS, _LONGEST_NAME = 16, 64


class ServerQuestion:
    """One connection to the first server of a plan, up to a request by ``none``, answered with what it takes.

    One thread calls `ask` and then `close`. `credentials` are for what is in front of that server. The host key must be
    known: nobody is asked about it, and none is written down.
    """

    def __init__(self, plan: Plan, known_hosts: KnownHosts, credentials: Credentials) -> None:
        self._hop = _trusting_nobody_new(plan.hops[0])
        self._cancel = cancel = credentials.cancel
        name = f"ask {self._hop.endpoint.host}"
        first = Plan((self._hop,), plan.proxy)
        self._chain = Chain(
            first, known_hosts, frozenset(), AddressBook(), credentials, name, lambda _place: cancel.wake()
        )

    def ask(self) -> tuple[str, ...]:
        """The methods, none where the server lets this user in without any.

        Raises as the stages of `HopConnection` do, and `Cancelled`.
        """
        _, connection = next(self._chain.hops())
        connection.reach()
        connection.shake_hands()
        connection.verify()
        return self._methods_of(connection.lane)

    def hang_up(self) -> None:
        """Make `ask` return. Any thread; does not block."""
        self._chain.hang_up()

    def close(self) -> None:
        self._chain.close()

    def _methods_of(self, lane: ForwardingLane) -> tuple[str, ...]:
        lane.auth_timeout = _ANSWER_TIMEOUT_S
        started = time.monotonic()
        try:
            more = lane.auth_none(self._hop.user)
        except BadAuthenticationType as refusal:
            more = refusal.allowed_types
        except (paramiko.SSHException, EOFError, OSError):
            self._cancel.check()
            host, port = self._hop.endpoint.host, self._hop.endpoint.port
            late_s = time.monotonic() - started
            if late_s >= _ANSWER_TIMEOUT_S:
                raise BastionTimeout(host=host, port=port, stage="login", timeout_s=round(late_s)) from None
            raise PeerLost(host=host) from None
        return tuple(shown(name, _LONGEST_NAME) for name in more[:_MOST_METHODS])


def _trusting_nobody_new(hop: PlannedHop) -> PlannedHop:
    asks = hop.trust.strictness is Strictness.ACCEPT_NEW
    return replace(hop, trust=replace(hop.trust, strictness=Strictness.ASK)) if asks else hop
