"""One line of a known_hosts file: sshd(8) "SSH_KNOWN_HOSTS FILE FORMAT"."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from desktop.core.wildcards import matches
from desktop.ssh.keys import fingerprint_of_blob

REVOKED = "@revoked"
CERT_AUTHORITY = "@cert-authority"
HASHED = "|1|"
_MARKERS = ("", REVOKED, CERT_AUTHORITY)
# As long as the digest; ssh(1) takes no other.
_SALT_BYTES = 20
# ssh(1) takes what follows the key for a comment.
_NOTE = re.compile(r"added (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) by Caponier(?: in place of (\S+))?")


@dataclass(frozen=True, slots=True)
class KnownKey:
    """One entry. `key_type` and `key` (base64) are a public key, of the host or of an authority.

    `is_own` says that it is in Caponier's own file: only there a comment is taken for more than a comment.
    """

    hosts: str
    key_type: str
    key: str
    marker: str = ""
    comment: str = ""
    path: str = ""
    line_number: int = 0
    is_own: bool = False

    @property
    def place(self) -> str:
        """``file:line``"""
        return f"{self.path}:{self.line_number}"

    @property
    def public_line(self) -> str:
        return f"{self.key_type} {self.key}"

    @property
    def fingerprint(self) -> str:
        return fingerprint_of_blob(base64.b64decode(self.key))

    @property
    def first_seen(self) -> str:
        """When it was added, as in ``2026-01-31T12:00:00Z``; empty where nobody wrote that down."""
        note = self._note()
        return note[1] if note else ""

    @property
    def replaced(self) -> frozenset[str]:
        """Fingerprints of keys that are not to be trusted for these hosts any more, though other entries say so."""
        note = self._note()
        return frozenset((note[2] or "").split(",")) - {""} if note else frozenset()

    def _note(self) -> re.Match[str] | None:
        return _NOTE.fullmatch(self.comment) if self.is_own else None

    def names(self, name: str) -> bool:
        """True where it is about a host, whose `name` is in lower case (``host`` or ``[host]:port``)."""
        return names(self.hosts, name)

    def is_only_about(self, name: str) -> bool:
        """As `names`, and about no other host."""
        if self.hosts.startswith(HASHED):
            return names(self.hosts, name)
        return self.hosts.lower() == name

    def rendered(self) -> str:
        """The line, without its end."""
        return " ".join(
            part for part in (self.marker, self.hosts, self.key_type, self.key, self.comment) if part
        )


def read_line(line: str, *about: str) -> KnownKey | None:
    """None for a comment, for what ssh(1) passes over as well, and for what is not `about` any of these hosts."""
    line = line.strip()
    if not line or line.startswith("#"):
        return None
    marker, _, rest = line.replace("\t", " ").partition(" ") if line.startswith("@") else ("", "", line)
    fields = rest.split(maxsplit=3)
    if marker not in _MARKERS or len(fields) < 3:
        return None
    hosts, key_type, key = fields[:3]
    # The name first: a key takes longer to look at, and most lines are about somebody else.
    if about and not any(names(hosts, name) for name in about):
        return None
    comment = fields[3] if len(fields) > 3 else ""
    return KnownKey(hosts, key_type, key, marker, comment) if is_public_key(key_type, key) else None


def is_public_key(key_type: str, key: str) -> bool:
    """A public key begins with its type. ssh(1) passes over lines with anything else, such as those of protocol 1."""
    try:
        blob = base64.b64decode(key, validate=True)
    except ValueError:
        return False
    head = len(key_type).to_bytes(4, "big") + key_type.encode(errors="replace")
    return blob.startswith(head) and len(blob) > len(head)


def names(hosts: str, name: str) -> bool:
    """See `KnownKey.names`."""
    if hosts.startswith("|"):
        return _hash_matches(hosts, name)
    return _patterns_match(hosts.lower().split(","), name)


def hashed(name: str) -> str:
    """The name as nobody reads it who does not know it already; HashKnownHosts of ssh_config(5)."""
    salt = os.urandom(_SALT_BYTES)
    digest = hmac.digest(salt, name.encode(), "sha1")
    return f"{HASHED}{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


def note(added: datetime, replaced: frozenset[str] = frozenset()) -> str:
    """The comment from which `KnownKey.first_seen` and `KnownKey.replaced` are read."""
    text = f"added {added.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} by Caponier"
    return f"{text} in place of {','.join(sorted(replaced))}" if replaced else text


def _hash_matches(hosts: str, name: str) -> bool:
    try:
        _, kind, salt, digest = hosts.split("|")
        made = hmac.digest(base64.b64decode(salt), name.encode(), "sha1")
        return kind == "1" and hmac.compare_digest(made, base64.b64decode(digest))
    except (ValueError, binascii.Error):
        return False


def _patterns_match(patterns: list[str], name: str) -> bool:
    matched = False
    for pattern in patterns:
        if _matches(name, pattern.removeprefix("!")):
            if pattern.startswith("!"):
                return False
            matched = True
    return matched


def _matches(name: str, pattern: str) -> bool:
    # Most are no patterns at all, and a file may have very many.
    return matches(name, pattern) if "*" in pattern or "?" in pattern else name == pattern
