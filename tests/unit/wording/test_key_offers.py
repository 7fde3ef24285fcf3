"""What is said about certificates and keys that did not let anybody in."""

from __future__ import annotations

import pytest

from desktop.core.errors import AuthRejected
from desktop.core.key_offer_errors import (
    CertificateExpired,
    CertificateForOthers,
    CertificateMismatch,
    CertificateNotYetValid,
    KeysMissing,
)
from desktop.core.model import AuthMethod
from desktop.wording.messages import advice, title

PATH = "/home/ada/.ssh/id-cert.pub"


def test_an_expired_certificate_is_said_to_be_with_its_day() -> None:
    cause = CertificateExpired(certificate=PATH, valid_before=1_577_966_400).cause
    assert title(cause).startswith(f"The certificate {PATH} expired on 2020-01-02 ")
    assert "set this computer's clock" in advice(cause)


@pytest.mark.parametrize("moment", [2**64 - 1, 10**12])
def test_a_day_beyond_every_calendar_is_no_trouble(moment: int) -> None:
    cause = CertificateNotYetValid(certificate=PATH, valid_after=moment).cause
    assert title(cause) == f"The certificate {PATH} is valid only from a time that no calendar has on"


@pytest.mark.parametrize(
    ("principals", "told"), [("root, ops", "It names: root, ops."), ("", "It names nobody.")]
)
def test_who_a_certificate_is_made_out_to_is_told(principals: str, told: str) -> None:
    cause = CertificateForOthers(certificate=PATH, user="ada", principals=principals).cause
    assert title(cause) == f"The certificate {PATH} is not made out to ada"
    assert advice(cause).startswith(told)


def test_a_certificate_of_an_agent_that_calls_it_nothing_has_words_too() -> None:
    cause = CertificateMismatch(certificate="", fingerprint="SHA256:x").cause
    assert title(cause) == "The certificate for the key belongs to another key"


def test_a_refusal_asks_about_the_certificate_and_names_what_was_passed_over() -> None:
    cause = AuthRejected(
        user="ada",
        host="bastion.example.com",
        method=AuthMethod.SSH_CONFIG,
        certificate="ada of June",
        passed_over="/home/ada/.ssh/broken",
    ).cause
    assert title(cause) == "bastion.example.com took none of the keys for ada"
    assert "The certificate ada of June was shown as well" in advice(cause)
    assert "/home/ada/.ssh/broken" in advice(cause)


@pytest.mark.parametrize(("agent", "told"), [("empty", True), ("", False)])
def test_where_there_is_no_key_the_files_and_the_agent_are_named(agent: str, told: bool) -> None:
    cause = KeysMissing(looked_at="/home/ada/.ssh/id_rsa", agent=agent).cause
    assert "Looked for: /home/ada/.ssh/id_rsa." in advice(cause)
    assert ("No SSH agent has one either." in advice(cause)) is told
