"""Logging in with keys of an SSH agent, one after the other, as paramiko asks for it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

import paramiko
from paramiko.ssh_exception import AuthenticationException, BadAuthenticationType

from desktop.core.errors import CaponierError
from desktop.ssh.agent import SIGN_TIMEOUT_S, HeldKey
from desktop.ssh.cancel import Cancelled, CancelToken

# A program signs within milliseconds, a token within a second. What takes longer was a person's yes, PIN or touch.
_ASKED_AFTER_S = 1.5


class KeyTaker(Protocol):
    """The part of `ForwardingLane` that takes keys."""

    auth_timeout: float

    def is_active(self) -> bool: ...

    def would_take_key(self, username: str, key: paramiko.PKey) -> bool: ...

    def auth_publickey(self, username: str, key: paramiko.PKey) -> list[str]: ...


class SigningKey(paramiko.PKey):
    """A key of an agent for one login. paramiko has it sign on the lane's own thread.

    `failure` is why it did not, `took_s` how long it took. It is late at `until_mono`, monotonic seconds.
    """

    def __init__(self, held: HeldKey, cancel: CancelToken, until_mono: float) -> None:
        super().__init__()
        self._held = held
        self._cancel = cancel
        self._until_mono = until_mono
        self.failure: CaponierError | Cancelled | None = None
        self.took_s = 0.0

    def get_name(self) -> str:
        return self._held.identity.key_type

    def asbytes(self) -> bytes:
        return self._held.blob

    def sign_ssh_data(self, data: bytes, algorithm: str | None = None) -> bytes:
        started = time.monotonic()
        patience_s = min(SIGN_TIMEOUT_S, self._until_mono - started)
        try:
            signature = self._held.sign(data, algorithm or "", patience_s, self._cancel)
        except (CaponierError, Cancelled) as failure:
            self.failure = failure
            raise paramiko.SSHException("the agent did not sign") from None
        self.took_s = time.monotonic() - started
        return signature


class AgentOffer:
    """The keys of one login, in the agent's order. `asked_person` says that somebody seems to have been asked."""

    def __init__(self, keys: Sequence[HeldKey]) -> None:
        self._keys = tuple(keys)
        self.asked_person = False

    def __len__(self) -> int:
        return len(self._keys)

    def perform(self, lane: KeyTaker, user: str, timeout_s: float, cancel: CancelToken) -> list[str]:
        """The further methods that the server asks for after this one; none when we are in.

        Blocks at most `timeout_s`, which includes the agent. A key is used to sign only after the server has said that
        it would take it: nobody is asked for the PIN of a key that opens nothing. Raises `AgentUnavailable`,
        `AgentRefused`, `Cancelled`, and what paramiko does.
        """
        until_mono = time.monotonic() + timeout_s
        for held in self._keys:
            lane.auth_timeout = max(until_mono - time.monotonic(), 0)
            key = SigningKey(held, cancel, until_mono)
            if not lane.would_take_key(user, key):
                continue
            try:
                more = list(lane.auth_publickey(user, key))
            except BadAuthenticationType:
                raise
            except (paramiko.SSHException, EOFError, OSError):
                if key.failure is None and (not lane.is_active() or time.monotonic() >= until_mono):
                    raise
            else:
                self.asked_person = self.asked_person or key.took_s >= _ASKED_AFTER_S
                return more
            if key.failure is not None:
                raise key.failure
        raise AuthenticationException("the server took none of the keys")
