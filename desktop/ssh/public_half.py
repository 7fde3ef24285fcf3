"""The public half of a key without its passphrase, from wherever it stands."""

from __future__ import annotations

import base64
from contextlib import suppress

from desktop.core.errors import CaponierError
from desktop.ssh.keys import read_identity_file
from desktop.ssh.putty_file import is_putty_file, parse_putty_file
from desktop.ssh.ssh_data import SshReader

_OPENSSH_HEAD, _OPENSSH_TAIL = b"-----BEGIN OPENSSH PRIVATE KEY-----", b"-----END OPENSSH PRIVATE KEY-----"
_OPENSSH_MAGIC = b"openssh-key-v1\0"


def blob_of_public_file(data: bytes) -> bytes:
    """The key or certificate of a ``.pub`` file: ``type base64 comment`` (sshd(8)). Raises `ValueError`."""
    lines = (line.strip() for line in data.removeprefix(b"\xef\xbb\xbf").splitlines())
    words = next((line.split() for line in lines if line and not line.startswith(b"#")), [])
    if len(words) < 2:
        raise ValueError("it holds no public key")
    blob = base64.b64decode(words[1], validate=True)
    if SshReader(blob).string() != words[0]:
        raise ValueError("its two parts name different types")
    return blob


def public_half_of(path: str, data: bytes) -> bytes:
    """Of the private key in `data`, of which `path` is the file; empty where it can't be known.

    What stands in the key's own file goes before a ``.pub`` beside it, which may be that of an older key.
    """
    with suppress(ValueError, LookupError, CaponierError):
        if is_putty_file(data):
            return parse_putty_file(data, path).public
        if _OPENSSH_HEAD in data:
            return _blob_of_openssh_file(data)
    return public_half_beside(path)


def public_half_beside(path: str) -> bytes:
    """What is in ``<path>.pub``; empty where that is no use."""
    with suppress(ValueError, CaponierError):
        return blob_of_public_file(read_identity_file(f"{path}.pub"))
    return b""


def _blob_of_openssh_file(data: bytes) -> bytes:
    """OpenSSH's PROTOCOL.key: the public half stands before what is encrypted."""
    body = data.partition(_OPENSSH_HEAD)[2].partition(_OPENSSH_TAIL)[0]
    packed = base64.b64decode(b"".join(body.split()), validate=True)
    if not packed.startswith(_OPENSSH_MAGIC):
        raise ValueError("it is no key of OpenSSH")
    reader = SshReader(packed.removeprefix(_OPENSSH_MAGIC))
    reader.strings(3)
    if reader.number() != 1:
        raise ValueError("it holds several keys")
    return reader.string()
