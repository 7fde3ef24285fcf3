"""Servers that show a certificate for their host key, and what ssh(1) makes of them."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.core.errors import Cause
from tests.support.certificates import FOR_A_DAY, LONG_OVER, NOT_YET, Authority
from tests.support.keys import KeyFile, make_key
from tests.support.security_key import EcdsaDevice, Ed25519Device, SecurityKey, certified
from tests.support.sshd import OpenSshServer
from tests.support.stage import attempt, with_key
from tests.support.system_user import SystemUser

HOST = "127.0.0.1"
# Bits of known_hosts: the authority, another one, the server's plain key, and somebody else's.
TRUSTED = "@cert-authority * CA\n"
ANOTHER = "@cert-authority * ANOTHER\n"
PLAIN = f"{HOST} PLAIN\n"


@dataclass(frozen=True, slots=True)
class Bastion:
    """`server` shows the certificate in the folder `shown`, for whichever of its keys that was made."""

    server: OpenSshServer
    key: KeyFile
    folder: Path
    authority: Authority
    another: Authority

    def show(self, *, principals: str = HOST, valid: str = FOR_A_DAY, kind: str = "ed25519") -> None:
        public = self.server.host_public_path(kind)
        made = self.authority.sign(public, principals=principals, valid=valid, host=True)
        self.server.stop()
        made.replace(self.folder / "shown")
        self.server.start()

    def known(self, text: str) -> Path:
        path = self.folder / "known_hosts"
        words = {
            "ANOTHER": self.another.key.public_line,
            "CA": self.authority.key.public_line,
            "PLAIN": self.server.host_key(),
            "PORT": str(self.server.endpoint.port),
        }
        for word, stands_for in words.items():
            text = text.replace(f" {word}", f" {stands_for}").replace(f":{word}", f":{stands_for}")
        path.write_text(text)
        return path

    def logs_in(self, text: str) -> Cause | None:
        """What was the matter, with that in known_hosts."""
        hop = with_key(self.server.endpoint, self.server.user, self.key.path)
        with attempt(hop, self.known(text)) as outcome:
            return None if outcome.logged_in() else outcome.cause

    def code(self, text: str) -> str:
        cause = self.logs_in(text)
        return "" if cause is None else cause.code

    def ssh_logs_in(self, text: str) -> bool:
        trust = (
            "StrictHostKeyChecking=yes",
            f"UserKnownHostsFile={self.known(text)}",
            "GlobalKnownHostsFile=none",
        )
        options = [word for each in (*trust, "BatchMode=yes") for word in ("-o", each)]
        login = ["-i", str(self.key.path), "-p", str(self.server.endpoint.port), f"{self.server.user}@{HOST}"]
        command = ["ssh", "-F", "none", *options, *login, "true"]
        return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0


@pytest.fixture(scope="module")
def bastion(tmp_path_factory: pytest.TempPathFactory, system_user: SystemUser) -> Iterator[Bastion]:
    folder = tmp_path_factory.mktemp("bastion")
    key = make_key(folder)
    server = OpenSshServer(f"HostCertificate {folder / 'shown'}", user=system_user.name, keys=[key])
    try:
        yield Bastion(server, key, folder, Authority(folder), Authority(folder, name="another"))
    finally:
        server.close()


def test_a_certificate_makes_a_key_known_and_both_programs_agree_on_whose_word_counts(
    bastion: Bastion,
) -> None:
    bastion.show()
    assert bastion.code(TRUSTED) == ""
    told = {
        f"@cert-authority {HOST} CA\n": "",
        f"@cert-authority [{HOST}]:PORT CA\n": "",
        "@cert-authority 127.0.0.* CA\n": "",
        f"{ANOTHER}{TRUSTED}": "",
        f"@cert-authority [{HOST}]:1 CA\n": "host_key_unknown",
        f"@cert-authority *,!{HOST} CA\n": "",
        f"@cert-authority *,!{HOST},![{HOST}]:PORT CA\n": "host_key_unknown",
        f"{HOST} CA\n": "host_key_unknown",
        "@cert-authority * PLAIN\n": "host_certificate_unknown_authority",
        ANOTHER: "host_certificate_unknown_authority",
        f"{ANOTHER}{PLAIN}": "",
        f"{TRUSTED}@revoked * CA\n": "host_key_revoked",
        f"{TRUSTED}@revoked * PLAIN\n": "host_key_revoked",
        f"{TRUSTED}{PLAIN}@revoked * CA\n": "host_key_revoked",
        f"{TRUSTED}@revoked * ANOTHER\n": "",
        f"[{HOST}]:PORT ANOTHER\n{ANOTHER}": "host_key_changed",
        f"[{HOST}]:PORT ANOTHER\n{TRUSTED}": "",
    }
    assert {text: bastion.code(text) for text in told} == told
    assert [text for text, code in told.items() if bastion.ssh_logs_in(text) != (code == "")] == []


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_every_kind_of_host_key_can_be_certified(bastion: Bastion, kind: str, ssh_kind: str) -> None:
    bastion.show(kind=kind)
    assert bastion.code(TRUSTED) == ""
    assert bastion.code(ANOTHER) == "host_certificate_unknown_authority"


@pytest.mark.parametrize(
    ("valid", "title"), [(LONG_OVER, "has expired"), (NOT_YET, "is not valid yet")], ids=["over", "not yet"]
)
def test_a_certificate_out_of_its_time(bastion: Bastion, valid: str, title: str) -> None:
    bastion.show(valid=valid)
    cause = bastion.logs_in(TRUSTED)
    assert cause is not None
    assert cause.code == "host_certificate_expired"
    assert cause.fact("begins") == str(valid is NOT_YET)
    assert cause.fact("date").endswith("Z")
    assert bastion.code(f"{TRUSTED}{PLAIN}") == ""
    assert not bastion.ssh_logs_in(TRUSTED)
    assert bastion.ssh_logs_in(f"{TRUSTED}{PLAIN}")


def test_a_certificate_for_other_hosts(bastion: Bastion) -> None:
    bastion.show(principals="db.internal,db2.internal")
    cause = bastion.logs_in(TRUSTED)
    assert cause is not None
    assert cause.code == "host_certificate_wrong_name"
    assert (cause.fact("name"), cause.fact("names")) == (HOST, "db.internal, db2.internal")
    assert bastion.code(f"{TRUSTED}{PLAIN}") == ""
    assert not bastion.ssh_logs_in(TRUSTED)


def test_a_certificate_that_names_nobody_is_for_nobody(bastion: Bastion) -> None:
    bastion.show(principals="")
    assert bastion.code(TRUSTED) == "host_certificate_wrong_name"


def test_a_certificate_for_all_hosts_of_a_kind(bastion: Bastion) -> None:
    bastion.show(principals="127.0.*")
    assert bastion.code(TRUSTED) == ""


@pytest.mark.parametrize("device", [Ed25519Device(), EcdsaDevice()], ids=["ed25519", "ecdsa"])
def test_an_authority_whose_key_is_in_a_security_key(device: SecurityKey, bastion: Bastion) -> None:
    made = certified(device, bastion.server.host_public_path("ed25519"), HOST)
    bastion.server.stop()
    made.replace(bastion.folder / "shown")
    bastion.server.start()
    authority = f"@cert-authority * {device.kind.decode()} {base64.b64encode(device.public_blob).decode()}\n"
    assert bastion.code(authority) == ""
    assert bastion.ssh_logs_in(authority)
