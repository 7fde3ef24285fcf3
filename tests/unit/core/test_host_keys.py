"""Which of the known keys a refusal is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.errors import Cause, HostKeyRevoked
from desktop.core.host_key_errors import HostCertificateUnknownAuthority, HostKeyStrict
from desktop.core.host_keys import HostKeyEntry, HostKeyKind, entry_in_question
from tests.support.host_keys import changed

KEY = HostKeyEntry("a", "ssh-ed25519", "SHA256:one", HostKeyKind.KEY, "a one", "/known", 1)
REVOKED = replace(KEY, kind=HostKeyKind.REVOKED, line="@revoked a one", line_number=2)
AUTHORITY = replace(KEY, kind=HostKeyKind.AUTHORITY, fingerprint="SHA256:ca", line_number=3)
OTHER_AUTHORITY = replace(AUTHORITY, fingerprint="SHA256:other", line_number=4)
ENTRIES = (KEY, REVOKED, AUTHORITY, OTHER_AUTHORITY)
HOST: dict[str, str | int] = {"host": "a", "port": 22}
SHOWN: dict[str, str | int] = {**HOST, "key_type": "ssh-ed25519", "fingerprint": "SHA256:one"}


def revoked(place: str) -> Cause:
    return HostKeyRevoked(**SHOWN, known_in=place).cause


def unknown_authority(place: str) -> Cause:
    return HostCertificateUnknownAuthority(**HOST, authority="SHA256:new", known_in=place).cause


@pytest.mark.parametrize(
    ("cause", "found"),
    [
        (revoked("/known:2"), REVOKED),
        (revoked("/known:7"), REVOKED),
        (revoked("/known:1"), REVOKED),
        (unknown_authority("/known:4"), OTHER_AUTHORITY),
        (unknown_authority("/known:9"), None),
        (unknown_authority("/known:1"), None),
        (changed(known_fingerprint="SHA256:one", known_in="/known:1").cause, KEY),
        (changed(known_fingerprint="SHA256:gone", known_in="/known:1").cause, None),
        (HostKeyStrict(**SHOWN, files="/known").cause, None),
    ],
)
def test_it_is_found_by_its_place_and_by_what_it_says(cause: Cause, found: HostKeyEntry | None) -> None:
    assert entry_in_question(ENTRIES, cause) == found


def test_of_two_lines_that_say_the_same_it_is_the_one_at_the_place() -> None:
    again = replace(REVOKED, line_number=9)
    assert entry_in_question((*ENTRIES, again), revoked("/known:9")) == again
