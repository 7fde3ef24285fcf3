"""Logging in with one of several keys and certificates, as paramiko asks for it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Protocol

import paramiko
from paramiko.ssh_exception import AuthenticationException, BadAuthenticationType

from desktop.core.errors import AgentError, AgentKeysTooMany, AuthRejected, CaponierError
from desktop.core.key_offer_errors import CertificateForOthers, KeyOfferError, KeysTooMany
from desktop.core.model import AuthMethod
from desktop.core.names import tidied
from desktop.ssh.agent import SIGN_TIMEOUT_S
from desktop.ssh.cancel import Cancelled, CancelToken
from desktop.ssh.identity import Identity
from desktop.ssh.ssh_data import SshReader

# A program signs within milliseconds, a token within a second. What takes longer was a person's yes, PIN or touch.
_ASKED_AFTER_S = 1.5


class KeyTaker(Protocol):
    """The part of `ForwardingLane` that takes keys."""

    auth_timeout: float

    def is_active(self) -> bool: ...

    def would_take_key(self, username: str, key: paramiko.PKey) -> bool: ...

    def auth_publickey(self, username: str, key: paramiko.PKey) -> list[str]: ...


class SigningKey(paramiko.PKey):
    """What is shown for one login, and signs for it. paramiko has it sign on the lane's own thread.

    paramiko's own keys carry a certificate beside the key; here the certificate is the key. `failure` is why it did not
    sign, `took_s` how long it took. It is late at `until_mono`, monotonic seconds.
    """

    def __init__(self, identity: Identity, cancel: CancelToken, until_mono: float) -> None:
        super().__init__()
        self._identity = identity
        self._cancel = cancel
        self._until_mono = until_mono
        self.failure: CaponierError | Cancelled | None = None
        self.took_s = 0.0

    def get_name(self) -> str:
        return SshReader(self._identity.blob).string().decode()

    def asbytes(self) -> bytes:
        return self._identity.blob

    def sign_ssh_data(self, data: bytes, algorithm: str | None = None) -> bytes:
        started = time.monotonic()
        patience_s = min(SIGN_TIMEOUT_S, self._until_mono - started)
        try:
            signature = self._identity.holder.sign(data, algorithm or "", patience_s, self._cancel)
        except (CaponierError, Cancelled) as failure:
            self.failure = failure
            raise paramiko.SSHException("nothing was signed") from None
        self.took_s = time.monotonic() - started
        return signature


class KeysOffer:
    """The keys and certificates of one login, in order. What was taken once comes first the next time.

    `asked_person` says that somebody seems to have been asked by an agent. `accepted` is what let us in. `troubles` are
    those of keys and certificates that can't be shown; they are told where nothing else helps.
    """

    def __init__(self, identities: Iterable[Identity], troubles: Sequence[CaponierError] = ()) -> None:
        self._identities = _in_time_first(identities)
        self._troubles = tuple(troubles)
        self.asked_person = False
        self.accepted: Identity | None = None
        self._further: KeysOffer | None = None

    def __len__(self) -> int:
        return len(self._identities)

    @property
    def identities(self) -> tuple[Identity, ...]:
        return self._identities

    @property
    def troubles(self) -> tuple[CaponierError, ...]:
        return self._troubles

    @property
    def taken(self) -> tuple[Identity, ...]:
        """What let us in, in the order in which the server asked for it."""
        further = self._further.taken if self._further is not None else ()
        return (self.accepted, *further) if self.accepted is not None else ()

    def further(self) -> KeysOffer | None:
        """For a server that wants one more key, once this was taken: OpenSSH takes no key twice. None without any."""
        return self._further if self._further is not None and len(self._further) else None

    @property
    def may_ask_person(self) -> bool:
        return any(identity.holder.is_agent for identity in self._identities)

    def perform(self, lane: KeyTaker, user: str, timeout_s: float, cancel: CancelToken) -> list[str]:
        """The further methods that the server asks for after this one; none when we are in.

        Blocks at most `timeout_s`, which includes an agent, and while the keyring asks the person. A key is unlocked or
        used to sign only after the server has said that it would take it: nobody is asked for the passphrase or PIN of
        a key that opens nothing. One that can't be unlocked now is passed over; where no other gets us in, its
        `PassphraseNeeded`, `PassphraseWrong`, `KeyUnreadable`, `AgentUnavailable` or `AgentRefused` is raised. Raises
        also `Cancelled`, and what paramiko does.
        """
        attempt = _Attempt(lane, user, time.monotonic() + timeout_s, cancel)
        try:
            for identity in self._identities:
                more = attempt.show(identity, ask_first=self._is_to_be_asked_for(identity))
                if more is not None:
                    self.asked_person = self.asked_person or attempt.took_s >= _ASKED_AFTER_S
                    self._prefer(identity)
                    return more
        except (paramiko.SSHException, EOFError, OSError) as error:
            if attempt.kept is None or isinstance(error, BadAuthenticationType):
                raise
        # Raised outside the handler: paramiko's tracebacks hold the frames that hold the keys.
        raise attempt.kept or AuthenticationException("the server took none of the keys")

    def too_many(self, user: str, host: str) -> CaponierError | None:
        """What to say where the server had enough of it; None where there was only one key to be shown."""
        if len({identity.holder.public for identity in self._identities}) <= 1:
            return None
        if all(identity.holder.is_agent for identity in self._identities):
            return AgentKeysTooMany(user=user, host=host, held=len(self))
        return KeysTooMany(user=user, host=host, held=len(self))

    def refusal(self, user: str, host: str, method: AuthMethod) -> CaponierError:
        """What to say where the server took nothing. `method` is the fact of that name."""
        return self._explanation(user) or AuthRejected(
            user=user, host=host, method=method, **self._refused_facts()
        )

    def _refused_facts(self) -> dict[str, str]:
        """What a refusal should name beside the method: certificates that were shown, and what was passed over."""
        shown = [identity.certificate.label for identity in self._identities if identity.certificate]
        passed_over = [trouble.facts.get("path", "") for trouble in self._troubles]
        facts = {"certificate": tidied(", ".join(shown)), "passed_over": ", ".join(filter(None, passed_over))}
        return {name: value for name, value in facts.items() if value}

    def _is_to_be_asked_for(self, identity: Identity) -> bool:
        """Asking costs a round trip, which is saved where the answer is known or signing disturbs nobody."""
        if identity is self.accepted:
            return False
        return len(self) > 1 or identity.holder.is_agent or identity.holder.is_locked

    def _prefer(self, identity: Identity) -> None:
        if identity is self.accepted:
            return
        # Those before it were refused.
        behind = self._identities[self._identities.index(identity) + 1 :]
        self._further = KeysOffer(each for each in behind if each.holder.public != identity.holder.public)
        self.accepted = identity
        self._identities = (identity, *(other for other in self._identities if other is not identity))

    def _explanation(self, user: str) -> KeyOfferError | None:
        """What is wrong with certificates; none where one was refused that is right as far as can be seen from here.

        Others than `user` may rightly be named in one that is for another server, where further keys were shown.
        """
        now = time.time()
        shown = [identity.certificate for identity in self._identities if identity.certificate is not None]
        certified = {certificate.content.key for certificate in shown}
        is_about_these = all(identity.holder.public in certified for identity in self._identities)
        faults = [certificate.fault(user, now) for certificate in shown]
        if None in faults:
            return None
        told = [fault for fault in (*faults, *self._troubles) if isinstance(fault, KeyOfferError)]
        return next(
            (each for each in told if is_about_these or not isinstance(each, CertificateForOthers)), None
        )


class _Attempt:
    """Showing one thing after the other to a server. `kept` is why something it would take was not used."""

    def __init__(self, lane: KeyTaker, user: str, until_mono: float, cancel: CancelToken) -> None:
        self._lane = lane
        self._user = user
        self._until_mono = until_mono
        self._cancel = cancel
        self._agent_failed = False
        self.kept: CaponierError | None = None
        self.took_s = 0.0

    def show(self, identity: Identity, *, ask_first: bool) -> list[str] | None:
        """As `KeysOffer.perform`; None where the server or the key's holder does not want."""
        if self._agent_failed and identity.holder.is_agent:
            return None
        # There is nothing to ask about before a key is open whose public half nobody knows.
        if not identity.blob and not self._opened(identity):
            return None
        self._lane.auth_timeout = max(self._until_mono - time.monotonic(), 0)
        key = SigningKey(identity, self._cancel, self._until_mono)
        if ask_first and not self._lane.would_take_key(self._user, key):
            return None
        if not self._opened(identity):
            return None
        return self._sign_in(key)

    def _opened(self, identity: Identity) -> bool:
        try:
            identity.holder.unlock()
        except CaponierError as failure:
            self.kept = self.kept or failure
            return False
        return True

    def _sign_in(self, key: SigningKey) -> list[str] | None:
        try:
            more = list(self._lane.auth_publickey(self._user, key))
        except BadAuthenticationType:
            raise
        except (paramiko.SSHException, EOFError, OSError):
            if key.failure is None and (not self._lane.is_active() or time.monotonic() >= self._until_mono):
                raise
        else:
            self.took_s = key.took_s
            return more
        if isinstance(key.failure, Cancelled):
            raise key.failure
        if key.failure is not None:
            # Whoever said no to one key of an agent is not asked about its next.
            self._agent_failed = self._agent_failed or isinstance(key.failure, AgentError)
            self.kept = self.kept or key.failure
        return None


def _in_time_first(identities: Iterable[Identity]) -> tuple[Identity, ...]:
    """No identity twice, and certificates out of their time last: the server's clock may differ from this one's."""
    now = time.time()
    seen: set[bytes] = set()
    distinct: list[Identity] = []
    for identity in identities:
        if identity.blob not in seen:
            distinct.append(identity)
        seen |= {identity.blob} - {b""}
    return tuple(sorted(distinct, key=lambda each: not _is_in_time(each, now)))


def _is_in_time(identity: Identity, now: float) -> bool:
    return identity.certificate is None or identity.certificate.is_in_time(now)
