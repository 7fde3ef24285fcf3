"""known_hosts files as people have them, and the one that Caponier writes."""

from __future__ import annotations

import re
import sys
import threading
import time
from functools import partial
from pathlib import Path

import paramiko
import pytest

from desktop.core.config_errors import ConfigNotWritable
from desktop.core.model import Endpoint
from desktop.core.plan import Trust, known_hosts_name
from desktop.ssh.keys import fingerprint
from desktop.ssh.known_hosts import KnownHosts, name_without_port, system_known_hosts
from desktop.ssh.known_hosts_line import read_line
from desktop.store.file_lock import locked
from tests.support.host_keys import hashed_name, known_to_ssh, line, own_path

NAME = "bastion.example.com"
OTHER_PORT = "[bastion.example.com]:2222"
BASTION, ON_OTHER_PORT = Trust(NAME), Trust(OTHER_PORT)
NOTE = r"added 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ by Caponier"
PATIENCE_S = 2.0


@pytest.mark.parametrize(
    ("hosts", "name", "matches"),
    [
        (NAME, NAME, True),
        ("BASTION.example.com", NAME, True),
        (NAME, known_hosts_name(Endpoint("Bastion.Example.COM", 22)), True),
        (NAME, OTHER_PORT, False),
        (OTHER_PORT, OTHER_PORT, True),
        (OTHER_PORT, NAME, False),
        ("other.example.com,bastion.example.com", NAME, True),
        ("*.example.com", NAME, True),
        ("bastion.example.co?", NAME, True),
        ("bastion.example.com?", NAME, False),
        ("[*.example.com]:2222", OTHER_PORT, True),
        ("*", OTHER_PORT, True),
        ("bastion[.]example.com", NAME, False),
        ("*.example.com,!bastion.example.com", NAME, False),
        ("!bastion.example.com,*.example.com", NAME, False),
        ("!other.example.com", NAME, False),
        ("2001:db8::1", "2001:db8::1", True),
        (hashed_name(NAME), NAME, True),
        (hashed_name(NAME), OTHER_PORT, False),
        (hashed_name(OTHER_PORT), OTHER_PORT, True),
        ("|1|broken", NAME, False),
        ("|1|not base64|either", NAME, False),
        (hashed_name(NAME).replace("|1|", "|2|"), NAME, False),
    ],
)
def test_whom_an_entry_names(hosts: str, name: str, matches: bool, keys: dict[str, paramiko.PKey]) -> None:
    entry = read_line(f"{hosts} {line(keys['ed25519'])}")
    assert (entry is not None and entry.names(name)) is matches


def test_comments_empty_lines_and_line_ends_of_windows(
    tmp_path: Path, keys: dict[str, paramiko.PKey]
) -> None:
    first, second = f"{NAME} {line(keys['rsa'])}", f"  {NAME} {line(keys['ed25519'])} me at home"
    found = known_to_ssh(tmp_path, f"\ufeff{first}\r\n\r\n# {first}\x0b\r\n{second}\r\n").about(BASTION)
    assert [entry.key_type for entry in found] == ["ssh-rsa", "ssh-ed25519"]
    assert found[1].place == f"{tmp_path / 'known_hosts'}:4"
    assert found[1].comment == "me at home"


@pytest.mark.parametrize(
    "bad",
    [
        "bastion.example.com",
        "bastion.example.com ssh-ed25519",
        "@revoked",
        "@revoked bastion.example.com",
        "@unheard-of bastion.example.com KEY",
        "@revoked @cert-authority bastion.example.com KEY",
        "bastion.example.com 1024 35 1234567890",
        "bastion.example.com ssh-ed25519 not_base64",
        "bastion.example.com ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAA",
        "bastion.example.com ssh-ed25519 AAAAé",
    ],
)
def test_a_line_that_makes_no_sense_says_nothing(
    bad: str, tmp_path: Path, keys: dict[str, paramiko.PKey]
) -> None:
    text = bad.replace("KEY", line(keys["ed25519"]))
    assert known_to_ssh(tmp_path, f"{text}\n").about(BASTION) == []


def test_a_marker_counts_whatever_blank_follows_it(tmp_path: Path, keys: dict[str, paramiko.PKey]) -> None:
    tabs = line(keys["rsa"]).replace(" ", "\t")
    store = known_to_ssh(tmp_path, f"@revoked\t{NAME}\t{line(keys['rsa'])}\n@revoked\t{NAME}\t{tabs}\n")
    assert [entry.marker for entry in store.about(BASTION)] == ["@revoked", "@revoked"]


def test_a_file_that_is_not_there_or_no_text_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    store = KnownHosts(tmp_path / "own", [tmp_path / "binary", tmp_path, Path("/dev/zero")])
    assert store.about(BASTION) == store.all_entries() == []


def test_a_mebibyte_of_broken_lines_hides_no_key_and_takes_no_time(
    tmp_path: Path, keys: dict[str, paramiko.PKey]
) -> None:
    key = line(keys["ed25519"])
    wanted = f"{hashed_name(NAME)} {key}\n"
    broken = [
        f"{hashed_name('other')} {key}\n",
        f"*.*.*.*.example.net,!?.a.b.c.*,host-? {key[:-9]}\n",
        "|1||| ssh-rsa\n@cert-authority\n\udcff\udcfe\x00 ssh-ed25519 AAAA\n",
        "x" * 500 + "\n",
    ]
    text = "".join(broken) * (1024 * 1024 // len("".join(broken)) + 1)
    path = tmp_path / "known_hosts"
    path.write_bytes((text + wanted).encode(errors="surrogateescape"))
    assert path.stat().st_size > 1024 * 1024
    began = time.monotonic()
    found = KnownHosts(tmp_path / "own", [path]).about(BASTION)
    assert time.monotonic() - began < PATIENCE_S
    assert [entry.public_line for entry in found] == [key]
    assert found[0].line_number == text.count("\n") + 1


def test_an_added_key_is_found_again_under_its_port_and_with_its_time(
    tmp_path: Path, keys: dict[str, paramiko.PKey]
) -> None:
    own = tmp_path / "deep" / "known_hosts"
    KnownHosts(own).add(ON_OTHER_PORT, *line(keys["ed25519"]).split())
    assert re.fullmatch(
        rf"{re.escape(OTHER_PORT)} {re.escape(line(keys['ed25519']))} {NOTE}\n", own.read_text()
    )
    assert own.stat().st_mode & 0o077 == 0
    (found,) = KnownHosts(own).about(ON_OTHER_PORT)
    assert f"added {found.first_seen} by Caponier" == found.comment
    assert KnownHosts(own).about(BASTION) == []


def test_a_name_can_be_added_as_a_hash(tmp_path: Path, keys: dict[str, paramiko.PKey]) -> None:
    store = KnownHosts(tmp_path / "own")
    for name in (NAME, OTHER_PORT):
        store.add(Trust(name, hash_names=True), *line(keys["ed25519"]).split())
    assert "bastion" not in (tmp_path / "own").read_text()
    assert [len(store.about(Trust(name))) for name in (NAME, "other")] == [1, 0]
    assert store.forget(NAME) == 1
    assert [entry.names(OTHER_PORT) for entry in store.all_entries()] == [True]


def test_what_others_wrote_about_a_time_is_a_comment(tmp_path: Path, keys: dict[str, paramiko.PKey]) -> None:
    claim = "added 2001-01-01T00:00:00Z by Caponier in place of SHA256:abc"
    (found,) = known_to_ssh(tmp_path, f"{NAME} {line(keys['rsa'])} {claim}\n").about(BASTION)
    assert (found.first_seen, found.replaced) == ("", frozenset())


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
    store = KnownHosts(tmp_path / "file" / "known_hosts")
    with pytest.raises(ConfigNotWritable):
        store.add(BASTION, *line(keys["ed25519"]).split())
    with pytest.raises(ConfigNotWritable):
        store.replace(BASTION, *line(keys["ed25519"]).split())


def test_two_processes_that_change_the_file_at_once_lose_nothing(
    tmp_path: Path, keys: dict[str, paramiko.PKey]
) -> None:
    own, key = tmp_path / "known_hosts", line(keys["ed25519"]).split()
    # Each has locks of its own, as two processes have.
    lock = partial(locked, tmp_path / "lock", 30.0)
    one, other = KnownHosts(own, locked=lock), KnownHosts(own, locked=lock)
    names = [f"host{number}" for number in range(60)]

    def add_all() -> None:
        for name in names:
            one.add(Trust(name), *key)

    adding = threading.Thread(target=add_all)
    adding.start()
    other.replace(BASTION, *key)
    while adding.is_alive():
        other.replace(BASTION, *key)
    adding.join()
    known = {entry.hosts for entry in one.all_entries()}
    assert known == {*names, NAME}


def test_forgetting_a_host_leaves_the_others(tmp_path: Path, keys: dict[str, paramiko.PKey]) -> None:
    own, key = tmp_path / "known_hosts", line(keys["ed25519"])
    store = KnownHosts(own)
    assert store.forget(NAME) == 0
    kept = f"# gr\xfc\xdfe\n*.example.com {key}\n@revoked {NAME} {key}\n".encode("latin-1")
    own.write_bytes(kept + f"other,{NAME} {key} together".encode())
    store.add(BASTION, *key.split())
    store.add(ON_OTHER_PORT, *key.split())
    assert store.forget(NAME) == 2
    assert own.read_bytes().startswith(kept + f"other {key} together\n{OTHER_PORT} ".encode())


@pytest.mark.skipif(sys.platform == "win32", reason="links take a privilege there")
def test_a_link_to_the_file_stays_one(tmp_path: Path, keys: dict[str, paramiko.PKey]) -> None:
    kept, own = tmp_path / "kept", tmp_path / "known_hosts"
    own.symlink_to(kept)
    store = KnownHosts(own)
    store.add(BASTION, *line(keys["rsa"]).split())
    store.replace(BASTION, *line(keys["ed25519"]).split())
    assert own.is_symlink()
    assert line(keys["ed25519"]) in kept.read_text()


def test_replacing_a_key_leaves_the_files_of_others_and_says_which_of_theirs_count_no_more(
    tmp_path: Path, keys: dict[str, paramiko.PKey]
) -> None:
    text = f"{NAME} {line(keys['rsa'])}\n{NAME},other {line(keys['ecdsa'])}\n"
    store = known_to_ssh(tmp_path, text)
    store.add(BASTION, *line(keys["another"]).split())
    store.add(ON_OTHER_PORT, *line(keys["another"]).split())
    store.replace(BASTION, *line(keys["ed25519"]).split())
    assert (tmp_path / "known_hosts").read_text() == text
    kept, fresh = own_path(tmp_path).read_text().splitlines()
    assert kept.startswith(OTHER_PORT)
    assert fresh.startswith(f"{NAME} {line(keys['ed25519'])} added 20")
    assert store.about(BASTION)[0].replaced == {fingerprint(keys["rsa"]), fingerprint(keys["ecdsa"])}


def test_a_single_entry_is_removed_and_no_other(tmp_path: Path, keys: dict[str, paramiko.PKey]) -> None:
    own, key = tmp_path / "own", line(keys["ed25519"])
    own.write_text(f"@cert-authority * {key}\n* {key}\n")
    store = KnownHosts(own)
    (authority, _) = store.all_entries()
    assert store.remove(authority) == 1
    assert store.remove(authority) == 0
    assert own.read_text() == f"* {key}\n"


def test_the_files_of_the_person_and_those_of_the_system_can_be_others(home: Path) -> None:
    user, everybody = system_known_hosts()
    assert user == (home / ".ssh" / "known_hosts", home / ".ssh" / "known_hosts2")
    assert [path.name for path in everybody] == ["ssh_known_hosts", "ssh_known_hosts2"]
    own = home / "own"
    store = KnownHosts(own, user, everybody)
    assert store.paths_of(BASTION) == (own, *user, *everybody)
    assert store.paths_of(Trust(NAME, user_files=("/a",))) == (own, Path("/a"), *everybody)
    assert store.paths_of(Trust(NAME, user_files=(), global_files=("/b", "/c"))) == (
        own,
        Path("/b"),
        Path("/c"),
    )


def test_the_name_of_a_host_with_and_without_its_port() -> None:
    assert known_hosts_name(Endpoint("A", 1)) == "[a]:1"
    assert name_without_port("[a]:1") == name_without_port("a") == "a"
    assert name_without_port("[2001:db8::1]:22") == name_without_port("2001:db8::1") == "2001:db8::1"
