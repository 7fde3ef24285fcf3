"""Key files of PuTTY, made by its own puttygen(1)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.keys import KeyFile

needs_puttygen = pytest.mark.skipif(shutil.which("puttygen") is None, reason="needs puttygen")

# As ``-t`` and ``-b`` of puttygen; the types that can log in.
PUTTY_TYPES = (
    ("rsa", "2048"),
    ("ecdsa", "256"),
    ("ecdsa", "384"),
    ("ecdsa", "521"),
    ("eddsa", "255"),
)
ED25519 = PUTTY_TYPES[-1]
COMMENT = "a key of mine"


def make_putty_key(
    folder: Path,
    kind: tuple[str, str] = ED25519,
    *,
    version: int = 3,
    passphrase: str | bytes = "",
    settings: str = "",
    comment: str = COMMENT,
    name: str = "",
) -> KeyFile:
    """Write a new key to `folder`. `settings` go behind the version in ``--ppk-param``; the name ends in ``.ppk``."""
    key_type, bits = kind
    made_of = ("-t", key_type, "-b", bits, "-q", "-C", comment)
    path = folder / f"{name or f'{key_type}{bits}_v{version}'}.ppk"
    return _written(path, made_of, f"version={version},{settings}", passphrase)


def convert_to_putty_key(key: KeyFile) -> KeyFile:
    """An OpenSSH key without a passphrase, in PuTTY's form beside it."""
    return _written(key.path.with_suffix(".ppk"), (str(key.path),), "version=3", "")


def _written(path: Path, made_of: tuple[str, ...], settings: str, passphrase: str | bytes) -> KeyFile:
    secret = passphrase if isinstance(passphrase, bytes) else passphrase.encode()
    # An empty file stands for no passphrase. Without one puttygen asks for it, on a terminal.
    passphrase_path = path.with_suffix(".passphrase")
    passphrase_path.write_bytes(secret)
    _puttygen(
        *made_of,
        *("-O", "private", "-o", str(path)),
        *("--ppk-param", settings.rstrip(",")),
        *("--new-passphrase", str(passphrase_path)),
    )
    passphrase_path.unlink()
    path.chmod(0o600)
    key_type, blob = _puttygen(str(path), "-O", "public-openssh").split()[:2]
    key = KeyFile(path, f"{key_type} {blob}", passphrase if isinstance(passphrase, str) else "")
    key.public_path.write_text(f"{key.public_line}\n")
    return key


def _puttygen(*arguments: str) -> str:
    done = subprocess.run(
        ["puttygen", *arguments], check=False, capture_output=True, stdin=subprocess.DEVNULL, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode(errors="replace")
