"""Certificates of users' keys: out of ``-cert.pub`` files, and what is wrong with one that a server refuses."""

from __future__ import annotations

from dataclasses import dataclass, field

from desktop.core.errors import KeyUnreadable
from desktop.core.key_offer_errors import (
    CertificateExpired,
    CertificateForOthers,
    CertificateMismatch,
    CertificateNotYetValid,
    CertificateUnreadable,
    KeyOfferError,
)
from desktop.core.names import tidied
from desktop.ssh.certificate import CERTIFICATE_SUFFIX, Certificate, CertificateKind, read_certificate
from desktop.ssh.keys import fingerprint_of_blob, is_there, read_identity_file
from desktop.ssh.public_half import blob_of_public_file
from desktop.ssh.ssh_data import SshReader


@dataclass(frozen=True, slots=True)
class UserCertificate:
    """`name` is its file, or what the SSH agent calls it; `blob` is what a server is shown."""

    name: str
    blob: bytes = field(repr=False)
    content: Certificate

    @property
    def label(self) -> str:
        """As its authority named it."""
        return tidied(self.content.key_id) or str(self.content.serial)

    def is_in_time(self, now: float) -> bool:
        """`now` in seconds of Unix time."""
        return self.content.valid_after <= now < self.content.valid_before

    def fault(self, user: str, now: float) -> KeyOfferError | None:
        """What `user` can see of the reason for a refusal at `now`."""
        content = self.content
        if now >= content.valid_before:
            return CertificateExpired(certificate=self.name, valid_before=content.valid_before)
        if now < content.valid_after:
            return CertificateNotYetValid(certificate=self.name, valid_after=content.valid_after)
        if user not in content.principals:
            principals = tidied(", ".join(content.principals))
            return CertificateForOthers(certificate=self.name, user=user, principals=principals)
        return None

    def mismatch(self) -> CertificateMismatch:
        """For where the key that it was made for is missing."""
        return CertificateMismatch(certificate=self.name, fingerprint=fingerprint_of_blob(self.content.key))


def is_certificate(blob: bytes) -> bool:
    """What it says to be, and not whether it is in order. Raises `ValueError` where it says nothing."""
    return SshReader(blob).string().endswith(CERTIFICATE_SUFFIX.encode())


def read_user_certificate(path: str) -> UserCertificate:
    """Blocks for one small file; ``~`` is the home folder. Raises `CertificateUnreadable`."""
    try:
        return user_certificate(path, blob_of_public_file(read_identity_file(path)))
    except KeyUnreadable as unreadable:
        reason = unreadable.facts["reason"]
    except ValueError:
        reason = "it is damaged or cut off"
    raise CertificateUnreadable(certificate=path, reason=reason)


def user_certificate(name: str, blob: bytes) -> UserCertificate:
    """Raises `CertificateUnreadable`, and `ValueError` for what is damaged."""
    if not is_certificate(blob):
        raise CertificateUnreadable(certificate=name, reason="it holds a key instead of a certificate")
    if SshReader(blob).string().startswith(b"sk-"):
        raise CertificateUnreadable(certificate=name, reason="it is for a security key (sk-)")
    content = read_certificate(blob)
    if content.kind is not CertificateKind.USER:
        raise CertificateUnreadable(
            certificate=name, reason="it is the certificate of a server, not of a user"
        )
    return UserCertificate(name, blob, content)


def certificate_beside(identity_file: str) -> UserCertificate | None:
    """What ssh(1) looks for beside an identity file; None where it is not there. Raises `CertificateUnreadable`."""
    path = f"{identity_file}-cert.pub"
    return read_user_certificate(path) if is_there(path) else None
