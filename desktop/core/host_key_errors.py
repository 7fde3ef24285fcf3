"""The branch of the error tree for host keys that no answer makes right, beside those in `desktop.core.errors`.

::

    HostKeyError
    ├── HostKeyStrict
    └── HostCertificateError  HostCertificateUnknownAuthority  HostCertificateExpired  HostCertificateWrongName
                              HostCertificateInvalid
"""

from __future__ import annotations

from enum import StrEnum

from desktop.core.errors import HostKeyError


class CertificateProblem(StrEnum):
    """What makes a host certificate worth nothing, whatever it says."""

    DAMAGED = "damaged"
    SIGNATURE = "signature"
    FOR_A_USER = "for-a-user"
    UNKNOWN_OPTION = "unknown-option"


class HostKeyStrict(HostKeyError):
    """Unknown, where StrictHostKeyChecking of ssh_config(5) forbids to ask. `files` are those that were looked at."""

    code = "host_key_strict"
    fact_names = ("host", "port", "key_type", "fingerprint", "files")


class HostCertificateError(HostKeyError):
    """The server shows a certificate that does not make its key a trusted one.

    `authority` is the fingerprint of who signed it, or claims to have.
    """


class HostCertificateUnknownAuthority(HostCertificateError):
    """`known_in` is ``file:line`` of an authority that is trusted for this host."""

    code = "host_certificate_unknown_authority"
    fact_names = ("host", "port", "authority", "known_in")


class HostCertificateExpired(HostCertificateError):
    """Also before its time, where `begins` is true. `date` is that end of its time, as in 2026-01-31T12:00:00Z."""

    code = "host_certificate_expired"
    fact_names = ("host", "port", "authority", "date", "begins")


class HostCertificateWrongName(HostCertificateError):
    """`names` are those it is for, shortened; empty where it names nobody. `name` is what was looked for."""

    code = "host_certificate_wrong_name"
    fact_names = ("host", "port", "authority", "name", "names")


class HostCertificateInvalid(HostCertificateError):
    """`problem` is a `CertificateProblem`."""

    code = "host_certificate_invalid"
    fact_names = ("host", "port", "authority", "problem")
