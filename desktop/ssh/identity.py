"""What a server can be shown in the public key method, and who has the private half to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import paramiko

from desktop.core.errors import KeyUnreadable, PassphraseNeeded, PassphraseWrong
from desktop.core.model import SecretKind
from desktop.ssh.cancel import CancelToken
from desktop.ssh.credentials import Credentials
from desktop.ssh.keys import load_private_key
from desktop.ssh.user_certificate import UserCertificate


class KeyHolder(Protocol):
    """Has a private key, or can have it made usable."""

    @property
    def public(self) -> bytes:
        """The plain public key; empty while it is unknown."""

    @property
    def is_agent(self) -> bool:
        """It may ask the person for each signature."""

    @property
    def is_locked(self) -> bool:
        """It can't sign before `unlock`."""

    def unlock(self) -> None:
        """Blocks while the keyring asks the person.

        Raises `PassphraseNeeded`, `PassphraseWrong`, `KeyUnreadable`, `KeyUnsupported`, `Cancelled`.
        """

    def sign(self, data: bytes, algorithm: str, timeout_s: float, cancel: CancelToken) -> bytes:
        """A signature as it stands in messages. Raises `AgentUnavailable`, `AgentRefused`, `Cancelled`."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A key, or a certificate of it."""

    holder: KeyHolder
    certificate: UserCertificate | None = None

    @property
    def blob(self) -> bytes:
        """What the server is shown; empty while it is unknown."""
        return self.holder.public if self.certificate is None else self.certificate.blob


class OwnKey:
    """Implements `KeyHolder` for a key that is no agent's: of a file, or pasted. `path` is empty for a pasted one.

    Either the `key` itself is here, or the `locked` contents of its file with what is known of its public half.
    `login` is whose passphrase is asked for, as in `PlannedHop`.
    """

    is_agent = False

    def __init__(
        self,
        path: str,
        credentials: Credentials,
        login: str,
        *,
        key: paramiko.PKey | None = None,
        locked: bytes = b"",
        public: bytes = b"",
    ) -> None:
        self.path = path
        self._credentials = credentials
        self._login = login
        self._key = key
        self._locked = locked
        self._public = key.asbytes() if key is not None else public

    @property
    def public(self) -> bytes:
        return self._public

    @property
    def is_locked(self) -> bool:
        return self._key is None

    def expect(self, public: bytes) -> None:
        """Where nothing else tells what the key is, its certificate does."""
        self._public = self._public or public

    def unlock(self) -> None:
        if self._key is None:
            key = self._unlocked()
            if self._public not in (b"", key.asbytes()):
                raise KeyUnreadable(
                    path=self.path, reason="the .pub or -cert.pub file is that of another key"
                )
            self._key, self._public = key, key.asbytes()

    def sign(self, data: bytes, algorithm: str, _timeout_s: float, _cancel: CancelToken) -> bytes:
        if self._key is None:
            raise ValueError("the key is locked")
        signature = self._key.sign_ssh_data(data, algorithm)
        return bytes(signature.asbytes())

    def _unlocked(self) -> paramiko.PKey:
        passphrase = self._credentials.ask(SecretKind.KEY_PASSPHRASE, self._login)
        try:
            return load_private_key(self._locked, passphrase, self.path, self._credentials.store_trouble)
        except (PassphraseNeeded, PassphraseWrong) as error:
            whose = {"login": self._login} if self._login else {}
            failure = type(error)(**error.facts, **whose)
        # Raised outside the handler, which holds the frames that hold the passphrase.
        raise failure


def own_key(path: str, data: bytes, public: bytes, credentials: Credentials, login: str) -> OwnKey:
    """Of the contents of a key file. Raises `KeyUnreadable`, `KeyUnsupported`; asks for no passphrase."""
    try:
        key = load_private_key(data, None, path)
    except PassphraseNeeded:
        return OwnKey(path, credentials, login, locked=data, public=public)
    return OwnKey(path, credentials, login, key=key)
