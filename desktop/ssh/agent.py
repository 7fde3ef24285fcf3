"""SSH agents: the keys they hold, and signatures made with them (draft-miller-ssh-agent, sections 4.4 and 4.5)."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktop.core.agents import AgentIdentity, AgentTrouble
from desktop.core.errors import AgentError, AgentKeyMissing, AgentRefused, AgentUnavailable
from desktop.core.key_offer_errors import CertificateUnreadable
from desktop.ssh.agent_places import agent_places
from desktop.ssh.agent_wire import AgentSilence, ask_agent
from desktop.ssh.cancel import CancelToken
from desktop.ssh.certificate import CERTIFICATE_SUFFIX
from desktop.ssh.keys import fingerprint_of_blob
from desktop.ssh.ssh_data import SshReader, ssh_string
from desktop.ssh.user_certificate import UserCertificate, is_certificate, user_certificate

log = logging.getLogger(__name__)

# A smartcard behind gpg-agent takes some seconds for its first word.
LIST_TIMEOUT_S = 10.0
# An agent may ask the person for a PIN, a touch or a yes. sshd waits 120 s for a login (LoginGraceTime).
SIGN_TIMEOUT_S = 60.0

_REQUEST_IDENTITIES, _IDENTITIES_ANSWER = 11, 12
_SIGN_REQUEST, _SIGN_RESPONSE = 13, 14
# SSH_AGENT_RSA_SHA2_256 and _512; without one of them the answer would be a SHA-1 signature, which servers refuse.
_RSA_FLAGS = {"rsa-sha2-256": 2, "rsa-sha2-512": 4}
_USABLE_TYPES = frozenset(
    {"ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"}
)


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key in the agent at `place`, or a `certificate` there, which the agent lists beside its key.

    Implements `KeyHolder`. `blob` is what the agent knows it by. `agent` is the agent's name for errors.
    """

    agent: str
    place: str
    blob: bytes
    identity: AgentIdentity
    certificate: UserCertificate | None = None

    @property
    def public(self) -> bytes:
        return self.blob if self.certificate is None else self.certificate.content.key

    @property
    def is_agent(self) -> bool:
        return True

    @property
    def is_locked(self) -> bool:
        """Nothing that could be unlocked from here."""
        return False

    def unlock(self) -> None:
        """The agent sees to that when it signs."""

    def sign(self, data: bytes, algorithm: str, timeout_s: float, cancel: CancelToken) -> bytes:
        """Blocks while the agent asks the person. Raises `AgentUnavailable`, `AgentRefused`, `Cancelled`."""
        question = bytes([_SIGN_REQUEST]) + ssh_string(self.blob) + ssh_string(data)
        question += _RSA_FLAGS.get(algorithm.removesuffix(CERTIFICATE_SUFFIX), 0).to_bytes(4, "big")
        try:
            answer = ask_agent(self.place, question, timeout_s, cancel)
            signature = SshReader(answer[1:]).string() if answer[0] == _SIGN_RESPONSE else b""
        except AgentSilence as silence:
            raise AgentUnavailable(agent=self.agent, trouble=silence.trouble) from None
        except ValueError:
            raise AgentUnavailable(agent=self.agent, trouble=AgentTrouble.GONE) from None
        if signature:
            return signature
        raise AgentRefused(agent=self.agent, key=self.identity.comment or self.identity.fingerprint)


@dataclass(frozen=True, slots=True)
class Held:
    """What one agent, or several, hold: `keys` for logins, and `skipped` ones that none here can be made with."""

    keys: tuple[HeldKey, ...] = ()
    skipped: tuple[AgentIdentity, ...] = ()


def keys_to_offer(named: str, chosen: str, cancel: CancelToken) -> tuple[HeldKey, ...]:
    """The `chosen` key (its fingerprint), of whichever agent has it; without one, all of the first agent that has any.

    Certificates of a chosen key come before the key itself. Blocks. At least one. Raises `AgentUnavailable`,
    `AgentKeyMissing`, `Cancelled`.
    """
    search = _Search(named, cancel)
    for held in search.agents():
        fitting = tuple(key for key in held.keys if chosen in ("", key.identity.fingerprint))
        if fitting:
            return tuple(sorted(fitting, key=lambda key: key.certificate is None)) if chosen else fitting
    raise search.failure(chosen)


def all_keys(named: str, cancel: CancelToken) -> Held:
    """Every key of every agent that answers. Blocks. Raises `AgentUnavailable` where there is none, `Cancelled`."""
    search = _Search(named, cancel)
    found = tuple(search.agents())
    keys: dict[bytes, HeldKey] = {}
    for key in (key for held in found for key in held.keys):
        keys.setdefault(key.blob, key)
    if not keys:
        raise search.failure("")
    skipped = dict.fromkeys(identity for held in found for identity in held.skipped)
    return Held(tuple(keys.values()), tuple(skipped))


class _Search:
    """Through the places where agents may be."""

    def __init__(self, named: str, cancel: CancelToken) -> None:
        self._named = named
        self._cancel = cancel
        self._troubles: list[AgentTrouble] = []
        self._saw_keys = False

    def agents(self) -> Iterator[Held]:
        """What each agent holds that answers, as it is asked."""
        for place in agent_places(self._named, os.environ, _home()):
            try:
                answer = ask_agent(place, bytes([_REQUEST_IDENTITIES]), LIST_TIMEOUT_S, self._cancel)
                held = _held_by(self._named, place, answer)
            except ValueError:
                self._troubles.append(AgentTrouble.GONE)
                log.info("the SSH agent at %s makes no sense", place)
                continue
            except AgentSilence as silence:
                self._troubles.append(silence.trouble)
                log.info("the SSH agent at %s is of no use: %s", place, silence.trouble)
                continue
            for identity in held.skipped:
                log.info("a key of the SSH agent is skipped: %s %s", identity.key_type, identity.fingerprint)
            self._saw_keys = self._saw_keys or bool(held.keys)
            if not held.keys:
                self._troubles.append(AgentTrouble.UNUSABLE if held.skipped else AgentTrouble.EMPTY)
            yield held

    def failure(self, chosen: str) -> AgentError:
        """Why none of them had what was wanted."""
        if chosen and self._saw_keys:
            return AgentKeyMissing(agent=self._named, fingerprint=chosen)
        # An agent that is there tells more than a place where none is.
        for trouble in (AgentTrouble.UNUSABLE, AgentTrouble.EMPTY, AgentTrouble.SILENT):
            if trouble in self._troubles:
                return AgentUnavailable(agent=self._named, trouble=trouble)
        gone = AgentTrouble.GONE if self._named else AgentTrouble.NOT_FOUND
        return AgentUnavailable(agent=self._named, trouble=gone)


def _held_by(named: str, place: str, answer: bytes) -> Held:
    """Raises `ValueError` where the answer makes no sense."""
    if answer[0] != _IDENTITIES_ANSWER:
        # A refusal to list them; locked agents of some kinds do so.
        return Held()
    reader = SshReader(answer[1:])
    keys: list[HeldKey] = []
    skipped: list[AgentIdentity] = []
    for _ in range(reader.number()):
        blob, comment = reader.string(), _printable(reader.string().decode(errors="replace"))
        certificate = _certificate(blob, comment)
        identity = _identity(blob, comment, certificate)
        if certificate is not None or identity.key_type in _USABLE_TYPES:
            keys.append(HeldKey(named, place, blob, identity, certificate))
        else:
            skipped.append(identity)
    return Held(tuple(keys), tuple(skipped))


def _certificate(blob: bytes, comment: str) -> UserCertificate | None:
    """None also for one that no login can use."""
    if not is_certificate(blob):
        return None
    try:
        return user_certificate(comment, blob)
    except (CertificateUnreadable, ValueError):
        return None


def _identity(blob: bytes, comment: str, certificate: UserCertificate | None) -> AgentIdentity:
    """As ``ssh-add -l`` tells them: a certificate has the fingerprint of its key."""
    if certificate is None:
        return AgentIdentity(_type_of(blob), fingerprint_of_blob(blob), comment)
    content = certificate.content
    return AgentIdentity(content.key_type, fingerprint_of_blob(content.key), comment, (certificate.label,))


def _type_of(blob: bytes) -> str:
    return _printable(SshReader(blob).string().decode(errors="replace"))


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text).strip()


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:
        return None
