"""The branch of the error tree for what a server is shown in the public key method: keys, and certificates of them.

::

    KeyOfferError
    ├── CertificateUnreadable  CertificateMismatch  CertificateExpired  CertificateNotYetValid
    ├── CertificateForOthers
    └── KeysMissing  KeysTooMany
"""

from __future__ import annotations

from desktop.core.errors import CaponierError


class KeyOfferError(CaponierError):
    """Nothing that could be shown lets us in. `certificate` is its file, or what the SSH agent calls it."""


class CertificateUnreadable(KeyOfferError):
    code = "certificate_unreadable"
    fact_names = ("certificate", "reason")


class CertificateMismatch(KeyOfferError):
    """It was made for the key `fingerprint`, which nobody here has."""

    code = "certificate_mismatch"
    fact_names = ("certificate", "fingerprint")


class CertificateExpired(KeyOfferError):
    """`valid_before` in seconds of Unix time. Said only after the server's refusal: its clock counts, not ours."""

    code = "certificate_expired"
    fact_names = ("certificate", "valid_before")


class CertificateNotYetValid(KeyOfferError):
    """`valid_after` in seconds of Unix time. Said only after the server's refusal."""

    code = "certificate_not_yet_valid"
    fact_names = ("certificate", "valid_after")


class CertificateForOthers(KeyOfferError):
    """`user` is not among its `principals`, which are for the server to interpret. Said only after its refusal."""

    code = "certificate_for_others"
    fact_names = ("certificate", "user", "principals")


class KeysMissing(KeyOfferError):
    """`looked_at` are the identity files, none of which is there, and `agent` an `AgentTrouble`, or empty."""

    code = "keys_missing"
    fact_names = ("looked_at", "agent")


class KeysTooMany(KeyOfferError):
    """The server hung up before the key that it would take was offered (MaxAuthTries, sshd_config(5))."""

    code = "keys_too_many"
    fact_names = ("user", "host", "held")
