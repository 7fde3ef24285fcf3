"""Reads a server's certificate. Who needs this module imports it then: x509 would slow every start of the program."""

from __future__ import annotations

import base64
import hashlib

from cryptography import x509

from desktop.probe.certificate import Certificate


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
