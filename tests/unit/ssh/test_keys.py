"""Private keys of every type and form, and the plain error for each that can't be used."""

from __future__ import annotations

from pathlib import Path

import paramiko
import pytest

from desktop.core.errors import (
    KeyUnreadable,
    KeyUnsupported,
    PassphraseNeeded,
    PassphraseWrong,
)
from desktop.ssh.keys import (
    fingerprint,
    load_private_key,
    pasted_key_fingerprint,
    read_identity_file,
)
from tests.support.keys import (
    KEY_CASES,
    KeyForm,
    KeyKind,
    make_dsa_key,
    make_garbage,
    make_key,
    make_key_with_ssh_keygen,
    make_security_key_stub,
)
from tests.support.refusals import REFUSED_PATH, REFUSED_STORE, assert_tells_nothing, refusal

SESAME = "open sesame"
LOCKED_FORMS = [
    (KeyKind.ED25519, KeyForm.OPENSSH),
    (KeyKind.ECDSA_256, KeyForm.PEM),
    (KeyKind.RSA, KeyForm.PKCS8),
]


@pytest.mark.parametrize("passphrase", ["", SESAME])
@pytest.mark.parametrize(("kind", "form"), KEY_CASES)
def test_every_kind_and_form_can_sign(kind: KeyKind, form: KeyForm, passphrase: str, tmp_path: Path) -> None:
    made = make_key(tmp_path, kind, form, passphrase)
    key = load_private_key(made.path.read_bytes(), passphrase or None)
    assert f"{key.get_name()} {key.get_base64()}" == made.public_line
    signed = key.sign_ssh_data(b"challenge", "rsa-sha2-512" if kind is KeyKind.RSA else None)
    signed.rewind()
    public = paramiko.PKey.from_type_string(key.get_name(), key.asbytes())
    assert public.verify_ssh_sig(b"challenge", signed)


@pytest.mark.parametrize(("kind", "form"), LOCKED_FORMS)
def test_a_locked_key_asks_for_its_passphrase(kind: KeyKind, form: KeyForm, tmp_path: Path) -> None:
    made = make_key(tmp_path, kind, form, SESAME)
    error = refusal(made.path.read_bytes())
    assert isinstance(error, PassphraseNeeded)
    assert error.facts == {"path": REFUSED_PATH, "store": REFUSED_STORE}
    assert_tells_nothing(error, made.text)


@pytest.mark.parametrize(("kind", "form"), LOCKED_FORMS)
def test_a_wrong_passphrase_is_called_wrong(kind: KeyKind, form: KeyForm, tmp_path: Path) -> None:
    made = make_key(tmp_path, kind, form, SESAME)
    error = refusal(made.path.read_bytes(), "close sesame")
    assert isinstance(error, PassphraseWrong)
    assert_tells_nothing(error, made.text, "close sesame")


def test_an_empty_passphrase_is_none_at_all(tmp_path: Path) -> None:
    assert isinstance(refusal(make_key(tmp_path, passphrase=SESAME).path.read_bytes(), ""), PassphraseNeeded)


@pytest.mark.parametrize("form", list(KeyForm))
def test_a_superfluous_passphrase_is_ignored(form: KeyForm, tmp_path: Path) -> None:
    made = make_key(tmp_path, KeyKind.ECDSA_256, form)
    key = load_private_key(made.path.read_bytes(), SESAME)
    assert key.get_base64() in made.public_line


def test_a_key_damaged_under_a_superfluous_passphrase_hides_nothing_in_its_context(tmp_path: Path) -> None:
    made = make_key(tmp_path, KeyKind.RSA)
    assert_tells_nothing(refusal(made.path.read_bytes()[:600], SESAME), made.text, SESAME)


@pytest.mark.parametrize("form", list(KeyForm))
@pytest.mark.parametrize("passphrase", [None, SESAME])
def test_a_truncated_key_is_damaged(form: KeyForm, passphrase: str | None, tmp_path: Path) -> None:
    made = make_key(tmp_path, KeyKind.ECDSA_256, form)
    error = refusal(made.path.read_bytes()[:120], passphrase)
    assert isinstance(error, KeyUnreadable)
    assert_tells_nothing(error, made.text)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "".join(f"    {line}\n" for line in text.split("\n")),
        lambda text: f"\n\n  {text.strip()}",
        lambda text: f"\ufeff{text}",
        lambda text: f"my key\n{text}",
    ],
    ids=["crlf", "indented", "no last line end", "byte order mark", "a line before"],
)
@pytest.mark.parametrize(("kind", "form"), [(KeyKind.ED25519, KeyForm.OPENSSH), *LOCKED_FORMS[1:]])
def test_a_key_survives_pasting(spoil: object, kind: KeyKind, form: KeyForm, tmp_path: Path) -> None:
    assert callable(spoil)
    made = make_key(tmp_path, kind, form, SESAME)
    assert load_private_key(spoil(made.text).encode(), SESAME).get_base64() in made.public_line


def test_garbage_and_other_files_are_no_keys(tmp_path: Path) -> None:
    assert isinstance(refusal(make_garbage(tmp_path).read_bytes()), KeyUnreadable)
    assert isinstance(refusal(b""), KeyUnreadable)
    assert isinstance(refusal(bytes(range(256))), KeyUnreadable)


def test_types_that_cannot_log_in_are_named(tmp_path: Path) -> None:
    unsupported = {
        "DSA": make_dsa_key(tmp_path).read_bytes(),
        "kind": make_security_key_stub(tmp_path).read_bytes(),
    }
    for word, data in unsupported.items():
        error = refusal(data)
        assert isinstance(error, KeyUnsupported)
        assert word in error.facts["key_type"]


def test_the_public_half_and_a_certificate_are_told_from_the_private_one(tmp_path: Path) -> None:
    made = make_key(tmp_path)
    certificate = f"ssh-ed25519-cert-v01@openssh.com {made.public_line.split()[1]}"
    for public in (
        made.public_line,
        certificate,
        "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----",
    ):
        error = refusal(public.encode())
        assert isinstance(error, KeyUnreadable)
        assert "public" in error.facts["reason"]


def test_what_ssh_keygen_writes_is_read(tmp_path: Path) -> None:
    made = make_key_with_ssh_keygen(tmp_path, passphrase=SESAME)
    assert load_private_key(made.path.read_bytes(), SESAME).get_base64() in made.public_line


def test_an_identity_file_is_read_from_the_home_folder(home: Path) -> None:
    (home / ".ssh").mkdir()
    (home / ".ssh" / "id_rsa").write_bytes(b"key")
    assert read_identity_file("~/.ssh/id_rsa") == b"key"


def test_an_identity_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "huge").write_bytes(b"x" * (1024 * 1024 + 1))
    for path in (tmp_path / "absent", tmp_path, tmp_path / "huge", Path("~nobody-of-this-name/id")):
        with pytest.raises(KeyUnreadable) as caught:
            read_identity_file(str(path))
        assert caught.value.facts["path"] == str(path)
        assert caught.value.facts["reason"]


def test_a_pasted_key_is_named_by_its_fingerprint(tmp_path: Path) -> None:
    made = make_key(tmp_path)
    assert pasted_key_fingerprint(made.text) == fingerprint(load_private_key(made.path.read_bytes(), None))
    assert pasted_key_fingerprint(made.text).startswith("SHA256:")
    assert pasted_key_fingerprint("no key") == ""
