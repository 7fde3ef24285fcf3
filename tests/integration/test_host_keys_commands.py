"""``caponier host-keys``, beside the files of ssh."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop.store.file_lock import locked
from desktop.store.paths import Paths, make_private
from tests.support import program
from tests.support.certificates import Authority
from tests.support.keys import KeyFile, make_key
from tests.support.stage import fingerprint_of


@pytest.fixture
def host_key(tmp_path: Path) -> KeyFile:
    return make_key(tmp_path, name="host")


@pytest.fixture
def known_to_ssh(home: Path, host_key: KeyFile) -> Path:
    path = home / ".ssh" / "known_hosts"
    path.parent.mkdir()
    path.write_text(f"[b.example.com]:2222 {host_key.public_line}\n")
    return path


def test_nothing_is_changed_while_another_process_changes_it(host_key: KeyFile) -> None:
    paths = Paths.from_environment()
    make_private(paths.config_dir)
    with locked(paths.known_hosts_lock_path, 1.0):
        answer = program.run("host-keys", "add", host_key.public_line, "--host", "b.example.com")
    assert answer.status != 0
    assert "another program is saving" in answer.err
    assert not paths.known_hosts_path.exists()


def test_keys_are_added_listed_and_forgotten(host_key: KeyFile, known_to_ssh: Path) -> None:
    fingerprint = fingerprint_of(host_key.public_line)
    said = program.must("host-keys", "add", host_key.public_line, "--host", "B.example.com:2222")
    assert said == f"[b.example.com]:2222: ssh-ed25519 {fingerprint}\nAdded 1\n"
    ours, theirs = (json.loads(each) for each in program.must("host-keys", "list", "--json").splitlines())
    assert ours["own"]
    assert ours["first_seen"].endswith("Z")
    assert theirs == {
        "hosts": ["[b.example.com]:2222"],
        "kind": "key",
        "key_type": "ssh-ed25519",
        "fingerprint": fingerprint,
        "first_seen": None,
        "file": str(known_to_ssh),
        "line": 1,
        "own": False,
    }
    assert "first seen 20" in program.must("host-keys", "list")
    said = program.must("host-keys", "forget", "b.example.com:2222")
    assert said.startswith("Forgot [b.example.com]:2222\n")
    assert f"Still known from {known_to_ssh}:1" in said
    assert "ssh-keygen -R '[b.example.com]:2222'" in said
    assert program.run("host-keys", "forget", "[b.example.com]:2222").status == 1
    assert known_to_ssh.read_text().count("\n") == 1


def test_what_ssh_keyscan_prints_is_taken_from_standard_input(host_key: KeyFile, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    text = f"# b:22 SSH-2.0\nb {host_key.public_line}\n{authority.known_hosts_line('*.internal')}"
    assert "Added 2\n" in program.must("host-keys", "add", "-", stdin=text)
    said = program.must("host-keys", "add", "-", stdin=text)
    assert "Added 0 of 2; the others were known already" in said
    assert "*.internal" in program.must("host-keys", "list")


def test_what_is_no_key_is_wrong_use(home: Path) -> None:
    answer = program.run("host-keys", "add", "b.example.com ssh-ed25519")
    assert answer.status == 2
    assert "This is not a host key" in answer.err
    assert "Line 1 is not a host key. It must look like" in answer.err
    assert program.must("host-keys", "list").startswith("No host is known yet")
