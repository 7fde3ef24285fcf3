"""Whether a host certificate makes its key the key of a host: sshd(8), and sshconnect.c of OpenSSH."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from desktop.core.host_key_errors import (
    CertificateProblem,
    HostCertificateError,
    HostCertificateExpired,
    HostCertificateInvalid,
    HostCertificateWrongName,
)
from desktop.core.wildcards import matches
from desktop.ssh.certificate import Certificate, CertificateKind
from desktop.ssh.untrusted import shown

_SHOWN_NAMES = 5
# Of no certificate that ends; nor can a datetime be made of it.
_FAR_FUTURE_S = datetime(9999, 12, 31, tzinfo=UTC).timestamp()

Facts = Mapping[str, str | int]


def objection(certificate: Certificate, name: str, now_s: float, facts: Facts) -> HostCertificateError | None:
    """What speaks against it as that of the host `name` (in lower case), its authority being trusted for the host.

    `now_s` is Unix time. `facts` are those that every error here has.
    """
    problem = _problem(certificate)
    if problem is not None:
        return HostCertificateInvalid(**facts, problem=problem)
    # Not like ssh(1) before 10.3: there a certificate that names nobody is good for every host.
    if not any(matches(name, principal) for principal in certificate.principals):
        return HostCertificateWrongName(**facts, name=name, names=shown_names(certificate.principals))
    if now_s < certificate.valid_after:
        return HostCertificateExpired(**facts, date=_utc(certificate.valid_after), begins=True)
    if now_s >= certificate.valid_before:
        return HostCertificateExpired(**facts, date=_utc(certificate.valid_before), begins=False)
    return None


def shown_names(names: tuple[str, ...]) -> str:
    """As an authority wrote them: nothing in them must move the cursor, and nobody reads a hundred."""
    more = len(names) - _SHOWN_NAMES
    listed = ", ".join(shown(name) for name in names[:_SHOWN_NAMES])
    return f"{listed} and {more} more" if more > 0 else listed


def _problem(certificate: Certificate) -> CertificateProblem | None:
    if not certificate.has_good_signature():
        return CertificateProblem.SIGNATURE
    if certificate.kind is not CertificateKind.HOST:
        return CertificateProblem.FOR_A_USER
    # PROTOCOL.certkeys: none is defined for hosts, and one that is not understood must be refused.
    return CertificateProblem.UNKNOWN_OPTION if certificate.critical_options else None


def _utc(unix_s: int) -> str:
    return f"{datetime.fromtimestamp(min(unix_s, _FAR_FUTURE_S), UTC):%Y-%m-%dT%H:%M:%SZ}"
