"""known_hosts files as people have them, and whether a server is one they know."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path

import paramiko
import pytest

from desktop.core.errors import ConfigNotWritable, HostKeyChanged, HostKeyRevoked, HostKeyUnknown
from desktop.core.model import Endpoint
from desktop.core.plan import known_hosts_name
from desktop.ssh.host_check import HostCheck
from desktop.ssh.keys import fingerprint, load_private_key
from desktop.ssh.known_hosts import KnownHosts, system_known_hosts
from tests.support.keys import KeyKind, make_key

BASTION = Endpoint("bastion.example.com", 22)
OTHER_PORT = Endpoint("bastion.example.com", 2222)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, paramiko.PKey]:
    folder = tmp_path_factory.mktemp("keys")
    made = {
        "ed25519": make_key(folder, name="one"),
        "another": make_key(folder, name="two"),
        "ecdsa": make_key(folder, KeyKind.ECDSA_256),
        "rsa": make_key(folder, KeyKind.RSA),
    }
    return {name: load_private_key(key.path.read_bytes(), None) for name, key in made.items()}


def line(key: paramiko.PKey) -> str:
    return f"{key.get_name()} {key.get_base64()}"


def hashed(name: str) -> str:
    salt = bytes(range(20))
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


def known(tmp_path: Path, text: str) -> KnownHosts:
    path = tmp_path / "known_hosts"
    path.write_bytes(text.encode())
    return KnownHosts(tmp_path / "own" / "known_hosts", [path])


@pytest.mark.parametrize(
    ("hosts", "endpoint", "matches"),
    [
        ("bastion.example.com", BASTION, True),
        ("BASTION.example.com", BASTION, True),
        ("bastion.example.com", Endpoint("Bastion.Example.COM", 22), True),
        ("bastion.example.com", OTHER_PORT, False),
        ("[bastion.example.com]:2222", OTHER_PORT, True),
        ("[bastion.example.com]:2222", BASTION, False),
        ("other.example.com,bastion.example.com", BASTION, True),
        ("*.example.com", BASTION, True),
        ("bastion.example.co?", BASTION, True),
        ("bastion.example.com?", BASTION, False),
        ("[*.example.com]:2222", OTHER_PORT, True),
        ("*", OTHER_PORT, True),
        ("bastion[.]example.com", BASTION, False),
        ("*.example.com,!bastion.example.com", BASTION, False),
        ("!bastion.example.com,*.example.com", BASTION, False),
        ("!other.example.com", BASTION, False),
        ("2001:db8::1", Endpoint("2001:db8::1", 22), True),
        (hashed("bastion.example.com"), BASTION, True),
        (hashed("bastion.example.com"), OTHER_PORT, False),
        (hashed("[bastion.example.com]:2222"), OTHER_PORT, True),
        ("|1|broken", BASTION, False),
        ("|1|not base64|either", BASTION, False),
    ],
)
def test_whom_an_entry_names(
    hosts: str, endpoint: Endpoint, matches: bool, tmp_path: Path, keys: dict[str, paramiko.PKey]
) -> None:
    store = known(tmp_path, f"{hosts} {line(keys['ed25519'])}\n")
    assert bool(store.about(endpoint)) is matches


def test_comments_empty_lines_and_line_ends_of_windows(
    tmp_path: Path, keys: dict[str, paramiko.PKey]
) -> None:
    first, second = f"{BASTION.host} {line(keys['rsa'])}", f"  {BASTION.host} {line(keys['ed25519'])} me"
    found = known(tmp_path, f"\ufeff{first}\r\n\r\n# {first}\r\n{second}\r\n").about(BASTION)
    assert [entry.key_type for entry in found] == ["ssh-rsa", "ssh-ed25519"]
    assert found[1].place == f"{tmp_path / 'known_hosts'}:4"


@pytest.mark.parametrize(
    "bad",
    [
        "bastion.example.com",
        "bastion.example.com ssh-ed25519",
        "@revoked bastion.example.com",
        "bastion.example.com 1024 35 1234567890",
        "bastion.example.com ssh-ed25519 not_base64",
        "bastion.example.com ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAA",
        "bastion.example.com ssh-ed25519 AAAAé",
    ],
)
def test_a_line_that_makes_no_sense_says_nothing(bad: str, tmp_path: Path) -> None:
    assert known(tmp_path, f"{bad}\n").about(BASTION) == []


def test_a_file_that_is_not_there_or_no_text_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    store = KnownHosts(tmp_path / "own", [tmp_path / "binary", tmp_path])
    assert store.about(BASTION) == []


def test_an_added_key_is_found_again_under_its_port(tmp_path: Path, keys: dict[str, paramiko.PKey]) -> None:
    own = tmp_path / "deep" / "known_hosts"
    KnownHosts(own).add(OTHER_PORT, *line(keys["ed25519"]).split())
    assert own.read_text() == f"[bastion.example.com]:2222 {line(keys['ed25519'])}\n"
    assert own.stat().st_mode & 0o077 == 0
    assert KnownHosts(own).about(OTHER_PORT)


def test_an_added_key_gets_a_line_of_its_own(tmp_path: Path, keys: dict[str, paramiko.PKey]) -> None:
    own = tmp_path / "known_hosts"
    own.write_text(f"other {line(keys['rsa'])}")
    for name in ("ed25519", "ecdsa"):
        KnownHosts(own).add(BASTION, *line(keys[name]).split())
    assert own.read_text().count("\n") == 3
    assert len(KnownHosts(own).about(BASTION)) == 2


def test_a_key_that_cannot_be_written_down_is_an_error(
    tmp_path: Path, keys: dict[str, paramiko.PKey]
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigNotWritable):
        KnownHosts(tmp_path / "file" / "known_hosts").add(BASTION, *line(keys["ed25519"]).split())


def test_forgetting_a_host_leaves_the_others(tmp_path: Path, keys: dict[str, paramiko.PKey]) -> None:
    own = tmp_path / "known_hosts"
    store = KnownHosts(own)
    store.forget(BASTION)
    own.write_bytes(b"# gr\xfc\xdfe\n")
    for endpoint in (BASTION, OTHER_PORT):
        store.add(endpoint, *line(keys["ed25519"]).split())
    store.forget(BASTION)
    assert store.about(BASTION) == []
    assert store.about(OTHER_PORT)
    assert own.read_bytes().startswith(b"# gr\xfc\xdfe\n")


def test_the_files_of_the_person_come_before_those_of_the_system(home: Path) -> None:
    files = system_known_hosts()
    assert files[0] == home / ".ssh" / "known_hosts"
    assert len(files) == 4
    assert known_hosts_name(Endpoint("A", 1)) == "[a]:1"


def check(tmp_path: Path, text: str, *accepted: paramiko.PKey) -> HostCheck:
    return HostCheck(BASTION, known(tmp_path, text), frozenset(line(key) for key in accepted))


def test_a_known_key_is_trusted(tmp_path: Path, keys: dict[str, paramiko.PKey]) -> None:
    lines = "".join(f"{BASTION.host} {line(keys[name])}\n" for name in ("rsa", "another", "ed25519"))
    check(tmp_path, lines).verify(keys["ed25519"])


def test_an_unknown_key_comes_with_what_an_answer_needs(
    tmp_path: Path, keys: dict[str, paramiko.PKey]
) -> None:
    with pytest.raises(HostKeyUnknown) as caught:
        check(tmp_path, "").verify(keys["ecdsa"])
    facts = caught.value.facts
    assert facts["key"] == line(keys["ecdsa"])
    assert facts["fingerprint"] == fingerprint(keys["ecdsa"])
    assert (facts["key_type"], facts["port"]) == ("ecdsa-sha2-nistp256", "22")


@pytest.mark.parametrize("known_key", ["another", "rsa"])
def test_a_changed_key_is_refused_even_when_accepted(
    known_key: str, tmp_path: Path, keys: dict[str, paramiko.PKey]
) -> None:
    text = f"{BASTION.host} {line(keys[known_key])}\n"
    with pytest.raises(HostKeyChanged) as caught:
        check(tmp_path, text, keys["ed25519"]).verify(keys["ed25519"])
    facts = caught.value.facts
    assert facts["known_fingerprint"] == fingerprint(keys[known_key])
    assert facts["fingerprint"] == fingerprint(keys["ed25519"])
    assert facts["known_in"] == f"{tmp_path / 'known_hosts'}:1"


def test_a_changed_key_is_compared_with_the_known_one_of_its_type(
    tmp_path: Path, keys: dict[str, paramiko.PKey]
) -> None:
    text = f"{BASTION.host} {line(keys['rsa'])}\n{BASTION.host} {line(keys['another'])}\n"
    with pytest.raises(HostKeyChanged) as caught:
        check(tmp_path, text).verify(keys["ed25519"])
    assert caught.value.facts["known_fingerprint"] == fingerprint(keys["another"])


def test_a_revoked_key_is_refused_whoever_trusts_it(tmp_path: Path, keys: dict[str, paramiko.PKey]) -> None:
    key = line(keys["ed25519"])
    text = f"{BASTION.host} {key}\n@revoked * {key}\n"
    with pytest.raises(HostKeyRevoked) as caught:
        check(tmp_path, text, keys["ed25519"]).verify(keys["ed25519"])
    assert caught.value.facts["known_in"].endswith(":2")


def test_a_certificate_authority_is_no_host_key(tmp_path: Path, keys: dict[str, paramiko.PKey]) -> None:
    with pytest.raises(HostKeyUnknown):
        check(tmp_path, f"@cert-authority * {line(keys['ed25519'])}\n").verify(keys["ed25519"])


def test_an_accepted_key_is_written_down_once(tmp_path: Path, keys: dict[str, paramiko.PKey]) -> None:
    for _ in range(2):
        check(tmp_path, "", keys["ed25519"]).verify(keys["ed25519"])
    own = tmp_path / "own" / "known_hosts"
    assert own.read_text() == f"{BASTION.host} {line(keys['ed25519'])}\n"
    check(tmp_path, "").verify(keys["ed25519"])


def test_algorithms_of_known_keys_are_preferred(tmp_path: Path, keys: dict[str, paramiko.PKey]) -> None:
    supported = ("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256")
    text = f"{BASTION.host} {line(keys['rsa'])}\n@revoked {BASTION.host} {line(keys['ecdsa'])}\n"
    preferred = check(tmp_path, text).preferred_algorithms(supported)
    assert preferred == ("rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519", "ecdsa-sha2-nistp256")
    assert check(tmp_path, "").preferred_algorithms(supported) == supported
