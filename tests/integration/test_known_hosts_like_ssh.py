"""Which lines of a known_hosts file are about a host: the same that ssh-keygen(1) finds.

Where the two differ on purpose: ssh-keygen -F finds lines whose key is broken, which ssh(1) passes over as we do. And
ssh passes over a marker with a tab behind it; for @revoked that would trust a key which somebody took back.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from desktop.core.plan import Trust
from desktop.ssh.known_hosts import KnownHosts
from tests.support.host_keys import hashed_name
from tests.support.keys import KeyKind, make_key

NAMES = (
    "bastion",
    "bastion.example.com",
    "db.example.com",
    "[bastion.example.com]:2222",
    "[db.example.com]:2222",
    "10.1.2.3",
    "2001:db8::1",
    "[2001:db8::1]:2222",
    "xn--bcher-kva.example",
)
# KEY, RSA and ECDSA stand for whole public keys.
LINES = """
bastion.example.com KEY
BASTION.Example.COM RSA with a comment
bastion,bastion.example.com,10.1.2.3 ECDSA
*.example.com KEY
*.example.com,!db.example.com KEY
!db.example.com,*.example.com KEY
!db.example.com KEY
[*.example.com]:2222 KEY
[bastion.example.com]:2222,[10.1.2.3]:2222 KEY
[bastion.example.com]:22 KEY
bastion.example.co? KEY
bastion?example.com KEY
?astion KEY
* KEY
*,!bastion KEY
b*n.*e.c*m KEY
10.1.2.* KEY
2001:db8::1 KEY
2001:db8::* KEY
[2001:db8::1]:2222 KEY
xn--bcher-kva.example KEY
bastion[.]example.com KEY
bastion.example.com, KEY
,bastion.example.com KEY
@cert-authority *.example.com KEY
@revoked * KEY
@revoked bastion.example.com RSA
@unheard-of bastion.example.com KEY
@revoked @cert-authority bastion.example.com KEY
@revoked
@revoked bastion.example.com
  bastion.example.com   KEY
\tbastion.example.com\tKEY\tcomment
# bastion.example.com KEY
#bastion.example.com KEY
bastion.example.com
bastion.example.com ssh-ed25519
bastion.example.com 1024 35 12345678901234567890
HASH(bastion.example.com) KEY
HASH(db.example.com) RSA
HASH([bastion.example.com]:2222) ECDSA
@revoked HASH(bastion.example.com) KEY
@cert-authority HASH(bastion.example.com) KEY
|1|broken KEY
|1|not base64|either KEY
|2|AAAA|AAAA KEY
|1|AAAA|AAAA KEY
"""


@pytest.fixture(scope="module")
def known_hosts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("known")
    text = re.sub(r"HASH\((.*?)\)", lambda found: hashed_name(found[1]), LINES)
    for word, kind in (("KEY", KeyKind.ED25519), ("RSA", KeyKind.RSA), ("ECDSA", KeyKind.ECDSA_256)):
        text = re.sub(rf"(?<=\s){word}\b", make_key(folder, kind).public_line, text)
    path = folder / "known_hosts"
    path.write_bytes(
        text.encode() + b"\xff\xfe bastion " + b"\n" + b"bastion\xff.example.com ssh-ed25519 AAAA\n"
    )
    return path


def found_by_ssh_keygen(path: Path, name: str) -> list[int]:
    command = ["ssh-keygen", "-F", name, "-f", str(path)]
    said = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL).stdout.decode()
    return [int(number) for number in re.findall(r"^# Host .* found: line (\d+)", said, re.MULTILINE)]


@pytest.mark.parametrize("name", NAMES)
def test_the_lines_about_a_host(known_hosts: Path, name: str) -> None:
    found = KnownHosts(known_hosts.with_name("own"), [known_hosts]).about(Trust(name))
    about = [entry for entry in found if entry.names(name)]
    assert [entry.line_number for entry in about] == found_by_ssh_keygen(known_hosts, name)
