"""A key file as PuTTYgen writes it, for the check that reads one.

Source: PuTTY's documentation, appendix "PPK file format".
"""

from __future__ import annotations

import base64
import hmac
import secrets

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

_MEMORY_KIB = 8192
_PASSES = 4
_AES_BLOCK_BYTES = 16


def locked_putty_file(private: Ed25519PrivateKey, passphrase: str) -> bytes:
    """Version 3, locked by Argon2id and AES."""
    salt = secrets.token_bytes(16)
    kdf = Argon2id(salt=salt, length=80, iterations=_PASSES, lanes=1, memory_cost=_MEMORY_KIB)
    derived = kdf.derive(passphrase.encode())
    cipher_key, iv, mac_key = derived[:32], derived[32:48], derived[48:]
    public = _string(b"ssh-ed25519") + _string(private.public_key().public_bytes_raw())
    blob = _string(private.private_bytes_raw())
    blob += secrets.token_bytes(-len(blob) % _AES_BLOCK_BYTES)
    encryptor = Cipher(algorithms.AES256(cipher_key), modes.CBC(iv)).encryptor()
    covered = b"".join(map(_string, (b"ssh-ed25519", b"aes256-cbc", b"", public, blob)))
    lines = (
        "PuTTY-User-Key-File-3: ssh-ed25519",
        "Encryption: aes256-cbc",
        "Comment: ",
        *_blob_lines("Public", public),
        "Key-Derivation: Argon2id",
        f"Argon2-Memory: {_MEMORY_KIB}",
        f"Argon2-Passes: {_PASSES}",
        "Argon2-Parallelism: 1",
        f"Argon2-Salt: {salt.hex()}",
        *_blob_lines("Private", encryptor.update(blob) + encryptor.finalize()),
        f"Private-MAC: {hmac.digest(mac_key, covered, 'sha256').hex()}",
    )
    return "".join(f"{line}\n" for line in lines).encode()


def _blob_lines(name: str, blob: bytes) -> list[str]:
    text = base64.b64encode(blob).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return [f"{name}-Lines: {len(lines)}", *lines]


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data
