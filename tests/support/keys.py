"""Private keys of every type and form that people have, and some that no login can use."""

from __future__ import annotations

import base64
import functools
import struct
import subprocess
import textwrap
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class KeyKind(StrEnum):
    RSA = "rsa-3072"
    ECDSA_256 = "ecdsa-256"
    ECDSA_384 = "ecdsa-384"
    ECDSA_521 = "ecdsa-521"
    ED25519 = "ed25519"


class KeyForm(StrEnum):
    OPENSSH = "openssh"
    PEM = "pem"
    PKCS8 = "pkcs8"


# Ed25519 is younger than the traditional PEM form, which has no place for it.
KEY_CASES = tuple(
    (kind, form) for kind in KeyKind for form in KeyForm if (kind, form) != (KeyKind.ED25519, KeyForm.PEM)
)

_FORMATS = {
    KeyForm.OPENSSH: PrivateFormat.OpenSSH,
    KeyForm.PEM: PrivateFormat.TraditionalOpenSSL,
    KeyForm.PKCS8: PrivateFormat.PKCS8,
}

_CURVES: dict[KeyKind, ec.EllipticCurve] = {
    KeyKind.ECDSA_256: ec.SECP256R1(),
    KeyKind.ECDSA_384: ec.SECP384R1(),
    KeyKind.ECDSA_521: ec.SECP521R1(),
}


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A private key on disk. `public_line` is ``type base64``; `public_path` holds it, as ssh-keygen would."""

    path: Path
    public_line: str
    passphrase: str = ""

    @property
    def public_path(self) -> Path:
        return self.path.with_name(f"{self.path.name}.pub")

    @property
    def text(self) -> str:
        """The private key, as a person would paste it."""
        return self.path.read_text()


def make_key(
    folder: Path,
    kind: KeyKind = KeyKind.ED25519,
    form: KeyForm = KeyForm.OPENSSH,
    passphrase: str = "",
    name: str = "",
    rsa_number: int = 0,
) -> KeyFile:
    """Write a key to `folder` by way of the cryptography library.

    RSA keys take long to make: within a run, equal `rsa_number`s give the same one.
    """
    private = _shared_rsa(rsa_number) if kind is KeyKind.RSA else _fresh(kind)
    encryption: KeySerializationEncryption = NoEncryption()
    if passphrase:
        encryption = BestAvailableEncryption(passphrase.encode())
    path = folder / (name or f"id_{kind}_{form}{'_locked' if passphrase else ''}")
    path.write_bytes(private.private_bytes(Encoding.PEM, _FORMATS[form], encryption))
    public = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return _finished(path, public, passphrase)


def make_key_with_ssh_keygen(
    folder: Path, *options: str, passphrase: str = "", name: str = "id_test"
) -> KeyFile:
    """Write a key to `folder` as OpenSSH itself does; `options` as in ssh-keygen(1), ``-t ed25519`` without any."""
    path = folder / name
    chosen = options or ("-t", "ed25519")
    command = ["ssh-keygen", "-q", *chosen, "-N", passphrase, "-C", "", "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    key_type, blob = path.with_name(f"{name}.pub").read_text().split()[:2]
    return _finished(path, f"{key_type} {blob}", passphrase)


def make_security_key_stub(folder: Path) -> Path:
    """What ``ssh-keygen -t ed25519-sk`` leaves on disk: a handle to a key that lives in a FIDO token.

    The layout is that of OpenSSH's PROTOCOL.key and PROTOCOL.u2f.
    """
    key_type = b"sk-ssh-ed25519@openssh.com"
    public = _string(key_type) + _string(bytes(range(32))) + _string(b"ssh:")
    handle = b"\x01" + _string(b"handle of a token") + _string(b"")
    check = struct.pack(">II", 7, 7)
    private = check + public + handle + _string(b"token")
    private += bytes(range(1, 1 + -len(private) % 8))
    head = b"openssh-key-v1\0" + _string(b"none") + _string(b"none") + _string(b"")
    body = head + struct.pack(">I", 1) + _string(public) + _string(private)
    return _write(folder / "id_ed25519_sk", _armoured("OPENSSH PRIVATE KEY", body))


def make_dsa_key(folder: Path) -> Path:
    """A key of the type that OpenSSH 7.0 switched off; the numbers are not those of a working key."""
    numbers = (0, (1 << 1023) + 9, (1 << 159) + 7, 5, 11, 3)
    body = b"".join(_asn1_integer(number) for number in numbers)
    return _write(folder / "id_dsa", _armoured("DSA PRIVATE KEY", b"\x30" + _asn1_length(body) + body))


def make_garbage(folder: Path) -> Path:
    """A file that looks like a key until it is read."""
    return _write(folder / "id_garbage", _armoured("OPENSSH PRIVATE KEY", b"this is no key at all"))


@functools.cache
def _shared_rsa(number: int) -> rsa.RSAPrivateKey:
    del number
    return rsa.generate_private_key(65537, 3072)


def _fresh(kind: KeyKind) -> PrivateKey:
    curve = _CURVES.get(kind)
    return ed25519.Ed25519PrivateKey.generate() if curve is None else ec.generate_private_key(curve)


def _finished(path: Path, public_line: str, passphrase: str) -> KeyFile:
    path.chmod(0o600)
    key = KeyFile(path, public_line, passphrase)
    key.public_path.write_text(f"{public_line}\n")
    return key


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def _armoured(label: str, body: bytes) -> str:
    lines = "\n".join(textwrap.wrap(base64.b64encode(body).decode(), 70))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _asn1_integer(number: int) -> bytes:
    body = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return b"\x02" + _asn1_length(body) + body


def _asn1_length(body: bytes) -> bytes:
    if len(body) < 128:
        return bytes([len(body)])
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(size)]) + size
