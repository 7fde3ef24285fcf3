"""Lines of known_hosts files."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path

import paramiko

from desktop.core.errors import HostKeyChanged
from desktop.ssh.known_hosts import KnownHosts

CHANGED_FACTS: dict[str, str | int] = {
    "host": "bastion.example.com",
    "port": 22,
    "key_type": "ssh-ed25519",
    "fingerprint": "SHA256:zzYk2mVz0wq3Vv7lQYxk5Jt8eR9aBcDeFgHiJkLmNop",
    "key": "ssh-ed25519 AAAA in place of SHA256:b0OldKeyOfTheServer0123456789abcdefghijklmno",
    "known_type": "ssh-ed25519",
    "known_fingerprint": "SHA256:b0OldKeyOfTheServer0123456789abcdefghijklmno",
    "known_in": "/home/ada/.config/caponier/known_hosts:12",
    "known_name": "bastion.example.com",
    "first_seen": "2026-01-31T12:00:00Z",
}


def changed(**facts: str | int) -> HostKeyChanged:
    """A changed key, as of a server that Caponier knew; with other `facts` where they are given."""
    return HostKeyChanged(**CHANGED_FACTS | facts)


def line(key: paramiko.PKey) -> str:
    """``type base64``"""
    return f"{key.get_name()} {key.get_base64()}"


def hashed_name(name: str) -> str:
    salt = bytes(range(20))
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


def known_to_ssh(folder: Path, text: str) -> KnownHosts:
    """With `text` in the person's file ``known_hosts``, and Caponier's own in the folder ``own``."""
    path = folder / "known_hosts"
    path.write_bytes(text.encode())
    return KnownHosts(own_path(folder), [path])


def own_path(folder: Path) -> Path:
    return folder / "own" / "known_hosts"
