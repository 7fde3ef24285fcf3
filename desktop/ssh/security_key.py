"""Signatures of security keys (FIDO), which are checked here and never made: PROTOCOL.u2f in OpenSSH's sources."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from desktop.ssh.ssh_data import SshReader

_ED25519, _ECDSA = "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"
SECURITY_KEY_TYPES = (_ED25519, _ECDSA)
# The flags, and how often the security key has signed.
_TAIL_BYTES = 1 + 4


def is_signed(data: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether the security key signed `data`. Both other texts are as they stand in messages.

    Whether somebody touched it does not matter for a certificate, and to ssh(1) neither. Raises `ValueError`.
    """
    kind, *parts = SshReader(public_key).strings_to_the_end()
    signed_by, made = SshReader(signature[:-_TAIL_BYTES]).strings_to_the_end()
    if signed_by != kind:
        return False
    message = _digest(parts[-1]) + signature[-_TAIL_BYTES:] + _digest(data)
    try:
        if kind == _ED25519.encode():
            point, _application = parts
            Ed25519PublicKey.from_public_bytes(point).verify(made, message)
        else:
            _curve, point, _application = parts
            r, s = (int.from_bytes(part, "big") for part in SshReader(made).strings_to_the_end())
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            key.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
