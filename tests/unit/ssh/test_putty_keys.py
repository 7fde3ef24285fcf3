"""PuTTY's own key files, as its puttygen writes them, and what became of some of them since."""

from __future__ import annotations

import base64
import hmac
import locale
import re
from collections.abc import Callable
from pathlib import Path

import paramiko
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from desktop.core.errors import KeyUnreadable, KeyUnsupported, PassphraseNeeded, PassphraseWrong
from desktop.ssh.keys import fingerprint, load_private_key, pasted_key_fingerprint
from tests.support.keys import KeyFile
from tests.support.puttygen import (
    PUTTY_TYPES,
    convert_to_putty_key,
    make_putty_key,
    needs_puttygen,
)
from tests.support.refusals import REFUSED_PATH, REFUSED_STORE, assert_tells_nothing, refusal

pytestmark = needs_puttygen

SESAME = "open sesame"
each_version = pytest.mark.parametrize("version", [2, 3])


def assert_signs_as(data: bytes, passphrase: str | None, public_line: str) -> None:
    key = load_private_key(data, passphrase)
    assert f"{key.get_name()} {key.get_base64()}" == public_line
    signed = key.sign_ssh_data(b"challenge", "rsa-sha2-512" if key.get_name() == "ssh-rsa" else None)
    signed.rewind()
    public = paramiko.PKey.from_type_string(key.get_name(), base64.b64decode(public_line.split()[1]))
    assert public.verify_ssh_sig(b"challenge", signed)


def replaced(text: str, name: str, value: str) -> bytes:
    """The file with another value in one of its headers."""
    changed, count = re.subn(rf"(?m)^{name}: .*$", f"{name}: {value}", text)
    assert count == 1
    return changed.encode()


def public_part(key: KeyFile) -> str:
    (found,) = re.findall(r"Public-Lines[^:]*:[^:]*\n", key.text)
    return str(found)


def sealed_again(key: KeyFile, private: bytes) -> bytes:
    """An open file of version 3 with another private blob, and the MAC that belongs to it."""
    head = key.text[: key.text.index("Private-Lines")]
    algorithm = key.public_line.split()[0]
    comment = head[head.index("Comment: ") :].splitlines()[0].removeprefix("Comment: ")
    public = base64.b64decode(key.public_line.split()[1])
    parts = (algorithm.encode(), b"none", comment.encode(), public, private)
    mac = hmac.digest(b"", b"".join(string(part) for part in parts), "sha256")
    blob = base64.b64encode(private).decode()
    return f"{head}Private-Lines: 1\n{blob}\nPrivate-MAC: {mac.hex()}\n".encode()


def string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


@each_version
@pytest.mark.parametrize("passphrase", ["", SESAME], ids=["open", "locked"])
@pytest.mark.parametrize("kind", PUTTY_TYPES, ids="".join)
def test_every_type_of_both_versions_can_sign(
    kind: tuple[str, str], passphrase: str, version: int, tmp_path: Path
) -> None:
    made = make_putty_key(tmp_path, kind, version=version, passphrase=passphrase)
    assert made.text.startswith(f"PuTTY-User-Key-File-{version}: ")
    assert ("Encryption: aes256-cbc\n" in made.text) == bool(passphrase)
    assert_signs_as(made.path.read_bytes(), passphrase or None, made.public_line)


@pytest.mark.parametrize("flavour", ["argon2i", "argon2d", "argon2id"])
def test_every_flavour_of_argon2_opens(flavour: str, tmp_path: Path) -> None:
    settings = f"kdf={flavour},memory=1024,passes=3,parallelism=4"
    made = make_putty_key(tmp_path, passphrase=SESAME, settings=settings)
    assert f"Key-Derivation: {flavour.capitalize()}\n" in made.text
    assert_signs_as(made.path.read_bytes(), SESAME, made.public_line)


@each_version
def test_a_locked_key_asks_for_its_passphrase(version: int, tmp_path: Path) -> None:
    made = make_putty_key(tmp_path, version=version, passphrase=SESAME)
    for none in (None, ""):
        error = refusal(made.path.read_bytes(), none)
        assert isinstance(error, PassphraseNeeded)
        assert error.facts == {"path": REFUSED_PATH, "store": REFUSED_STORE}
        assert_tells_nothing(error, made.text)


@each_version
def test_a_wrong_passphrase_is_called_wrong(version: int, tmp_path: Path) -> None:
    made = make_putty_key(tmp_path, version=version, passphrase=SESAME)
    error = refusal(made.path.read_bytes(), "close sesame")
    assert isinstance(error, PassphraseWrong)
    assert_tells_nothing(error, made.text, "close sesame")


@each_version
def test_a_superfluous_passphrase_is_ignored(version: int, tmp_path: Path) -> None:
    made = make_putty_key(tmp_path, version=version)
    assert_signs_as(made.path.read_bytes(), SESAME, made.public_line)


@each_version
def test_a_passphrase_typed_under_windows_opens_there(
    version: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_putty_key(tmp_path, version=version, passphrase="schlüssel".encode("cp1252"))
    assert isinstance(refusal(made.path.read_bytes(), "schlüssel"), PassphraseWrong)
    monkeypatch.setattr(locale, "getencoding", lambda: "cp1252")
    assert_signs_as(made.path.read_bytes(), "schlüssel", made.public_line)
    assert isinstance(refusal(made.path.read_bytes(), "ключ"), PassphraseWrong)


def test_a_passphrase_of_any_letters_opens(tmp_path: Path) -> None:
    made = make_putty_key(tmp_path, passphrase="schlüssel ключ")
    assert_signs_as(made.path.read_bytes(), made.passphrase, made.public_line)


@pytest.mark.parametrize(("kind", "word"), [(("dsa", "1024"), "DSA"), (("eddsa", "448"), "Ed448")])
def test_types_that_cannot_log_in_are_named_before_a_passphrase_is_asked_for(
    kind: tuple[str, str], word: str, tmp_path: Path
) -> None:
    made = make_putty_key(tmp_path, kind, passphrase=SESAME)
    error = refusal(made.path.read_bytes())
    assert isinstance(error, KeyUnsupported)
    assert error.facts["key_type"] == word


@pytest.mark.parametrize("version", [0, 1, 4, 10])
def test_other_versions_of_the_format_are_named(version: int, tmp_path: Path) -> None:
    made = make_putty_key(tmp_path)
    error = refusal(made.text.replace("File-3", f"File-{version}").encode())
    assert isinstance(error, KeyUnsupported)
    assert error.facts["key_type"] == f"a PuTTY key in version {version} of its format"


@pytest.mark.parametrize("given", [None, SESAME])
@pytest.mark.parametrize("passphrase", ["", SESAME], ids=["open", "locked"])
@each_version
def test_a_key_cut_off_anywhere_is_damaged(
    passphrase: str, version: int, given: str | None, tmp_path: Path
) -> None:
    made = make_putty_key(tmp_path, version=version, passphrase=passphrase)
    lines = made.text.splitlines(keepends=True)
    for count in range(1, len(lines)):
        error = refusal("".join(lines[:count]).encode(), given)
        assert isinstance(error, KeyUnreadable)
        assert error.facts["reason"] == "it is damaged or cut off"
        assert_tells_nothing(error, made.text)


@each_version
def test_an_open_key_with_one_letter_changed_is_damaged(version: int, tmp_path: Path) -> None:
    made = make_putty_key(tmp_path, version=version)
    lines = made.text.splitlines()
    for number, line in enumerate(lines):
        if not line.startswith(("PuTTY", "Encryption", "Public-Lines", "Private-Lines")):
            place = len(line) - 1 if ":" in line else 0
            other = "0" if line[place] != "0" else "1"
            changed = [*lines[:number], line[:place] + other + line[place + 1 :], *lines[number + 1 :]]
            error = refusal("\n".join(changed).encode())
            assert isinstance(error, KeyUnreadable), line
            assert_tells_nothing(error, *changed)


@each_version
def test_the_public_half_of_a_locked_key_cannot_be_exchanged(version: int, tmp_path: Path) -> None:
    mine = make_putty_key(tmp_path, version=version, passphrase=SESAME, name="mine")
    other = make_putty_key(tmp_path, version=version, passphrase=SESAME, name="other")
    exchanged = mine.text.replace(public_part(mine), public_part(other))
    assert isinstance(refusal(exchanged.encode(), SESAME), PassphraseWrong)


def test_halves_that_do_not_belong_together_are_damage_also_under_a_good_seal(tmp_path: Path) -> None:
    made = make_putty_key(tmp_path)
    other = Ed25519PrivateKey.generate().private_bytes_raw()
    assert isinstance(refusal(sealed_again(made, string(other))), KeyUnreadable)
    for blob in (b"", string(b""), string(bytes(33)), b"\xff\xff\xff\xff"):
        assert isinstance(refusal(sealed_again(made, blob)), KeyUnreadable)


@pytest.mark.parametrize("number", [b"", b"\x01", b"\x02", b"\x7f" * 4096])
@pytest.mark.parametrize("kind", [("rsa", "1024"), ("ecdsa", "384")], ids="".join)
def test_numbers_that_make_no_key_are_damage_also_under_a_good_seal(
    kind: tuple[str, str], number: bytes, tmp_path: Path
) -> None:
    made = make_putty_key(tmp_path, kind)
    error = refusal(sealed_again(made, string(number) * 4))
    assert isinstance(error, KeyUnreadable)
    assert error.__context__ is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Argon2-Memory", str(8 * 1024 * 1024)),
        ("Argon2-Memory", str(2**40)),
        ("Argon2-Memory", "9" * 5000),
        ("Argon2-Memory", "0"),
        ("Argon2-Memory", "-8192"),
        ("Argon2-Memory", "much"),
        ("Argon2-Passes", str(2**32 - 1)),
        ("Argon2-Passes", "0"),
        ("Argon2-Passes", "-1"),
        ("Argon2-Parallelism", "0"),
        ("Argon2-Parallelism", str(2**40)),
        ("Argon2-Salt", "salt"),
        ("Argon2-Salt", ""),
        ("Key-Derivation", "Argon3"),
        ("Encryption", "rot13"),
    ],
)
def test_settings_that_make_no_sense_are_refused_before_a_passphrase_is_asked_for(
    name: str, value: str, tmp_path: Path
) -> None:
    made = make_putty_key(tmp_path, passphrase=SESAME)
    for given in (None, SESAME):
        error = refusal(replaced(made.text, name, value), given)
        assert isinstance(error, KeyUnreadable)
        assert_tells_nothing(error, made.text, SESAME)


def test_a_key_that_would_take_gigabytes_to_unlock_says_so(tmp_path: Path) -> None:
    made = make_putty_key(tmp_path, passphrase=SESAME)
    error = refusal(replaced(made.text, "Argon2-Memory", str(4 * 1024 * 1024)), SESAME)
    assert "too much memory" in error.facts["reason"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: "".join(f"    {line}  \n" for line in text.splitlines()),
        lambda text: f"\n\n  {text.strip()}",
        lambda text: f"\ufeff{text}",
        lambda text: f"my key\n{text}",
        lambda text: f"{text}\nand words behind it",
    ],
    ids=["crlf", "cr", "empty lines", "blanks", "no last line end", "byte order mark", "before", "behind"],
)
@each_version
def test_a_key_survives_pasting(spoil: Callable[[str], str], version: int, tmp_path: Path) -> None:
    made = make_putty_key(tmp_path, version=version, passphrase=SESAME)
    assert_signs_as(spoil(made.text).encode(), SESAME, made.public_line)


@pytest.mark.parametrize("comment", ["", "  me, at work:  ", "schlüssel", "PuTTY-User-Key-File-3: x"])
def test_any_comment_will_do(comment: str, tmp_path: Path) -> None:
    made = make_putty_key(tmp_path, comment=comment)
    assert f"Comment: {comment}\n" in made.text
    assert_signs_as(made.path.read_bytes(), None, made.public_line)


def test_an_ed25519_key_that_ends_in_zeros_is_read(tmp_path: Path) -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 30)) + bytes(3))
    path = tmp_path / "zeros"
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    path.chmod(0o600)
    line = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    made = convert_to_putty_key(KeyFile(path, line))
    assert made.public_line == line
    for data in (made.path.read_bytes(), sealed_again(made, string(bytes(range(1, 30))))):
        assert_signs_as(data, None, line)


def test_a_pasted_key_is_named_by_its_fingerprint(tmp_path: Path) -> None:
    made = make_putty_key(tmp_path)
    assert pasted_key_fingerprint(made.text) == fingerprint(load_private_key(made.path.read_bytes(), None))
    locked = make_putty_key(tmp_path, passphrase=SESAME, name="locked")
    assert pasted_key_fingerprint(locked.text) == ""
