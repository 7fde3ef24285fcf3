"""The outer layer of PuTTY's private key files (``.ppk``): lines of text around two blobs.

Source: PuTTY's documentation, appendix "PPK file format". Nothing here is secret but the private blob of a file that
is not encrypted; it stays out of every ``repr()`` and error.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from desktop.core.errors import KeyUnsupported
from desktop.ssh.ssh_data import ssh_string

_START = b"PuTTY-User-Key-File-"
_FIRST_LINE = re.compile(_START + rb"(\d{1,9}): *([\w.@-]{1,64})\s")
_MAC_HASHES = {2: "sha1", 3: "sha256"}
# Each is followed by as many lines of base64 as it says.
_BLOBS = ("Public-Lines", "Private-Lines")
_LAST = "Private-MAC"


@dataclass(frozen=True, slots=True)
class PuttyFile:
    """`private` is the private blob as it stands in the file, `headers` what stands before a colon and behind it."""

    version: int
    algorithm: str
    headers: Mapping[str, bytes] = field(repr=False)
    public: bytes = field(repr=False)
    private: bytes = field(repr=False)

    def text(self, name: str) -> str:
        """Raises `KeyError` where there is no such header, and `ValueError` where it is not plain text."""
        return self.headers[name].strip().decode("ascii")

    def is_sealed_by(self, mac_key: bytes, private: bytes) -> bool:
        """Whether the file's MAC is that of its public parts and of `private`, the decrypted blob with its padding."""
        sealed = bytes.fromhex(self.text(_LAST))
        # The MAC covers the comment to the last blank; pasting may have added some.
        comment = self.headers["Comment"]
        return any(
            hmac.compare_digest(sealed, self._mac(mac_key, private, covered))
            for covered in (comment, comment.strip())
        )

    def _mac(self, mac_key: bytes, private: bytes, comment: bytes) -> bytes:
        parts = (self.algorithm.encode(), self.text("Encryption").encode(), comment, self.public, private)
        covered = b"".join(ssh_string(part) for part in parts)
        return hmac.digest(mac_key, covered, _MAC_HASHES[self.version])


def is_putty_file(data: bytes) -> bool:
    return _START in data


def parse_putty_file(data: bytes, path: str) -> PuttyFile:
    """Forgives what pasting does: lines before the key, empty lines, blanks around lines, every kind of line end.

    Raises `KeyUnsupported` for a version that is neither 2 nor 3, `LookupError` or `ValueError` where a part is missing
    or makes no sense.
    """
    data = data[data.index(_START) :]
    first = _FIRST_LINE.match(data)
    if first is None:
        raise ValueError
    version, algorithm = int(first[1]), first[2].decode("ascii")
    if version not in _MAC_HASHES:
        raise KeyUnsupported(path=path, key_type=f"a PuTTY key in version {version} of its format")
    headers: dict[str, bytes] = {}
    blobs: dict[str, bytes] = {}
    # Only line feeds and carriage returns end a line of bytes.
    lines = (line for line in data.splitlines() if line.strip())
    for name, value in _headers(lines):
        headers[name] = value
        if name in _BLOBS:
            blobs[name] = _decoded(islice(lines, int(value)))
    if _LAST not in headers:
        raise ValueError
    public, private = (blobs[name] for name in _BLOBS)
    return PuttyFile(version, algorithm, headers, public, private)


def _headers(lines: Iterator[bytes]) -> Iterator[tuple[str, bytes]]:
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon:
            raise ValueError
        yield name.strip().decode("ascii"), value.removeprefix(b" ")
        if name.strip() == _LAST.encode():
            return


def _decoded(lines: Iterator[bytes]) -> bytes:
    return base64.b64decode(b"".join(b"".join(lines).split()), validate=True)
