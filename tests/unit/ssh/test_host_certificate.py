"""What speaks against a host certificate of a trusted authority."""

from __future__ import annotations

import base64
import time
from pathlib import Path

import pytest

from desktop.core.host_key_errors import (
    CertificateProblem,
    HostCertificateExpired,
    HostCertificateInvalid,
    HostCertificateWrongName,
)
from desktop.ssh.certificate import Certificate, read_certificate
from desktop.ssh.host_certificate import objection, shown_names
from tests.support.certificates import Authority
from tests.support.keys import KeyFile, make_key_with_ssh_keygen

NAME = "bastion.internal"
FACTS: dict[str, str | int] = {"host": NAME, "port": 22, "authority": "SHA256:ca"}
NOON = 1_700_000_000


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> KeyFile:
    return make_key_with_ssh_keygen(tmp_path_factory.mktemp("host"))


def blob_of(path: Path) -> bytes:
    return base64.b64decode(path.read_text().split()[1])


def made(
    authority: Authority, key: KeyFile, *options: str, names: str = NAME, valid: str = "always:forever"
) -> Certificate:
    path = authority.sign(key.public_path, *options, principals=names, valid=valid, host=True)
    return read_certificate(blob_of(path))


@pytest.mark.parametrize("names", [NAME, f"other,{NAME}", "*.internal", "bastion.interna?", "*"])
def test_a_certificate_that_has_the_name(names: str, authority: Authority, key: KeyFile) -> None:
    assert objection(made(authority, key, names=names), NAME, time.time(), FACTS) is None


@pytest.mark.parametrize(
    "names", ["", "other", "bastion", f"{NAME}.", "Bastion.internal", "!*", f"[{NAME}]:22"]
)
def test_a_certificate_that_has_other_names(names: str, authority: Authority, key: KeyFile) -> None:
    error = objection(made(authority, key, names=names), NAME, time.time(), FACTS)
    assert isinstance(error, HostCertificateWrongName)
    assert error.facts["names"] == names


@pytest.mark.parametrize(
    ("now_s", "begins"), [(NOON - 1, "True"), (NOON, None), (NOON + 59, None), (NOON + 60, "False")]
)
def test_the_time_of_a_certificate(
    now_s: int, begins: str | None, authority: Authority, key: KeyFile
) -> None:
    error = objection(made(authority, key, valid=f"{NOON:#x}:{NOON + 60:#x}"), NAME, now_s, FACTS)
    if begins is None:
        assert error is None
    else:
        assert isinstance(error, HostCertificateExpired)
        limit = "2023-11-14T22:13:20Z" if begins == "True" else "2023-11-14T22:14:20Z"
        assert (error.facts["begins"], error.facts["date"]) == (begins, limit)


def test_a_time_that_no_calendar_has(authority: Authority, key: KeyFile) -> None:
    error = objection(made(authority, key, valid=f"{2**63:#x}:forever"), NAME, NOON, FACTS)
    assert isinstance(error, HostCertificateExpired)
    assert error.facts["date"].startswith("9999-12-31")


def test_one_for_a_user_is_none_for_a_host(authority: Authority, key: KeyFile) -> None:
    user = read_certificate(blob_of(authority.sign(key.public_path, principals=NAME)))
    assert problem(user) == CertificateProblem.FOR_A_USER


def test_what_it_does_not_understand_it_does_not_trust(authority: Authority, key: KeyFile) -> None:
    assert (
        problem(made(authority, key, "-O", "critical:only-on=sundays")) == CertificateProblem.UNKNOWN_OPTION
    )
    extended = made(authority, key, "-O", "extension:colour=blue")
    assert objection(extended, NAME, NOON, FACTS) is None


def test_a_forged_one_is_worth_nothing(authority: Authority, key: KeyFile) -> None:
    path = authority.sign(key.public_path, principals="other", host=True)
    forged = read_certificate(blob_of(path).replace(b"other", b"ot\x1ber"))
    assert problem(forged) == CertificateProblem.SIGNATURE


def problem(certificate: Certificate) -> str:
    error = objection(certificate, NAME, NOON, FACTS)
    assert isinstance(error, HostCertificateInvalid)
    return error.facts["problem"]


def test_names_are_shown_without_what_moves_a_cursor_and_not_by_the_hundred() -> None:
    assert shown_names(("a\x1b[2Jb", "c")) == "a.[2Jb, c"
    assert shown_names(tuple(f"host{number}" for number in range(100))).endswith("host4 and 95 more")
    assert len(shown_names(("x" * 1000,))) < 100
