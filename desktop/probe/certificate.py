"""What a server's certificate says, whether or not anybody vouches for it."""

from __future__ import annotations

import base64
import fnmatch
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from desktop.core.warehouse_errors import TlsFault


@dataclass(frozen=True, slots=True)
class Certificate:
    """`fingerprint` is ``SHA256:`` and base64, as of SSH keys. Dates are in UTC. `names` are those it is good for."""

    fingerprint: str
    names: tuple[str, ...] = ()
    issuer: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    is_self_signed: bool = False

    def doubts(self, name: str, now: datetime) -> tuple[TlsFault, ...]:
        """What a client that verifies would mind, as far as that can be seen here; `name` is the one it looks for."""
        found = []
        if self.not_after is not None and self.not_after < now:
            found.append(TlsFault.EXPIRED)
        if self.not_before is not None and self.not_before > now:
            found.append(TlsFault.NOT_YET_VALID)
        if self.names and name and not any(_is_for(each, name) for each in self.names):
            found.append(TlsFault.WRONG_NAME)
        if self.is_self_signed:
            found.append(TlsFault.SELF_SIGNED)
        return tuple(found)


def certificate_of(der: bytes) -> Certificate:
    """A damaged one has a fingerprint all the same."""
    digest = base64.b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")
    fingerprint = f"SHA256:{digest}"
    try:
        read = x509.load_der_x509_certificate(der)
        return Certificate(
            fingerprint,
            _names_of(read),
            _readable(read.issuer),
            read.not_valid_before_utc,
            read.not_valid_after_utc,
            read.issuer == read.subject,
        )
    except (ValueError, x509.DuplicateExtension):
        return Certificate(fingerprint)


def utc_now() -> datetime:
    return datetime.now(UTC)


def _names_of(read: x509.Certificate) -> tuple[str, ...]:
    """RFC 9525: the alternative names. A common name counts for old clients only; it is shown where it is alone."""
    try:
        listed = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return tuple(_text(each.value) for each in _common_names(read.subject))
    names = listed.get_values_for_type(x509.DNSName)
    return (*names, *(str(address) for address in listed.get_values_for_type(x509.IPAddress)))


def _readable(name: x509.Name) -> str:
    """The common name, else everything."""
    common = [_text(each.value) for each in _common_names(name)]
    return common[0] if common else name.rfc4514_string()


def _common_names(name: x509.Name) -> list[x509.NameAttribute[str | bytes]]:
    return name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _is_for(pattern: str, name: str) -> bool:
    """RFC 9525 section 6.3: a star stands for one label, the first."""
    pattern, name = pattern.lower().rstrip("."), name.lower().rstrip(".")
    if not pattern.startswith("*."):
        return pattern == name
    return name.count(".") == pattern.count(".") and fnmatch.fnmatchcase(name, pattern)
