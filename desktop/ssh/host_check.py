"""Is the server that answered the one the person knows?"""

from __future__ import annotations

import base64

import paramiko

from desktop.core.errors import HostKeyChanged, HostKeyRevoked, HostKeyUnknown
from desktop.core.model import Endpoint
from desktop.ssh.keys import fingerprint, fingerprint_of_blob
from desktop.ssh.known_hosts import REVOKED, KnownHosts, KnownKey

# An RSA host key is one key, whichever hash its signatures use (RFC 8332 section 3).
_ALGORITHMS = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}


class HostCheck:
    """The known keys of one endpoint, read once for one login. `accepted` are keys the person said yes to."""

    def __init__(self, endpoint: Endpoint, known: KnownHosts, accepted: frozenset[str]) -> None:
        self._endpoint = endpoint
        self._known = known
        self._accepted = accepted
        entries = known.about(endpoint)
        self._revoked = [entry for entry in entries if entry.marker == REVOKED]
        self._trusted = [entry for entry in entries if not entry.marker]

    def preferred_algorithms(self, supported: tuple[str, ...]) -> tuple[str, ...]:
        """`supported`, with those first that the host is known by: a server has several keys, and one is enough."""
        known = [
            name for entry in self._trusted for name in _ALGORITHMS.get(entry.key_type, (entry.key_type,))
        ]
        first = [name for name in supported if name in known]
        return (*first, *(name for name in supported if name not in first))

    def verify(self, key: paramiko.PKey) -> None:
        """Return if `key` is trusted. Raises `HostKeyUnknown`, `HostKeyChanged`, `HostKeyRevoked`.

        A key that the person accepted is written down first; raises `ConfigNotWritable` where that fails.
        """
        blob = key.get_base64()
        for entry in self._revoked:
            if entry.key == blob:
                raise HostKeyRevoked(**self._facts(key), known_in=entry.place)
        if any(entry.key == blob for entry in self._trusted):
            return
        if self._trusted:
            raise self._changed(key, self._most_alike(key))
        if f"{key.get_name()} {blob}" not in self._accepted:
            raise HostKeyUnknown(**self._facts(key), key=f"{key.get_name()} {blob}")
        self._known.add(self._endpoint, key.get_name(), blob)

    def _most_alike(self, key: paramiko.PKey) -> KnownKey:
        same_type = [entry for entry in self._trusted if entry.key_type == key.get_name()]
        return (same_type or self._trusted)[0]

    def _changed(self, key: paramiko.PKey, known: KnownKey) -> HostKeyChanged:
        return HostKeyChanged(
            **self._facts(key),
            known_fingerprint=_fingerprint_of_entry(known),
            known_in=known.place,
        )

    def _facts(self, key: paramiko.PKey) -> dict[str, str | int]:
        return {
            "host": self._endpoint.host,
            "port": self._endpoint.port,
            "key_type": key.get_name(),
            "fingerprint": fingerprint(key),
        }


def _fingerprint_of_entry(entry: KnownKey) -> str:
    try:
        return fingerprint_of_blob(base64.b64decode(entry.key))
    except ValueError:
        return "an unreadable entry"
