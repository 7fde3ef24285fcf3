"""Host keys as a person sees them and answers for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from desktop.core.errors import Cause, HostKeyChanged, HostKeyRevoked, HostKeyUnknown
from desktop.core.host_key_errors import HostCertificateUnknownAuthority


@dataclass(frozen=True, slots=True)
class HostKeyConsent:
    """The fingerprints that a person gave beforehand: of a host that is unknown, and of a key that has changed.

    One of them never counts for the other: a script that accepts unknown hosts must not accept changed ones.
    """

    unknown: str = ""
    changed: str = ""

    def key_for(self, cause: Cause) -> str:
        """What `Tunnels.accept_host_key` is to be told; empty where the person did not say yes to this key."""
        given = {HostKeyUnknown.code: self.unknown, HostKeyChanged.code: self.changed}.get(cause.code, "")
        # A fingerprint copied out of a sentence may have taken its full stop along.
        return cause.fact("key") if given and given.rstrip(".") == cause.fact("fingerprint") else ""


class HostKeyKind(StrEnum):
    """What an entry of a known_hosts file says about its key; sshd(8)."""

    KEY = "key"
    AUTHORITY = "authority"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class HostKeyEntry:
    """One line of a known_hosts file, which `line` is; `path` is empty before it is in one.

    Only those that are our own can be forgotten. `first_seen` is as in ``2026-01-31T12:00:00Z``, empty where nobody
    wrote it down.
    """

    hosts: str
    key_type: str
    fingerprint: str
    kind: HostKeyKind
    line: str
    path: str = ""
    line_number: int = 0
    first_seen: str = ""
    is_own: bool = False

    @property
    def is_hidden(self) -> bool:
        """Its name is there as a hash only."""
        return self.hosts.startswith("|")

    @property
    def place(self) -> str:
        """``file:line``"""
        return f"{self.path}:{self.line_number}"


def entry_in_question(entries: Iterable[HostKeyEntry], cause: Cause) -> HostKeyEntry | None:
    """The one that a server was refused for: a revoked key, a trusted authority, or the key that is known instead.

    None where there is none, or where it is in a file of which these `entries` are not.
    """
    kinds = {
        HostKeyRevoked.code: HostKeyKind.REVOKED,
        HostCertificateUnknownAuthority.code: HostKeyKind.AUTHORITY,
        HostKeyChanged.code: HostKeyKind.KEY,
    }
    is_of = cause.fact("known_fingerprint") or cause.fact("fingerprint")
    alike = [
        each
        for each in entries
        if each.kind is kinds.get(cause.code) and (not is_of or each.fingerprint == is_of)
    ]
    # Lines may have moved since then; without a fingerprint, nothing else tells which it is.
    at_its_place = [each for each in alike if each.place == cause.fact("known_in")]
    return next(iter(at_its_place or (alike if is_of else ())), None)


class PasteProblem(StrEnum):
    """Why a pasted text is no host key; the fact `problem` of `HostKeyTextInvalid`."""

    EMPTY = "empty"
    PRIVATE_KEY = "private-key"
    NOT_A_KEY = "not-a-key"
    NO_HOST = "no-host"
    BAD_HOST = "bad-host"
