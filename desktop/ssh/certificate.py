"""OpenSSH's certificates for keys of users and hosts: PROTOCOL.certkeys in OpenSSH's sources."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import IntEnum

import paramiko
from paramiko.pkey import UnknownKeyType

from desktop.ssh.security_key import SECURITY_KEY_TYPES, is_signed
from desktop.ssh.ssh_data import SshReader, ssh_string

CERTIFICATE_SUFFIX = "-cert-v01@openssh.com"
# How many strings or mpints of a certificate are the key's own, after its type and the nonce.
_KEY_FIELDS = {
    "ssh-ed25519": 1,
    "ssh-rsa": 2,
    "ecdsa-sha2-nistp256": 2,
    "ecdsa-sha2-nistp384": 2,
    "ecdsa-sha2-nistp521": 2,
}


class CertificateKind(IntEnum):
    USER = 1
    HOST = 2


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an authority says about a public key. Nothing of it is true before `has_good_signature` says so.

    `key` and `authority` are public keys as they stand in messages (`key_type` and `authority_type` name their kind).
    It is valid from `valid_after` on and before `valid_before`, in seconds of Unix time; 0 and 2^64 - 1 are without a
    limit. Texts are the authority's: clean them before they are shown.
    """

    key_type: str
    key: bytes
    serial: int
    kind: CertificateKind
    key_id: str
    principals: tuple[str, ...]
    valid_after: int
    valid_before: int
    critical_options: tuple[str, ...]
    extensions: tuple[str, ...]
    authority_type: str
    authority: bytes
    _signed: bytes = field(repr=False)
    _signature: bytes = field(repr=False)

    @property
    def algorithm(self) -> str:
        """The name of this kind of certificate; an RSA key has further ones in signatures."""
        return self.key_type + CERTIFICATE_SUFFIX

    def has_good_signature(self) -> bool:
        """True where the authority signed all of it, and not with SHA-1, which ssh(1) takes from nobody either."""
        try:
            if self.authority_type in SECURITY_KEY_TYPES:
                return is_signed(self._signed, self._signature, self.authority)
            authority = paramiko.PKey.from_type_string(self.authority_type, self.authority)
            return bool(authority.verify_ssh_sig(self._signed, paramiko.Message(self._signature)))
        except (paramiko.SSHException, UnknownKeyType, ValueError, TypeError, OverflowError, struct.error):
            return False


def read_certificate(blob: bytes) -> Certificate:
    """Of a certificate as it stands in messages and, in base64, in files. Raises `ValueError`."""
    reader = SshReader(blob)
    algorithm = reader.string().decode()
    key_type = algorithm.removesuffix(CERTIFICATE_SUFFIX)
    if key_type == algorithm or key_type not in _KEY_FIELDS:
        raise ValueError("it is no certificate for a kind of key that this program knows")
    reader.string()  # The nonce.
    key = b"".join(ssh_string(part) for part in (key_type.encode(), *reader.strings(_KEY_FIELDS[key_type])))
    serial, kind, key_id = reader.long_number(), CertificateKind(reader.number()), _text(reader.string())
    principals = tuple(_text(name) for name in SshReader(reader.string()).strings_to_the_end())
    valid_after, valid_before = reader.long_number(), reader.long_number()
    critical_options, extensions = _option_names(reader.string()), _option_names(reader.string())
    reader.string()  # Reserved.
    authority, signature = reader.strings(2)
    signed = blob[: -len(ssh_string(signature))]
    if signed + ssh_string(signature) != blob:
        raise ValueError("there is something after the signature")
    return Certificate(
        key_type,
        key,
        serial,
        kind,
        key_id,
        principals,
        valid_after,
        valid_before,
        critical_options,
        extensions,
        SshReader(authority).string().decode(),
        authority,
        signed,
        signature,
    )


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def _option_names(data: bytes) -> tuple[str, ...]:
    """Of options written as pairs of a name and a value."""
    return tuple(_text(name) for name in SshReader(data).strings_to_the_end()[::2])
