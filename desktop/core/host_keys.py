"""Host keys as a person sees them and answers for them."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.errors import Cause, HostKeyChanged, HostKeyUnknown


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
