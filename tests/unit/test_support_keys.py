"""The test keys are what they claim: OpenSSH's own tool reads them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.keys import (
    KEY_CASES,
    KeyFile,
    KeyForm,
    KeyKind,
    make_dsa_key,
    make_garbage,
    make_key,
    make_key_with_ssh_keygen,
    make_security_key_stub,
)

HEADS = {KeyForm.OPENSSH: "OPENSSH PRIVATE KEY", KeyForm.PKCS8: " PRIVATE KEY"}


def _public_half(path: Path, passphrase: str = "") -> subprocess.CompletedProcess[str]:
    command = ["ssh-keygen", "-y", "-P", passphrase, "-f", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def _read_by_openssh(key: KeyFile) -> str:
    return " ".join(_public_half(key.path, key.passphrase).stdout.split()[:2])


@pytest.mark.parametrize("passphrase", ["", "open sesame"])
@pytest.mark.parametrize(("kind", "form"), KEY_CASES)
def test_every_kind_and_form_is_read_by_ssh_keygen(
    kind: KeyKind, form: KeyForm, passphrase: str, tmp_path: Path
) -> None:
    key = make_key(tmp_path, kind, form, passphrase)
    assert key.path.stat().st_mode & 0o077 == 0
    assert HEADS.get(form, "RSA PRIVATE KEY" if kind is KeyKind.RSA else "EC PRIVATE KEY") in key.text
    if (kind, form) != (KeyKind.ED25519, KeyForm.PKCS8):  # read by OpenSSH 9.6 and younger only
        assert _read_by_openssh(key) == key.public_line


@pytest.mark.parametrize(
    "options", [("-t", "rsa", "-b", "3072"), ("-t", "ecdsa", "-b", "521"), ("-t", "ed25519")]
)
def test_ssh_keygens_own_keys_know_their_public_half(options: tuple[str, ...], tmp_path: Path) -> None:
    key = make_key_with_ssh_keygen(tmp_path, *options, passphrase="open sesame")
    assert _read_by_openssh(key) == key.public_line


def test_a_locked_key_needs_its_passphrase(tmp_path: Path) -> None:
    key = make_key(tmp_path, passphrase="open sesame")
    assert _public_half(key.path, "wrong").returncode != 0


def test_the_security_key_stub_is_one_for_ssh_keygen(tmp_path: Path) -> None:
    assert _public_half(make_security_key_stub(tmp_path)).stdout.startswith("sk-ssh-ed25519@openssh.com ")


def test_useless_keys_look_like_keys(tmp_path: Path) -> None:
    assert make_dsa_key(tmp_path).read_text().startswith("-----BEGIN DSA PRIVATE KEY-----")
    garbage_path = make_garbage(tmp_path)
    assert garbage_path.read_text().startswith("-----BEGIN OPENSSH PRIVATE KEY-----")
    assert _public_half(garbage_path).returncode != 0
