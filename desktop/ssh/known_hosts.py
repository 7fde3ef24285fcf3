"""Host keys a person trusts: known_hosts files, sshd(8) "SSH_KNOWN_HOSTS FILE FORMAT"."""

from __future__ import annotations

import base64
import binascii
import fnmatch
import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from desktop.core.errors import ConfigNotWritable
from desktop.core.model import Endpoint
from desktop.core.plan import known_hosts_name

REVOKED = "@revoked"
_HASHED = "|1|"


@dataclass(frozen=True, slots=True)
class KnownKey:
    """One entry. `place` is ``file:line``; `key_type` and `key` (base64) are the public host key."""

    hosts: str
    key_type: str
    key: str
    marker: str
    place: str

    def names(self, host_name: str) -> bool:
        """True where the entry is about `host_name` (``host`` or ``[host]:port``)."""
        if self.hosts.startswith(_HASHED):
            return _hash_matches(self.hosts, host_name)
        return _patterns_match(self.hosts.split(","), host_name)


class KnownHosts:
    """Reads several files, later ones adding to earlier ones; writes only to `own_path`. Any thread may use it."""

    def __init__(self, own_path: Path, other_paths: Iterable[Path] = ()) -> None:
        self._own_path = own_path
        self._paths = (own_path, *other_paths)

    def about(self, endpoint: Endpoint) -> list[KnownKey]:
        """Every entry that names the host. Blocks for file access; a file that can't be read says nothing."""
        name = known_hosts_name(endpoint)
        return [entry for path in self._paths for entry in _entries(path) if entry.names(name)]

    def add(self, endpoint: Endpoint, key_type: str, key: str) -> None:
        """Append to our own file. Raises `ConfigNotWritable`."""
        line = f"{known_hosts_name(endpoint)} {key_type} {key}\n".encode()
        try:
            self._own_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._own_path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "ab+") as file:
                file.write(line if _ends_a_line(file) else b"\n" + line)
        except OSError as error:
            reason = error.strerror or str(error)
            raise ConfigNotWritable(path=str(self._own_path), reason=reason) from None

    def forget(self, endpoint: Endpoint) -> None:
        """Drop our own entries for a host. Raises `ConfigNotWritable`."""
        name = known_hosts_name(endpoint)
        try:
            text = self._own_path.read_text(encoding="utf-8", errors="surrogateescape")
            lines = text.splitlines(keepends=True)
            kept = [line for line in lines if line.split()[:1] != [name]]
            if kept != lines:
                _write_atomically(self._own_path, "".join(kept))
        except FileNotFoundError:
            return
        except OSError as error:
            raise ConfigNotWritable(path=str(self._own_path), reason=error.strerror or str(error)) from None


def system_known_hosts() -> tuple[Path, ...]:
    """The person's own files and the system's, as ssh_config(5) has them by default."""
    ssh_dir = Path.home() / ".ssh"
    system_dir = Path(os.environ.get("PROGRAMDATA", "/etc")) / "ssh"
    files = (ssh_dir / "known_hosts", ssh_dir / "known_hosts2", system_dir / "ssh_known_hosts")
    return (*files, system_dir / "ssh_known_hosts2")


def _write_atomically(path: Path, text: str) -> None:
    """A reader sees the old file or the new one, never a part."""
    fresh = path.with_name(f"{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
    fresh.replace(path)


def _entries(path: Path) -> Iterator[KnownKey]:
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return
    for number, line in enumerate(text.splitlines(), 1):
        entry = _entry(line, f"{path}:{number}")
        if entry is not None:
            yield entry


def _entry(line: str, place: str) -> KnownKey | None:
    fields = line.split()
    if not fields or fields[0].startswith("#"):
        return None
    marker = fields.pop(0) if fields[0].startswith("@") else ""
    if len(fields) < 3 or not _is_key(*fields[1:3]):
        return None
    return KnownKey(fields[0], fields[1], fields[2], marker, place)


def _is_key(key_type: str, key: str) -> bool:
    """A public key begins with its type. ssh(1) passes over lines with anything else, such as those of protocol 1."""
    try:
        return base64.b64decode(key, validate=True)[4:].startswith(key_type.encode())
    except ValueError:
        return False


def _ends_a_line(file: IO[bytes]) -> bool:
    """False where an editor left out the last line end, and an entry added would become part of that line."""
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        return True
    file.seek(size - 1)
    return file.read(1) == b"\n"


def _hash_matches(hosts: str, name: str) -> bool:
    try:
        _, _, salt, digest = hosts.split("|")
        made = hmac.new(base64.b64decode(salt), name.encode(), hashlib.sha1).digest()
        return hmac.compare_digest(made, base64.b64decode(digest))
    except (ValueError, binascii.Error):
        return False


def _patterns_match(patterns: list[str], name: str) -> bool:
    matched = False
    for pattern in patterns:
        negated = pattern.startswith("!")
        if _glob(pattern.removeprefix("!").lower(), name):
            if negated:
                return False
            matched = True
    return matched


def _glob(pattern: str, name: str) -> bool:
    # Only * and ? are special in known_hosts; brackets are part of "[host]:port".
    return fnmatch.fnmatchcase(name, pattern.replace("[", "[[]"))
