"""Certificates as ssh-keygen makes them, and what can be wrong with one before anybody asks whom it is for."""

from __future__ import annotations

import base64
import random
import subprocess
from pathlib import Path

import pytest

from desktop.ssh.certificate import Certificate, CertificateKind, read_certificate
from tests.support.certificates import Authority
from tests.support.keys import KeyFile, make_key_with_ssh_keygen
from tests.support.security_key import EcdsaDevice, Ed25519Device, SecurityKey, certified

KEY_KINDS = {
    "ssh-ed25519": ("-t", "ed25519"),
    "ssh-rsa": ("-t", "rsa", "-b", "2048"),
    "ecdsa-sha2-nistp256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa-sha2-nistp384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa-sha2-nistp521": ("-t", "ecdsa", "-b", "521"),
}
WITHOUT_END = 2**64 - 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return Authority(folder)


@pytest.fixture(scope="module")
def key(folder: Path) -> KeyFile:
    return make_key_with_ssh_keygen(folder)


def blob_of(path: Path) -> bytes:
    return base64.b64decode(path.read_text().split()[1])


def read(path: Path) -> Certificate:
    return read_certificate(blob_of(path))


@pytest.mark.parametrize("key_type", KEY_KINDS)
def test_what_is_in_a_certificate(key_type: str, tmp_path: Path, authority: Authority) -> None:
    made = make_key_with_ssh_keygen(tmp_path, *KEY_KINDS[key_type])
    options = ("-z", "7", "-O", "source-address=10.0.0.0/8", "-O", "no-pty")
    found = read(authority.sign(made.public_path, *options, principals="me,du", valid="0x1:0x7fffffff"))
    public = base64.b64encode(found.key).decode()
    assert f"{found.key_type} {public}" == made.public_line
    assert found.algorithm == f"{key_type}-cert-v01@openssh.com"
    assert (found.serial, found.kind, found.key_id) == (7, CertificateKind.USER, "made for a test")
    assert found.principals == ("me", "du")
    assert (found.valid_after, found.valid_before) == (1, 0x7FFFFFFF)
    assert found.critical_options == ("source-address",)
    assert "permit-port-forwarding" in found.extensions
    assert "permit-pty" not in found.extensions
    assert f"{found.authority_type} {base64.b64encode(found.authority).decode()}" == authority.key.public_line
    assert found.has_good_signature()


@pytest.mark.parametrize("key_type", KEY_KINDS)
def test_the_signature_of_each_kind_of_authority(key_type: str, tmp_path: Path, key: KeyFile) -> None:
    authority = Authority(tmp_path, *KEY_KINDS[key_type])
    assert read(authority.sign(key.public_path)).has_good_signature()


def test_one_for_a_host_without_names_and_end(key: KeyFile, authority: Authority) -> None:
    found = read(authority.sign(key.public_path, host=True, valid="always:forever"))
    assert found.kind is CertificateKind.HOST
    assert found.principals == ()
    assert (found.valid_after, found.valid_before) == (0, WITHOUT_END)


def test_a_changed_byte_breaks_the_signature(key: KeyFile, authority: Authority) -> None:
    blob = blob_of(authority.sign(key.public_path, principals="me"))
    at = blob.index(b"made for a test")
    assert not read_certificate(blob[:at] + b"M" + blob[at + 1 :]).has_good_signature()
    assert not read_certificate(blob[:-1] + bytes([blob[-1] ^ 1])).has_good_signature()


def test_a_signature_by_sha_1_counts_for_nothing(tmp_path: Path, key: KeyFile) -> None:
    authority = Authority(tmp_path, *KEY_KINDS["ssh-rsa"])
    assert not read(authority.sign(key.public_path, "-t", "ssh-rsa")).has_good_signature()


def test_no_part_of_a_certificate_is_one(key: KeyFile, authority: Authority) -> None:
    blob = blob_of(authority.sign(key.public_path, principals="me"))
    for size in range(len(blob)):
        with pytest.raises(ValueError, match=r"."):
            read_certificate(blob[:size])
    with pytest.raises(ValueError, match="after the signature"):
        read_certificate(blob + b"more")


def test_a_plain_key_is_no_certificate(key: KeyFile) -> None:
    with pytest.raises(ValueError, match="no certificate"):
        read_certificate(blob_of(key.public_path))


@pytest.mark.parametrize("device", [Ed25519Device(), EcdsaDevice()], ids=["ed25519", "ecdsa"])
def test_a_security_key_is_an_authority_as_others_are(device: SecurityKey, key: KeyFile) -> None:
    path = certified(device, key.public_path, "bastion.internal")
    # It reads none whose signature is wrong.
    told = subprocess.run(
        ["ssh-keygen", "-L", "-f", str(path)], check=True, capture_output=True, stdin=subprocess.DEVNULL
    )
    assert b"bastion.internal" in told.stdout
    blob = blob_of(path)
    assert read_certificate(blob).has_good_signature()
    at = blob.index(b"made for a test")
    assert not read_certificate(blob[:at] + b"M" + blob[at + 1 :]).has_good_signature()
    # The counter is signed, too.
    assert not read_certificate(blob[:-1] + bytes([blob[-1] ^ 1])).has_good_signature()


def test_an_authority_of_an_unknown_kind_signs_nothing(key: KeyFile) -> None:
    device = Ed25519Device()
    device.kind = b"sk-of-the-future@example.com"
    assert not read(certified(device, key.public_path, "bastion.internal")).has_good_signature()


@pytest.mark.parametrize("key_type", [*KEY_KINDS, "security key ed25519", "security key ecdsa"])
def test_whatever_is_changed_of_what_was_signed_it_is_refused(
    key_type: str, tmp_path: Path, key: KeyFile
) -> None:
    if key_type in KEY_KINDS:
        blob = blob_of(Authority(tmp_path, *KEY_KINDS[key_type]).sign(key.public_path, principals="me"))
    else:
        device = EcdsaDevice() if key_type.endswith("ecdsa") else Ed25519Device()
        blob = blob_of(certified(device, key.public_path, "me"))
    authority = read_certificate(blob).authority
    signed_bytes = blob.rindex(authority) + len(authority)
    dice = random.Random(6)
    for _ in range(400):
        at, value = dice.randrange(len(blob)), dice.randrange(1, 256)
        try:
            changed = read_certificate(blob[:at] + bytes([blob[at] ^ value]) + blob[at + 1 :])
        except ValueError:
            continue
        # Numbers may be written in several ways in the signature itself.
        is_good = changed.has_good_signature()
        assert not is_good or at >= signed_bytes, (at, value)
