"""What a server's certificate says, whether or not anybody vouches for it."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from datetime import UTC, datetime

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


def utc_now() -> datetime:
    return datetime.now(UTC)


def _is_for(pattern: str, name: str) -> bool:
    """RFC 9525 section 6.3: a star stands for one label, the first."""
    pattern, name = pattern.lower().rstrip("."), name.lower().rstrip(".")
    if not pattern.startswith("*."):
        return pattern == name
    return name.count(".") == pattern.count(".") and fnmatch.fnmatchcase(name, pattern)
