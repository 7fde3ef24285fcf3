"""Keys out of PuTTY's private key files (``.ppk``), versions 2 and 3, with or without a passphrase.

Source: PuTTY's documentation, appendix "PPK file format".
"""

from __future__ import annotations

import base64
import hashlib
import locale
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.argon2 import Argon2d, Argon2i, Argon2id
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from desktop.core.errors import (
    CaponierError,
    KeyUnreadable,
    KeyUnsupported,
    PassphraseNeeded,
    PassphraseWrong,
)
from desktop.ssh.putty_file import PuttyFile, parse_putty_file
from desktop.ssh.ssh_data import SshReader

PuttyKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

_UNSUPPORTED = {"ssh-dss": "DSA", "ssh-ed448": "Ed448"}
_CURVES: dict[str, ec.EllipticCurve] = {
    "ecdsa-sha2-nistp256": ec.SECP256R1(),
    "ecdsa-sha2-nistp384": ec.SECP384R1(),
    "ecdsa-sha2-nistp521": ec.SECP521R1(),
}
# OpenSSL works with no longer ones, and takes minutes to look at those that somebody made up.
_MAX_RSA_BITS = 16384
_ED25519_BYTES = 32

_CIPHER_BYTES, _IV_BYTES, _MAC_BYTES = 32, 16, 32
_FLAVOURS: dict[str, type[Argon2d | Argon2i | Argon2id]] = {
    "Argon2d": Argon2d,
    "Argon2i": Argon2i,
    "Argon2id": Argon2id,
}
# PuTTYgen takes 8 MiB unless told otherwise, and as many passes as fit into a tenth of a second.
# What is allowed here takes seconds; other threads run meanwhile.
_MAX_ARGON2_KIB = 1024 * 1024
_MAX_ARGON2_KIB_PASSES = 8 * _MAX_ARGON2_KIB


class _Keys(NamedTuple):
    cipher: bytes
    iv: bytes
    mac: bytes


_Derivation = Callable[[bytes], _Keys]


def load_putty_key(data: bytes, passphrase: str | None, path: str, store: str) -> PuttyKey:
    """As `load_private_key` does: the same errors, and the same silence about the key in them."""
    failure: CaponierError
    try:
        file = parse_putty_file(data, path)
        _refuse_other_types(file.algorithm, path)
        return _built(file, _private_blob(file, passphrase, path, store))
    except UnsupportedAlgorithm:
        # Argon2 came with OpenSSL 3.2; a cryptography of the Linux distribution may stand on an older one.
        failure = KeyUnsupported(path=path, key_type="locked by Argon2, which this OpenSSL lacks")
    except MemoryError:
        failure = KeyUnreadable(path=path, reason="unlocking it takes more memory than there is")
    except (ArithmeticError, LookupError, ValueError):
        failure = KeyUnreadable(path=path, reason="it is damaged or cut off")
    raise failure


def _refuse_other_types(algorithm: str, path: str) -> None:
    if algorithm not in ("ssh-rsa", "ssh-ed25519", *_CURVES):
        raise KeyUnsupported(path=path, key_type=_UNSUPPORTED.get(algorithm, algorithm))


def _private_blob(file: PuttyFile, passphrase: str | None, path: str, store: str) -> bytes:
    """Decrypted, and proven by the file's MAC. A file that no passphrase can open is refused before one is needed."""
    encryption = file.text("Encryption")
    if encryption == "none":
        # The MAC of an open file has a key that everybody knows: it finds damage and no more.
        mac_key = b"" if file.version == 3 else _derived_by_sha1(b"").mac
        if not file.is_sealed_by(mac_key, file.private):
            raise ValueError
        return file.private
    if encryption != "aes256-cbc" or len(file.private) % _IV_BYTES:
        raise ValueError
    derive = _argon2(file, path) if file.version == 3 else _derived_by_sha1
    if not passphrase:
        raise PassphraseNeeded(path=path, store=store)
    for secret in _encoded(passphrase):
        keys = derive(secret)
        private = _decrypted(file.private, keys)
        if file.is_sealed_by(keys.mac, private):
            return private
    raise PassphraseWrong(path=path)


def _encoded(passphrase: str) -> list[bytes]:
    """PuTTYgen takes what was typed as the bytes of the system: UTF-8, or the code page of Windows."""
    forms: dict[bytes, None] = {}
    for encoding in ("utf-8", locale.getencoding()):
        with suppress(UnicodeEncodeError):
            forms[passphrase.encode(encoding)] = None
    return list(forms)


def _decrypted(blob: bytes, keys: _Keys) -> bytes:
    decryptor = Cipher(algorithms.AES256(keys.cipher), modes.CBC(keys.iv)).decryptor()
    return decryptor.update(blob) + decryptor.finalize()


def _derived_by_sha1(secret: bytes) -> _Keys:
    """Version 2; an open file has the MAC key of an empty passphrase."""
    stream = b"".join(_sha1(count.to_bytes(4, "big") + secret) for count in range(2))
    return _Keys(stream[:_CIPHER_BYTES], bytes(_IV_BYTES), _sha1(b"putty-private-key-file-mac-key" + secret))


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _argon2(file: PuttyFile, path: str) -> _Derivation:
    """Version 3. Raises also `ValueError` and `LookupError`, for settings that are none."""
    memory_kib, passes, lanes = (
        int(file.text(f"Argon2-{name}")) for name in ("Memory", "Passes", "Parallelism")
    )
    if memory_kib > _MAX_ARGON2_KIB or memory_kib * passes > _MAX_ARGON2_KIB_PASSES:
        reason = "its Argon2 settings ask for too much memory or time; save it again with PuTTYgen"
        raise KeyUnreadable(path=path, reason=reason)
    prepared = partial(
        _FLAVOURS[file.text("Key-Derivation")],
        salt=bytes.fromhex(file.text("Argon2-Salt")),
        length=_CIPHER_BYTES + _IV_BYTES + _MAC_BYTES,
        iterations=passes,
        lanes=lanes,
        memory_cost=memory_kib,
    )
    prepared()  # refuses settings that no passphrase goes with

    def derive(secret: bytes) -> _Keys:
        derived = prepared().derive(secret)
        iv_end = _CIPHER_BYTES + _IV_BYTES
        return _Keys(derived[:_CIPHER_BYTES], derived[_CIPHER_BYTES:iv_end], derived[iv_end:])

    return derive


def _built(file: PuttyFile, private: bytes) -> PuttyKey:
    """Raises `ValueError` and `ArithmeticError` for numbers that make no key, or not the one of the public blob."""
    key: PuttyKey
    if file.algorithm == "ssh-rsa":
        key = _rsa(file.public, private)
    elif file.algorithm == "ssh-ed25519":
        seed = SshReader(private).string()
        # Written as a number with the lowest byte first: zeros at its end may be left out.
        key = ed25519.Ed25519PrivateKey.from_private_bytes(seed.ljust(_ED25519_BYTES, b"\0"))
    else:
        scalar = SshReader(private).string()
        key = ec.derive_private_key(int.from_bytes(scalar, "big"), _CURVES[file.algorithm])
    public_line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    if base64.b64decode(public_line.split()[1]) != file.public:
        raise ValueError
    return key


def _rsa(public: bytes, private: bytes) -> rsa.RSAPrivateKey:
    e, n = (int.from_bytes(part, "big") for part in SshReader(public).strings(3)[1:])
    d, p, q, iqmp = (int.from_bytes(part, "big") for part in SshReader(private).strings(4))
    if max(number.bit_length() for number in (e, n, d, p, q, iqmp)) > _MAX_RSA_BITS:
        raise ValueError
    dmp1, dmq1 = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q)
    return rsa.RSAPrivateNumbers(p, q, d, dmp1, dmq1, iqmp, rsa.RSAPublicNumbers(e, n)).private_key()
