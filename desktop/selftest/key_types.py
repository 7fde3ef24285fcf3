"""Can every kind of identity file be read, and does it sign what a server can verify?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desktop.selftest.finding import Check, Finding, failed, ok

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_SIGNED = b"what a client signs to log in (RFC 4252, section 7)"
_PASSPHRASE = "open sesame"  # noqa: S105  # of keys that live for a moment
_RSA_BITS = 3072
# What servers of this decade accept (RFC 8332); paramiko's own choice would be SHA-1.
_RSA_ALGORITHM = "rsa-sha2-512"


def rsa_key() -> Finding:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return _tried(rsa.generate_private_key(65537, _RSA_BITS), _RSA_ALGORITHM)


def ecdsa_key(bits: int) -> Finding:
    from cryptography.hazmat.primitives.asymmetric import ec

    curves = {256: ec.SECP256R1(), 384: ec.SECP384R1(), 521: ec.SECP521R1()}
    return _tried(ec.generate_private_key(curves[bits]))


def ed25519_key() -> Finding:
    from cryptography.hazmat.primitives.asymmetric import ed25519

    return _tried(ed25519.Ed25519PrivateKey.generate())


def putty_key() -> Finding:
    from cryptography.hazmat.primitives.asymmetric import ed25519

    from desktop.selftest.putty_file import locked_putty_file

    return _signed(locked_putty_file(ed25519.Ed25519PrivateKey.generate(), _PASSPHRASE))


def _tried(private: PrivateKeyTypes, algorithm: str | None = None) -> Finding:
    """In OpenSSH's form."""
    # This and paramiko cost a third of a second to import, which is for this check alone to pay.
    from cryptography.hazmat.primitives import serialization as form

    lock = form.BestAvailableEncryption(_PASSPHRASE.encode())
    identity_file = private.private_bytes(form.Encoding.PEM, form.PrivateFormat.OpenSSH, lock)
    return _signed(identity_file, algorithm)


def _signed(identity_file: bytes, algorithm: str | None = None) -> Finding:
    """Through the same reader as an identity file with a passphrase."""
    import paramiko

    from desktop.ssh.keys import load_private_key

    key = load_private_key(identity_file, _PASSPHRASE)
    signature = key.sign_ssh_data(_SIGNED, algorithm).asbytes()
    public = paramiko.PKey.from_type_string(key.get_name(), key.asbytes())
    if not public.verify_ssh_sig(_SIGNED, paramiko.Message(signature)):
        return failed("its signature was not recognised by its own public half")
    if public.verify_ssh_sig(_SIGNED[1:], paramiko.Message(signature)):
        return failed("its signature was taken for that of another message")
    return ok(f"{algorithm or key.get_name()}: read with its passphrase, signed and verified")


KEY_CHECKS = (
    Check("key RSA", rsa_key),
    *(Check(f"key ECDSA {bits}", partial(ecdsa_key, bits)) for bits in (256, 384, 521)),
    Check("key Ed25519", ed25519_key),
    Check("key PuTTY", putty_key),
)
