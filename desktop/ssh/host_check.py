"""Is the server that answered the one the person knows?"""

from __future__ import annotations

import base64
import time
from dataclasses import replace
from itertools import chain

import paramiko

from desktop.core.errors import HostKeyChanged, HostKeyRevoked, HostKeyUnknown
from desktop.core.host_key_errors import (
    CertificateProblem,
    HostCertificateError,
    HostCertificateInvalid,
    HostCertificateUnknownAuthority,
    HostKeyStrict,
)
from desktop.core.model import Endpoint
from desktop.core.plan import Strictness, Trust
from desktop.ssh.certificate import CERTIFICATE_SUFFIX, Certificate, read_certificate
from desktop.ssh.host_certificate import objection
from desktop.ssh.keys import fingerprint, fingerprint_of_blob
from desktop.ssh.known_hosts import KnownHosts, name_without_port
from desktop.ssh.known_hosts_line import CERT_AUTHORITY, REVOKED, KnownKey

# An RSA host key is one key, whichever hash its signatures use (RFC 8332 section 3).
_ALGORITHMS = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}


class HostCheck:
    """The known keys of one server, read once for one login.

    `accepted` are keys the person said yes to: ``type base64`` for a host that was unknown, and the fact `key` of
    `HostKeyChanged` for one whose key may be replaced.
    """

    def __init__(self, endpoint: Endpoint, trust: Trust, known: KnownHosts, accepted: frozenset[str]) -> None:
        # As ssh(1) does with a HostKeyAlias, too.
        trust = replace(trust, name=trust.name.lower())
        self._endpoint = endpoint
        self._trust = trust
        self._known = known
        self._accepted = accepted
        entries = known.about(trust)
        named = [entry for entry in entries if entry.names(trust.name)]
        # A key is revoked wherever it turns up. Otherwise ssh(1) looks at entries without the port only where there are
        # none with it, and takes what they confirm, but nothing that they deny.
        self._revoked = [entry for entry in entries if entry.marker == REVOKED]
        self._authorities = _of_kind(named, CERT_AUTHORITY) or _of_kind(entries, CERT_AUTHORITY)
        self._trusted = _not_replaced(_of_kind(named), trust.name)
        self._confirming = self._trusted or _of_kind(entries)

    def preferred_algorithms(self, supported: tuple[str, ...]) -> tuple[str, ...]:
        """`supported`, with those first that the host is known by: a server has several keys, and one is enough.

        Where authorities are known for the host, the certificates come before all of them.
        """
        known = [
            name for entry in self._confirming for name in _ALGORITHMS.get(entry.key_type, (entry.key_type,))
        ]
        certified = [name + CERTIFICATE_SUFFIX for name in supported] if self._authorities else []
        return tuple(
            dict.fromkeys(chain(certified, (name for name in supported if name in known), supported))
        )

    def verify(self, key: paramiko.PKey) -> None:
        """Return if `key`, which may be a certificate, is trusted. Raises a `HostKeyError`.

        A key that the person accepted is written down first; raises `ConfigNotWritable` where that fails.
        """
        certificate = _certificate_of(key)
        self._refuse_revoked(key, certificate)
        refusal = None
        if key.public_blob is not None and self._authorities:
            refusal = self._certificate_refusal(key, certificate)
            if refusal is None:
                return
        # As in ssh(1): what a certificate does not achieve, its plain key may.
        if any(entry.key == key.get_base64() for entry in self._confirming):
            return
        if self._trusted and (refusal is None or isinstance(refusal, HostCertificateUnknownAuthority)):
            self._replace(key)
        elif refusal is not None:
            raise refusal
        else:
            self._get_to_know(key)

    def _refuse_revoked(self, key: paramiko.PKey, certificate: Certificate | None) -> None:
        shown = {key.get_base64(), _authority_of(certificate)}
        for entry in self._revoked:
            if entry.key in shown:
                what = {"key_type": entry.key_type, "fingerprint": entry.fingerprint}
                raise HostKeyRevoked(**self._facts(key) | what, known_in=entry.place)

    def _certificate_refusal(
        self, key: paramiko.PKey, certificate: Certificate | None
    ) -> HostCertificateError | None:
        """None where an authority vouches for the key."""
        place: dict[str, str | int] = {"host": self._endpoint.host, "port": self._endpoint.port}
        if certificate is None or certificate.key != key.asbytes():
            return HostCertificateInvalid(**place, authority="", problem=CertificateProblem.DAMAGED)
        facts = place | {"authority": fingerprint_of_blob(certificate.authority)}
        if all(entry.key != _authority_of(certificate) for entry in self._authorities):
            return HostCertificateUnknownAuthority(**facts, known_in=self._authorities[0].place)
        return objection(certificate, name_without_port(self._trust.name), time.time(), facts)

    def _replace(self, key: paramiko.PKey) -> None:
        """The host is known by other keys: go on only where the person has exchanged just these for this one."""
        former = ",".join(sorted(entry.fingerprint for entry in self._trusted))
        answer = f"{_public_line(key)} in place of {former}"
        may_be_replaced = self._trust.strictness is not Strictness.YES
        if may_be_replaced and answer in self._accepted:
            self._known.replace(self._trust, key.get_name(), key.get_base64())
            return
        known = self._most_alike(key)
        raise HostKeyChanged(
            **self._facts(key),
            key=answer if may_be_replaced else "",
            known_type=known.key_type,
            known_fingerprint=known.fingerprint,
            known_in=known.place,
            known_name=self._trust.name,
            first_seen=known.first_seen,
        )

    def _get_to_know(self, key: paramiko.PKey) -> None:
        if self._trust.strictness is Strictness.YES:
            files = ", ".join(str(path) for path in self._known.paths_of(self._trust))
            raise HostKeyStrict(**self._facts(key), files=files)
        answer = _public_line(key)
        if self._trust.strictness is Strictness.ASK and answer not in self._accepted:
            raise HostKeyUnknown(**self._facts(key), key=answer)
        self._known.add(self._trust, key.get_name(), key.get_base64())

    def _most_alike(self, key: paramiko.PKey) -> KnownKey:
        same_type = [entry for entry in self._trusted if entry.key_type == key.get_name()]
        return (same_type or self._trusted)[0]

    def _facts(self, key: paramiko.PKey) -> dict[str, str | int]:
        return {
            "host": self._endpoint.host,
            "port": self._endpoint.port,
            "key_type": key.get_name(),
            "fingerprint": fingerprint(key),
        }


def _of_kind(entries: list[KnownKey], marker: str = "") -> list[KnownKey]:
    return [entry for entry in entries if entry.marker == marker]


def _not_replaced(entries: list[KnownKey], name: str) -> list[KnownKey]:
    """Without those of which an entry of ours says that it took their place."""
    replaced = frozenset().union(*(entry.replaced for entry in entries))
    return [
        entry
        for entry in entries
        if entry.fingerprint not in replaced or (entry.is_own and entry.is_only_about(name))
    ]


def _certificate_of(key: paramiko.PKey) -> Certificate | None:
    """What came with the key; None also where that can't be read."""
    try:
        return None if key.public_blob is None else read_certificate(key.public_blob.key_blob)
    except ValueError:
        return None


def _authority_of(certificate: Certificate | None) -> str:
    """As known_hosts has it."""
    return "" if certificate is None else base64.b64encode(certificate.authority).decode()


def _public_line(key: paramiko.PKey) -> str:
    return f"{key.get_name()} {key.get_base64()}"
