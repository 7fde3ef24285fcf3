"""The public key method as ssh_config(5) has it: keys of files and of an agent, in ssh(1)'s order.

The order is that of OpenSSH 9.2: certificates of CertificateFile; what the agent holds of the identity files; what else
it holds; the rest of the files, each key before the certificate beside it. Unlike ssh(1), nothing is shown twice, or
where nobody can sign for it, and certificates out of their time come last.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from desktop.core.errors import AgentUnavailable, CaponierError
from desktop.core.key_offer_errors import CertificateUnreadable, KeysMissing
from desktop.core.plan import OfferedKeys
from desktop.ssh.agent import HeldKey, all_keys, keys_to_offer
from desktop.ssh.credentials import Credentials
from desktop.ssh.identity import Identity, KeyHolder, OwnKey, own_key
from desktop.ssh.key_offer import KeysOffer
from desktop.ssh.keys import is_there, read_identity_file
from desktop.ssh.public_half import blob_of_public_file, public_half_beside, public_half_of
from desktop.ssh.user_certificate import UserCertificate, certificate_beside, read_user_certificate

log = logging.getLogger(__name__)


def offered_keys(way: OfferedKeys, credentials: Credentials, login: str = "") -> KeysOffer:
    """What `way` has to show; no passphrase is asked for yet. `login` as in `PlannedHop`.

    Blocks for files, and while an agent lists its keys. Raises `Cancelled`, and `KeysMissing`, or what is wrong with
    the first file, where there is nothing to show.
    """
    gathering = _Gathering(way, credentials, login)
    offer = KeysOffer(gathering.in_order(), gathering.troubles)
    if len(offer):
        return offer
    if gathering.troubles:
        raise gathering.troubles[0]
    raise KeysMissing(looked_at=", ".join(way.identity_files), agent=gathering.agent_trouble)


@dataclass(frozen=True, slots=True)
class _OfFile:
    """What an identity file, or the certificate beside it, has to show. `key` is None without the private half."""

    blob: bytes
    key: OwnKey | None
    certificate: UserCertificate | None = None


class _Gathering:
    """From files and agents, once. `troubles` are those of files that are there and no use."""

    def __init__(self, way: OfferedKeys, credentials: Credentials, login: str) -> None:
        self._way = way
        self._credentials = credentials
        self._login = login
        self.troubles: list[CaponierError] = []
        self.agent_trouble = ""

    def in_order(self) -> Iterator[Identity]:
        files = [entry for path in self._way.identity_files for entry in self._of_file(path)]
        held = self._held() if self._way.asks_agent else ()
        yield from self._certificates(files, held)
        known = [key for key in held if any(entry.blob == key.blob for entry in files)]
        others = () if self._way.only_these else (key for key in held if key not in known)
        yield from (Identity(key, key.certificate) for key in (*known, *others))
        blobs = {key.blob for key in known}
        for entry in files:
            holder = _holder_of(entry, held)
            if entry.blob not in blobs and holder is not None:
                yield Identity(holder, entry.certificate)

    def _certificates(self, files: Sequence[_OfFile], held: Sequence[HeldKey]) -> Iterator[Identity]:
        """Of CertificateFile. One that nobody can sign for is a trouble."""
        for path in self._way.certificate_files:
            certificate = self._certificate(path)
            if certificate is None:
                continue
            own = (entry.key for entry in files if entry.key is not None)
            holder = _who_holds(certificate.content.key, (*held, *own))
            if holder is None:
                self._pass_over(certificate.mismatch())
            else:
                yield Identity(holder, certificate)

    def _held(self) -> tuple[HeldKey, ...]:
        """With several agents, those that only serve for the files' keys may all have one of them."""
        try:
            if self._way.only_these:
                return all_keys(self._way.agent, self._credentials.cancel).keys
            return keys_to_offer(self._way.agent, "", self._credentials.cancel)
        except AgentUnavailable as failure:
            self.agent_trouble = failure.facts["trouble"]
            return ()

    def _of_file(self, path: str) -> Iterator[_OfFile]:
        key = self._own_key(path)
        public = key.public if key is not None else _public_without_private(path)
        # ssh_config(5): certificates that are listed go before those that are found.
        beside = None if self._way.certificate_files else self._beside(path)
        if beside is not None and public not in (b"", beside.content.key):
            self._pass_over(beside.mismatch())
            beside = None
        if beside is not None and key is not None:
            key.expect(beside.content.key)
        if key is not None or public:
            yield _OfFile(key.public if key is not None else public, key)
        if beside is not None:
            yield _OfFile(beside.blob, key, beside)

    def _own_key(self, path: str) -> OwnKey | None:
        if not is_there(path):
            return None
        try:
            data = read_identity_file(path)
            if _is_public(data):
                return None
            return own_key(path, data, public_half_of(path, data), self._credentials, self._login)
        except CaponierError as trouble:
            self._pass_over(trouble)
            return None

    def _beside(self, path: str) -> UserCertificate | None:
        try:
            return certificate_beside(path)
        except CertificateUnreadable as trouble:
            self._pass_over(trouble)
            return None

    def _certificate(self, path: str) -> UserCertificate | None:
        if not is_there(path):
            return None
        try:
            return read_user_certificate(path)
        except CertificateUnreadable as trouble:
            self._pass_over(trouble)
            return None

    def _pass_over(self, trouble: CaponierError) -> None:
        log.info("not shown to the server: %s", trouble)
        self.troubles.append(trouble)


def _holder_of(entry: _OfFile, held: Iterable[HeldKey]) -> KeyHolder | None:
    """A certificate's key may be in the agent; so may be that of a public half alone, which then was found there."""
    if entry.certificate is None:
        return entry.key
    return _who_holds(entry.certificate.content.key, (*held, *([entry.key] if entry.key else [])))


def _who_holds(public: bytes, holders: Iterable[KeyHolder]) -> KeyHolder | None:
    return next((holder for holder in holders if holder.public == public), None)


def _is_public(data: bytes) -> bool:
    try:
        return bool(blob_of_public_file(data))
    except ValueError:
        return False


def _public_without_private(path: str) -> bytes:
    """A public half names a key of the agent: the file itself may be one, or there is only the one beside it."""
    try:
        return blob_of_public_file(read_identity_file(path))
    except (ValueError, CaponierError):
        return public_half_beside(path)
