"""Security keys (FIDO) that sign certificates without a device: PROTOCOL.u2f in OpenSSH's sources."""

from __future__ import annotations

import base64
import hashlib
import secrets
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from desktop.ssh.ssh_data import SshReader, ssh_string

_APPLICATION = b"ssh:"
_HOST = 2
_TOUCHED, _COUNTER = b"\x01", (7).to_bytes(4, "big")


class SecurityKey(Protocol):
    kind: bytes

    @property
    def public_blob(self) -> bytes: ...

    def signed(self, message: bytes) -> bytes: ...


class Ed25519Device:
    kind = b"sk-ssh-ed25519@openssh.com"

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    @property
    def public_blob(self) -> bytes:
        point = self._key.public_key().public_bytes_raw()
        return b"".join(map(ssh_string, (self.kind, point, _APPLICATION)))

    def signed(self, message: bytes) -> bytes:
        return self._key.sign(message)


class EcdsaDevice:
    kind = b"sk-ecdsa-sha2-nistp256@openssh.com"

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public_blob(self) -> bytes:
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return b"".join(map(ssh_string, (self.kind, b"nistp256", point, _APPLICATION)))

    def signed(self, message: bytes) -> bytes:
        numbers = decode_dss_signature(self._key.sign(message, ec.ECDSA(SHA256())))
        # One byte more than needed, so that none of them looks negative.
        return b"".join(
            ssh_string(number.to_bytes(number.bit_length() // 8 + 1, "big")) for number in numbers
        )


def certified(device: SecurityKey, public_path: Path, *names: str) -> Path:
    """Of a host's Ed25519 key, without an end, written beside it as ssh-keygen(1) would."""
    _, point = SshReader(base64.b64decode(public_path.read_text().split()[1])).strings_to_the_end()
    listed = b"".join(ssh_string(name.encode()) for name in names)
    unsigned = b"".join(
        [
            *map(ssh_string, (b"ssh-ed25519-cert-v01@openssh.com", secrets.token_bytes(32), point)),
            bytes(8) + _HOST.to_bytes(4, "big"),
            *map(ssh_string, (b"made for a test", listed)),
            bytes(8) + b"\xff" * 8,
            *map(ssh_string, (b"", b"", b"", device.public_blob)),
        ]
    )
    tail = _TOUCHED + _COUNTER
    application, text = hashlib.sha256(_APPLICATION).digest(), hashlib.sha256(unsigned).digest()
    made = ssh_string(device.kind) + ssh_string(device.signed(application + tail + text)) + tail
    path = public_path.with_name(f"{public_path.stem}-cert.pub")
    blob = base64.b64encode(unsigned + ssh_string(made)).decode()
    path.write_text(f"ssh-ed25519-cert-v01@openssh.com {blob} made for a test\n")
    return path
