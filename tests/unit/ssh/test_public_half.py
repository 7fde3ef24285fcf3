"""Where the public half of a key stands, without the key's passphrase."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.ssh.public_half import blob_of_public_file, public_half_of
from tests.support.agents import blob_of
from tests.support.keys import KeyFile, KeyForm, KeyKind, make_key
from tests.support.puttygen import make_putty_key, needs_puttygen

PASSPHRASE = "correct horse battery staple"


def half_of(key: KeyFile) -> bytes:
    return public_half_of(str(key.path), key.path.read_bytes())


@pytest.mark.parametrize("kind", KeyKind)
def test_a_locked_key_of_openssh_shows_it(tmp_path: Path, kind: KeyKind) -> None:
    key = make_key(tmp_path, kind, passphrase=PASSPHRASE)
    # A .pub file that was left there by an older key does not count.
    key.public_path.write_text(make_key(tmp_path, name="older").public_line)
    assert half_of(key) == blob_of(key)


@needs_puttygen
def test_a_locked_key_of_putty_shows_it(tmp_path: Path) -> None:
    key = make_putty_key(tmp_path, passphrase=PASSPHRASE)
    key.public_path.unlink()
    assert half_of(key) == blob_of(key)


def test_other_locked_keys_need_their_pub_file(tmp_path: Path) -> None:
    key = make_key(tmp_path, KeyKind.RSA, KeyForm.PEM, PASSPHRASE)
    assert half_of(key) == blob_of(key)
    key.public_path.write_text("nothing of use\n")
    assert half_of(key) == b""
    key.public_path.unlink()
    assert half_of(key) == b""


def test_comments_and_what_follows_the_key_are_passed_over(tmp_path: Path) -> None:
    key = make_key(tmp_path)
    text = f"\ufeff# of the laptop\r\n\r\n  {key.public_line} me at home\r\n"
    assert blob_of_public_file(text.encode()) == blob_of(key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#\n",
        "ssh-ed25519",
        "ssh-ed25519 ?",
        "ssh-ed25519 AAAA",
        "ssh-rsa {ed25519}",
        "-----BEGIN KEY-----\nAA==",
    ],
)
def test_what_is_no_public_key_is_refused(tmp_path: Path, text: str) -> None:
    blob = make_key(tmp_path).public_line.split()[1]
    with pytest.raises(ValueError, match=r"\S"):
        blob_of_public_file(text.replace("{ed25519}", blob).encode())
