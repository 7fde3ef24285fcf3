"""Looking through the known hosts, adding to them by paste, and forgetting."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import paramiko
import pytest

from desktop.core.config_errors import HostKeyTextInvalid
from desktop.core.host_keys import HostKeyKind, PasteProblem
from desktop.core.plan import Trust
from desktop.ssh.host_key_book import HostKeyBook
from desktop.ssh.keys import fingerprint
from desktop.ssh.pasted_host_keys import hosts_field
from tests.support.host_keys import hashed_name, known_to_ssh, line, own_path

Keys = dict[str, paramiko.PKey]


def test_all_entries_ours_first_with_what_is_known_of_each(tmp_path: Path, keys: Keys) -> None:
    text = f"@cert-authority *.internal {line(keys['rsa'])}\nbad\n{hashed_name('db')} {line(keys['ecdsa'])} mine\n"
    book = HostKeyBook(known_to_ssh(tmp_path, text))
    book.add(book.read(f"@revoked * {line(keys['ed25519'])}"))
    revoked, authority, hidden = book.entries()
    assert (revoked.kind, revoked.hosts, revoked.place) == (
        HostKeyKind.REVOKED,
        "*",
        f"{own_path(tmp_path)}:1",
    )
    assert revoked.is_own
    assert revoked.first_seen
    assert (authority.kind, authority.key_type) == (HostKeyKind.AUTHORITY, "ssh-rsa")
    assert (authority.is_own, authority.first_seen) == (False, "")
    assert (hidden.is_hidden, hidden.line_number) == (True, 3)
    assert hidden.fingerprint == fingerprint(keys["ecdsa"])


def test_what_can_be_pasted(tmp_path: Path, keys: Keys) -> None:
    one, two = line(keys["ed25519"]), line(keys["rsa"])
    book = HostKeyBook(known_to_ssh(tmp_path, ""))
    scanned = (
        f"# b.example.com:22 SSH-2.0-OpenSSH_9.2\n\nb.example.com {one}\r\n  [b.example.com]:2222 {two} x\n"
    )
    assert [entry.hosts for entry in book.read(scanned)] == ["b.example.com", "[b.example.com]:2222"]
    (bare,) = book.read(f"{one} root@bastion", "Bastion.example.com:2222")
    assert bare.line == f"[bastion.example.com]:2222 {one}"
    (authority,) = book.read(f"@cert-authority {one}", "*.internal")
    assert (authority.kind, authority.line) == (HostKeyKind.AUTHORITY, f"@cert-authority *.internal {one}")


@pytest.mark.parametrize(
    ("text", "host", "problem", "number"),
    [
        ("", "", PasteProblem.EMPTY, "1"),
        (" \n# only a comment", "b", PasteProblem.EMPTY, "1"),
        ("b <KEY>\n-----BEGIN OPENSSH PRIVATE KEY-----", "b", PasteProblem.PRIVATE_KEY, "2"),
        ("<KEY>", "", PasteProblem.NO_HOST, "1"),
        ("@revoked <KEY>", " ", PasteProblem.NO_HOST, "1"),
        ("<KEY>", "b c", PasteProblem.BAD_HOST, "1"),
        ("b ssh-ed25519 AAAA", "", PasteProblem.NOT_A_KEY, "1"),
        ("b <KEY>\nssh-ed25519", "b", PasteProblem.NOT_A_KEY, "2"),
        ("@unheard-of <KEY>", "b", PasteProblem.NOT_A_KEY, "1"),
        ("@revoked", "b", PasteProblem.NOT_A_KEY, "1"),
        ("what is \x1b[2J this?", "b", PasteProblem.NOT_A_KEY, "1"),
        ("b\x1b[2J <KEY>", "", PasteProblem.NOT_A_KEY, "1"),
        ("b\udc80 <KEY>", "", PasteProblem.NOT_A_KEY, "1"),
    ],
)
def test_what_a_person_is_told_of_a_text_that_is_no_host_key(
    text: str, host: str, problem: PasteProblem, number: str, tmp_path: Path, keys: Keys
) -> None:
    book = HostKeyBook(known_to_ssh(tmp_path, ""))
    with pytest.raises(HostKeyTextInvalid) as caught:
        book.read(text.replace("<KEY>", line(keys["ed25519"])), host)
    assert (caught.value.facts["problem"], caught.value.facts["line"]) == (problem, number)
    # Whatever was pasted may be a secret.
    assert caught.value.facts["part"] in ("", "b c")


def test_whatever_stands_in_the_files_or_is_pasted_is_read_or_refused(tmp_path: Path, keys: Keys) -> None:
    key, dice = line(keys["ed25519"]), random.Random(6)
    lines = (
        f"host,*.x,!y {key} added 2026-01-31T12:00:00Z by Caponier in place of SHA256:abc",
        f"{hashed_name('host')} {key}",
        f"@cert-authority [host]:22 {key} x",
        f"@revoked * {key}",
    )
    for _ in range(150):
        text = bytearray("\n".join(lines).encode())
        for _ in range(dice.randint(1, 8)):
            text[dice.randrange(len(text))] = dice.randrange(256)
        own_path(tmp_path).parent.mkdir(exist_ok=True)
        own_path(tmp_path).write_bytes(text)
        known = known_to_ssh(tmp_path, text.decode(errors="replace"))
        book = HostKeyBook(known)
        assert all(entry.fingerprint for entry in book.entries())
        with contextlib.suppress(HostKeyTextInvalid):
            book.add(book.read(text.decode(errors="surrogateescape"), "host"))
        known.replace(Trust("host"), *key.split())
        book.forget_host("host")
        for entry in book.entries():
            book.forget(entry)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("B.example.com", "b.example.com"),
        ("b:22", "b"),
        ("b:2222", "[b]:2222"),
        ("[b]:2222", "[b]:2222"),
        ("[b]:22", "b"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]:2222", "[2001:db8::1]:2222"),
        ("*.internal, !db.internal", "*.internal,!db.internal"),
    ],
)
def test_how_a_host_may_be_said(text: str, field: str) -> None:
    assert hosts_field(text) == field


@pytest.mark.parametrize(
    "text", ["", "a b", "a,", "@revoked", "|1|a|b", "#a", "[b]:", "[b]", "b:ssh", "b:0", "b:65536", "b:²"]
)
def test_what_is_no_host(text: str) -> None:
    with pytest.raises(HostKeyTextInvalid):
        hosts_field(text)


def test_what_is_known_already_is_not_added_twice(tmp_path: Path, keys: Keys) -> None:
    book = HostKeyBook(known_to_ssh(tmp_path, f"b {line(keys['rsa'])}\n"))
    text = f"b {line(keys['rsa'])}\nb {line(keys['rsa'])} again\n"
    assert book.add(book.read(text)) == 1
    assert book.add(book.read(text)) == 0
    assert own_path(tmp_path).read_text().count("\n") == 1


def test_an_entry_is_forgotten_and_the_others_stay(tmp_path: Path, keys: Keys) -> None:
    book = HostKeyBook(known_to_ssh(tmp_path, ""))
    book.add(book.read(f"a {line(keys['rsa'])}\nb {line(keys['rsa'])}\n@revoked b {line(keys['rsa'])}"))
    book.forget(book.entries()[1])
    assert [entry.hosts for entry in book.entries()] == ["a", "b"]
    assert book.entries()[1].kind is HostKeyKind.REVOKED


def test_a_host_is_forgotten_by_its_name_and_who_else_knows_it_is_said(tmp_path: Path, keys: Keys) -> None:
    book = HostKeyBook(known_to_ssh(tmp_path, f"[b]:2222,a {line(keys['rsa'])}\n"))
    book.add(book.read(f"[b]:2222 {line(keys['rsa'])}\nb {line(keys['rsa'])}"))
    forgotten, left = book.forget_host("b:2222")
    assert forgotten == 1
    assert [entry.place for entry in left] == [f"{tmp_path / 'known_hosts'}:1"]
    assert book.forget_host("elsewhere") == (0, [])
