"""Private keys: RSA, ECDSA and Ed25519, in OpenSSH, PEM, PKCS#8 and PuTTY form, with or without a passphrase."""

from __future__ import annotations

import base64
import hashlib
import io
from pathlib import Path

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from desktop.core.errors import (
    CaponierError,
    KeyUnreadable,
    KeyUnsupported,
    PassphraseNeeded,
    PassphraseWrong,
)
from desktop.ssh.putty_file import is_putty_file
from desktop.ssh.putty_keys import load_putty_key

_MAX_KEY_FILE_BYTES = 1024 * 1024
_OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_ENCRYPTED = (b"BEGIN ENCRYPTED PRIVATE KEY", b"Proc-Type: 4,ENCRYPTED")


def read_identity_file(path: str) -> bytes:
    """The contents of an identity file; ``~`` is the home folder. Raises `KeyUnreadable`."""
    try:
        # RuntimeError: a name like ~nobody that has no home folder.
        full = Path(path).expanduser()
        if full.is_file() and full.stat().st_size > _MAX_KEY_FILE_BYTES:
            raise KeyUnreadable(path=path, reason="it is too large for a key")
        return full.read_bytes()
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise KeyUnreadable(path=path, reason=reason) from None


def is_there(path: str) -> bool:
    """Whether there is something of that name; ``~`` is the home folder."""
    try:
        return Path(path).expanduser().exists()
    except (OSError, RuntimeError, ValueError):
        return False


def load_private_key(data: bytes, passphrase: str | None, path: str = "", store: str = "") -> paramiko.PKey:
    """A key ready to sign. `path` and `store` only go into the errors.

    Raises `KeyUnreadable`, `KeyUnsupported`, `PassphraseNeeded`, `PassphraseWrong`. The errors carry nothing of the
    key: the library's own texts and tracebacks are cut off.
    """
    if is_putty_file(data):
        return _to_paramiko(load_putty_key(data, passphrase, path, store), path)
    data = _clean(data)
    _refuse_what_is_no_private_key(data, path)
    secret = passphrase.encode() if passphrase else None
    failure: CaponierError
    try:
        return _to_paramiko(_parse(data, secret), path)
    except TypeError:
        failure = PassphraseNeeded(path=path, store=store)
    except UnsupportedAlgorithm:
        failure = KeyUnsupported(path=path, key_type="of a kind this program can't use")
    except ValueError as error:
        failure = _value_error(str(error), data, secret, path)
    if secret is not None and isinstance(failure, PassphraseNeeded):
        # A passphrase was given for a key that has none; OpenSSH ignores it as well.
        return load_private_key(data, None, path, store)
    raise failure


def fingerprint(key: paramiko.PKey) -> str:
    """``SHA256:...`` of the public half, as ``ssh-keygen -l`` prints it."""
    return fingerprint_of_blob(key.asbytes())


def fingerprint_of_blob(blob: bytes) -> str:
    digest = hashlib.sha256(blob).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def pasted_key_fingerprint(text: str) -> str:
    """The fingerprint of a pasted private key, or an empty string while it can't be read without its passphrase."""
    try:
        return fingerprint(load_private_key(text.encode(), None))
    except CaponierError:
        return ""


def _clean(data: bytes) -> bytes:
    """Pasting adds spaces, carriage returns and byte order marks, and loses the last line end."""
    lines = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").strip().split(b"\n")
    return b"\n".join(line.strip() for line in lines) + b"\n"


def _refuse_what_is_no_private_key(data: bytes, path: str) -> None:
    if (
        data.startswith((b"ssh-", b"ecdsa-", b"sk-", b"---- BEGIN SSH2 PUBLIC"))
        or b"BEGIN PUBLIC KEY" in data
    ):
        raise KeyUnreadable(path=path, reason="this is the public half; choose the private key")
    if b"PRIVATE KEY-----" not in data:
        raise KeyUnreadable(path=path, reason="it holds no private key")
    if b"BEGIN DSA PRIVATE KEY" in data:
        raise KeyUnsupported(path=path, key_type="DSA")


def _parse(data: bytes, secret: bytes | None) -> object:
    if _OPENSSH in data:
        return load_ssh_private_key(data, secret)
    return load_pem_private_key(data, secret)


def _to_paramiko(key: object, path: str) -> paramiko.PKey:
    match key:
        case rsa.RSAPrivateKey():
            return paramiko.RSAKey(key=key)
        case ec.EllipticCurvePrivateKey():
            if key.curve.name not in ("secp256r1", "secp384r1", "secp521r1"):
                raise KeyUnsupported(path=path, key_type=f"ECDSA over {key.curve.name}")
            return paramiko.ECDSAKey(vals=(key, key.public_key()))
        case ed25519.Ed25519PrivateKey():
            # paramiko takes an Ed25519 key only in OpenSSH's file format; this text stays in memory.
            text = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
            return paramiko.Ed25519Key(file_obj=io.StringIO(text))
    raise KeyUnsupported(path=path, key_type=type(key).__name__.strip("_").removesuffix("PrivateKey"))


def _value_error(text: str, data: bytes, secret: bytes | None, path: str) -> CaponierError:
    """cryptography says ValueError for a wrong passphrase and for damage alike; what tells them apart is the form."""
    encrypted = any(mark in data for mark in _ENCRYPTED) or "checksum" in text or "decrypt" in text.lower()
    if secret is not None and encrypted:
        return PassphraseWrong(path=path)
    return KeyUnreadable(path=path, reason="it is damaged or cut off")
