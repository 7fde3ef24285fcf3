"""Proving who we are: one method, tried once. A refused login is never repeated by itself."""

from __future__ import annotations

import time

import paramiko
from paramiko.ssh_exception import AuthenticationException, BadAuthenticationType

from desktop.core.errors import (
    AgentKeysTooMany,
    AuthMethodMissing,
    AuthRejected,
    BastionTimeout,
    CaponierError,
    KeyUnreadable,
    PassphraseNeeded,
    PasswordNeeded,
    PeerLost,
    SecretStoreLocked,
    SecretStoreMissing,
)
from desktop.core.model import Auth, AuthMethod, SecretKind
from desktop.core.plan import PlannedHop
from desktop.ssh.agent import SIGN_TIMEOUT_S, keys_to_offer
from desktop.ssh.agent_login import AgentOffer
from desktop.ssh.cancel import CancelToken
from desktop.ssh.credentials import Credentials
from desktop.ssh.forwarding import ForwardingLane
from desktop.ssh.keys import load_private_key, read_identity_file

_INTERACTIVE = "keyboard-interactive"


class Login:
    """What one hop needs to let us in, gathered before the network is touched.

    An SSH agent that has each use of a key confirmed will ask once for each SSH connection: only its slow first answer
    tells that a person was asked, and then there is no second one. Raises `PasswordNeeded`, `KeyUnreadable`,
    `KeyUnsupported`, `PassphraseNeeded`, `PassphraseWrong`, `AgentUnavailable`, `AgentKeyMissing`, `Cancelled`.
    """

    def __init__(self, hop: PlannedHop, credentials: Credentials) -> None:
        self._hop = hop
        self._host = hop.endpoint.host
        self._auth = _first_way(hop)
        # A server that asks questions may ask for a code next time: one login is all that may be done unasked.
        self.was_questioned = False
        self._password = ""
        self._key: paramiko.PKey | None = None
        self._agent: AgentOffer | None = None
        if self._auth.method is AuthMethod.PASSWORD:
            self._password = self._need_password(credentials)
        elif self._auth.method is AuthMethod.AGENT:
            keys = keys_to_offer(self._auth.agent, self._auth.key_fingerprint, credentials.cancel)
            self._agent = AgentOffer(keys)
        else:
            self._key = _load_key(self._auth, hop.login, credentials)

    def perform(self, lane: ForwardingLane, timeout_s: float, cancel: CancelToken) -> None:
        """Log in. Blocks at most `timeout_s`, less when the wire is hung up or `cancel` is set.

        An SSH agent may ask the person, and gets `SIGN_TIMEOUT_S` more for that. Raises
        `AuthRejected`, `AuthMethodMissing`, `BastionTimeout`, `PeerLost`, `AgentUnavailable`, `AgentRefused`,
        `AgentKeysTooMany`, `Cancelled`.
        """
        timeout_s += SIGN_TIMEOUT_S if self._agent is not None else 0
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
        if self._agent is not None:
            more = self._agent.perform(lane, self._hop.user, lane.auth_timeout, cancel)
            self.was_questioned = self.was_questioned or self._agent.asked_person
            return more
        if self._key is not None:
            return list(lane.auth_publickey(self._hop.user, self._key))
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
            method=self._auth.method,
            offered=", ".join(offered),
        )

    def _failure(self, lane: ForwardingLane, error: Exception, late_after_s: float | None) -> CaponierError:
        host, port = self._host, self._hop.endpoint.port
        if late_after_s is not None:
            return BastionTimeout(host=host, port=port, stage="login", timeout_s=round(late_after_s))
        refused = isinstance(error, AuthenticationException) and lane.is_active()
        if (
            self._agent is not None
            and len(self._agent) > 1
            and "authentication failures" in lane.disconnect_text
        ):
            return AgentKeysTooMany(user=self._hop.user, host=host, held=len(self._agent))
        # With MaxAuthTries 1 the server answers a wrong password by this farewell instead of a refusal.
        if refused or "authentication failures" in lane.disconnect_text:
            return AuthRejected(user=self._hop.user, host=host, method=self._auth.method)
        return PeerLost(host=host)


def _first_way(hop: PlannedHop) -> Auth:
    way = hop.ways[0]
    if not isinstance(way, Auth):
        raise TypeError("the first way must be one of Caponier's own")
    return way


def _load_key(auth: Auth, login: str, credentials: Credentials) -> paramiko.PKey:
    """The passphrase is fetched only for a key that has one: a keyring may ask the person to unlock it."""
    path, data = _key_data(auth, login, credentials)
    try:
        return load_private_key(data, None, path)
    except PassphraseNeeded:
        passphrase = credentials.ask(SecretKind.KEY_PASSPHRASE, login)
    return load_private_key(data, passphrase, path, credentials.store_trouble)


def _key_data(auth: Auth, login: str, credentials: Credentials) -> tuple[str, bytes]:
    if auth.method is AuthMethod.KEY_FILE:
        return auth.identity_file, read_identity_file(auth.identity_file)
    pasted = credentials.ask(SecretKind.PRIVATE_KEY, login)
    if pasted is None and credentials.store_trouble:
        missing = credentials.store_trouble == SecretStoreMissing.code
        raise SecretStoreMissing if missing else SecretStoreLocked
    if pasted is None:
        raise KeyUnreadable(path="", reason="the pasted key is not in the keyring; paste it again")
    return "", pasted.encode()
