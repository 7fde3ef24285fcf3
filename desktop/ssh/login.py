"""Proving who we are: one method, tried once. A refused login is never repeated by itself."""

from __future__ import annotations

import time

import paramiko
from paramiko.ssh_exception import AuthenticationException, BadAuthenticationType

from desktop.core.errors import (
    AuthMethodMissing,
    AuthRejected,
    BastionTimeout,
    CaponierError,
    PasswordNeeded,
    PeerLost,
)
from desktop.core.model import Auth, AuthMethod, SecretKind
from desktop.core.plan import OfferedKeys, PlannedHop
from desktop.ssh.agent import SIGN_TIMEOUT_S
from desktop.ssh.cancel import CancelToken
from desktop.ssh.chosen_key import chosen_key_offer
from desktop.ssh.credentials import Credentials
from desktop.ssh.forwarding import ForwardingLane
from desktop.ssh.key_offer import KeysOffer
from desktop.ssh.offered_keys import offered_keys

_INTERACTIVE = "keyboard-interactive"


class Login:
    """What one hop needs to let us in, gathered before the network is touched.

    An SSH agent that has each use of a key confirmed will ask once for each SSH connection: only its slow first answer
    tells that a person was asked, and then there is no second one. Raises `PasswordNeeded`, and what `chosen_key_offer`
    and `offered_keys` do.
    """

    def __init__(self, hop: PlannedHop, credentials: Credentials) -> None:
        self._hop = hop
        self._host, self._port = hop.endpoint.host, hop.endpoint.port
        way = hop.ways[0]
        self._method = way.method if isinstance(way, Auth) else AuthMethod.SSH_CONFIG
        # A server that asks questions may ask for a code next time: one login is all that may be done unasked.
        self.was_questioned = False
        self._password = ""
        self._keys: KeysOffer | None = None
        if isinstance(way, OfferedKeys):
            self._keys = offered_keys(way, credentials, hop.login)
        elif way.method is AuthMethod.PASSWORD:
            self._password = self._need_password(credentials)
        else:
            self._keys = chosen_key_offer(way, credentials, hop.login)

    @property
    def certificate(self) -> str:
        """What its authority calls the certificate that let us in; empty where it was something else."""
        accepted = None if self._keys is None else self._keys.accepted
        return accepted.certificate.label if accepted is not None and accepted.certificate is not None else ""

    def perform(self, lane: ForwardingLane, timeout_s: float, cancel: CancelToken) -> None:
        """Log in. Blocks at most `timeout_s`, less when the wire is hung up or `cancel` is set.

        An SSH agent may ask the person, and gets `SIGN_TIMEOUT_S` more for that. Raises
        `AuthRejected`, `AuthMethodMissing`, `BastionTimeout`, `PeerLost`, `AgentUnavailable`, `AgentRefused`,
        `AgentKeysTooMany`, `KeyOfferError`, `Cancelled`.
        """
        timeout_s += SIGN_TIMEOUT_S if self._keys is not None and self._keys.may_ask_person else 0
        lane.auth_timeout = timeout_s
        started = time.monotonic()
        failure: CaponierError
        try:
            more = self._offer(lane, cancel)
        except BadAuthenticationType as refusal:
            failure = self._method_missing(refusal.allowed_types)
        except (paramiko.SSHException, EOFError, OSError) as error:
            late = time.monotonic() - started >= timeout_s
            failure = self._failure(lane, error, timeout_s if late else None)
        else:
            if not more:
                return
            failure = self._method_missing(more)
        # Raised outside the handler: paramiko's tracebacks hold the frames that hold the password.
        raise failure

    def _need_password(self, credentials: Credentials) -> str:
        password = credentials.ask(SecretKind.SSH_PASSWORD, self._hop.login)
        if password is None:
            raise PasswordNeeded(user=self._hop.user, host=self._host, store=credentials.store_trouble)
        return password

    def _offer(self, lane: ForwardingLane, cancel: CancelToken) -> list[str]:
        """The further methods that the server asks for after this one; none when we are in."""
        if self._keys is not None:
            more = self._keys.perform(lane, self._hop.user, lane.auth_timeout, cancel)
            self.was_questioned = self.was_questioned or self._keys.asked_person
            return more
        try:
            return list(lane.auth_password(self._hop.user, self._password, fallback=False))
        except BadAuthenticationType as refusal:
            if _INTERACTIVE not in refusal.allowed_types:
                raise
        self.was_questioned = True
        return list(lane.auth_interactive(self._hop.user, self._answer))

    def _answer(self, _title: str, _text: str, prompts: list[tuple[str, bool]]) -> list[str]:
        """Many servers ask for the password as a keyboard-interactive question: one prompt, not shown as typed."""
        hidden = [not shown for _, shown in prompts]
        if not prompts:
            return []
        if hidden != [True]:
            raise paramiko.SSHException("more than a password is asked for")
        return [self._password]

    def _method_missing(self, offered: list[str]) -> AuthMethodMissing:
        return AuthMethodMissing(
            user=self._hop.user,
            host=self._host,
            method=self._method,
            offered=", ".join(offered),
        )

    def _failure(self, lane: ForwardingLane, error: Exception, late_after_s: float | None) -> CaponierError:
        host, port = self._host, self._port
        if late_after_s is not None:
            return BastionTimeout(host=host, port=port, stage="login", timeout_s=round(late_after_s))
        refused = isinstance(error, AuthenticationException) and lane.is_active()
        had_enough = "authentication failures" in lane.disconnect_text
        too_many = None if self._keys is None else self._keys.too_many(self._hop.user, host)
        if had_enough and too_many is not None:
            return too_many
        # With MaxAuthTries 1 the server answers a wrong password by this farewell instead of a refusal.
        if refused or had_enough:
            if self._keys is not None:
                return self._keys.refusal(self._hop.user, host, self._method)
            return AuthRejected(user=self._hop.user, host=host, method=self._method)
        return PeerLost(host=host)
