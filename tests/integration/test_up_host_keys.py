"""Whom `up` trusts: known hosts, a fingerprint given by hand, and nobody else."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import program
from tests.support.keys import KeyFile
from tests.support.sshd import OpenSshServer
from tests.support.stage import fingerprint_of
from tests.support.system_user import SystemUser


@pytest.fixture
def server(key: KeyFile, system_user: SystemUser) -> Iterator[OpenSshServer]:
    """A bastion that the connection ``orders`` goes through."""
    with OpenSshServer(user=system_user.name, keys=[key]) as running:
        at = f"-p {running.endpoint.port} {running.user}@{running.endpoint.host}"
        program.must("add", "orders", f"ssh -N -L 0:db.internal:5432 -i {key.path} {at}")
        yield running


@pytest.fixture
def known_hosts(home: Path) -> Path:
    """The person's own, as ssh(1) writes it."""
    path = home / ".ssh" / "known_hosts"
    path.parent.mkdir()
    return path


def refused(cause: str, *words: str) -> str:
    """`up` ends by itself, with nothing but this cause; what it said to the person."""
    with program.up("orders", *words) as running:
        running.wait_for(state="failed", cause=cause)
        assert running.wait() == 1
        return running.err


def gets_up(*words: str) -> None:
    with program.up("orders", *words) as running:
        running.wait_for(state="up")
        assert running.err == ""
        assert running.stop() == 0


def test_an_unknown_key_is_refused_with_its_fingerprint_and_how_to_accept_it(server: OpenSshServer) -> None:
    said = refused("host_key_unknown")
    fingerprint = fingerprint_of(server.host_key())
    assert f"{server.endpoint.host} (port {server.endpoint.port}) is not known yet" in said
    assert f"To accept it: caponier up orders --accept-host-key {fingerprint}" in said
    assert server.count_logins() == server.count_failures("publickey") == 0


def test_an_accepted_key_is_remembered(server: OpenSshServer) -> None:
    gets_up("--accept-host-key", fingerprint_of(server.host_key()))
    gets_up()


def test_another_fingerprint_accepts_nothing(server: OpenSshServer) -> None:
    refused("host_key_unknown", "--accept-host-key", "SHA256:of+another+key")
    refused("host_key_unknown")


def test_a_changed_key_is_refused_though_its_fingerprint_is_given(server: OpenSshServer) -> None:
    old = fingerprint_of(server.host_key())
    gets_up("--accept-host-key", old)
    server.stop()
    server.new_host_keys()
    server.start()
    new = fingerprint_of(server.host_key())
    for words in ((), ("--accept-host-key", new), ("--replace-host-key", old)):
        said = refused("host_key_changed", *words)
        assert old in said
        assert new in said
        assert "first seen on 20" in said
        assert f"caponier up orders --replace-host-key {new}" in said
    server.expect_logins(1)


def test_a_key_is_replaced_by_the_one_whose_fingerprint_is_given(
    server: OpenSshServer, known_hosts: Path
) -> None:
    known_hosts.write_text(server.known_hosts_line("rsa") + server.known_hosts_line())
    text = known_hosts.read_text()
    server.stop()
    server.new_host_keys()
    server.start()
    new = fingerprint_of(server.host_key())
    gets_up("--replace-host-key", f"{new}.")
    gets_up()
    assert known_hosts.read_text() == text
    server.stop()
    known_hosts.write_text(f"@revoked * {server.host_key()}\n")
    server.start()
    refused("host_key_revoked", "--replace-host-key", new)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_one_known_key_of_several_is_enough(server: OpenSshServer, known_hosts: Path, kind: str) -> None:
    known_hosts.write_text(server.known_hosts_line(kind))
    gets_up()


def test_hashed_names_are_known(server: OpenSshServer, known_hosts: Path) -> None:
    known_hosts.write_text(server.known_hosts_line())
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", known_hosts], check=True, capture_output=True)
    assert server.endpoint.host not in known_hosts.read_text()
    gets_up()


def test_the_key_of_another_port_is_not_known(server: OpenSshServer, known_hosts: Path) -> None:
    host = server.endpoint.host
    known_hosts.write_text(f"[{host}]:1 {server.host_key()}\n")
    refused("host_key_unknown")


def test_an_entry_for_the_host_without_a_port_is_good_for_any(
    server: OpenSshServer, known_hosts: Path
) -> None:
    known_hosts.write_text(f"{server.endpoint.host} {server.host_key()}\n")
    gets_up()


def test_lines_that_say_nothing_are_passed_over(server: OpenSshServer, known_hosts: Path) -> None:
    known_hosts.write_text(f"# a comment\n\nhalf a line\n@cert-authority\n{server.known_hosts_line()}")
    gets_up()


def test_a_revoked_key_is_refused_even_where_it_is_known_too(
    server: OpenSshServer, known_hosts: Path
) -> None:
    known_hosts.write_text(server.known_hosts_line() + f"@revoked * {server.host_key()}\n")
    said = refused("host_key_revoked", "--accept-host-key", fingerprint_of(server.host_key()))
    assert f"marked @revoked in {known_hosts}:2" in said
    assert server.count_logins() == 0


def test_the_persons_own_known_hosts_file_is_never_written(server: OpenSshServer, known_hosts: Path) -> None:
    known_hosts.write_text("other.example.com ssh-ed25519 AAAA\n")
    gets_up("--accept-host-key", fingerprint_of(server.host_key()))
    assert known_hosts.read_text() == "other.example.com ssh-ed25519 AAAA\n"
