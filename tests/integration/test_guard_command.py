"""``guard``, and what ``up`` says of an alarm, in the real program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import program
from tests.support.authority import ServerCertificate, TlsAuthority
from tests.support.echo import TcpService
from tests.support.keys import KeyFile
from tests.support.local_clients import client_of, receive
from tests.support.sshd import OpenSshServer
from tests.support.swapped import WORD, Swapped, fingerprint


@pytest.fixture(scope="module")
def shown(authority: TlsAuthority) -> tuple[ServerCertificate, ServerCertificate]:
    return authority.certificate("warehouse.example.com"), authority.certificate("warehouse.example.com")


@pytest.fixture
def swapped(shown: tuple[ServerCertificate, ServerCertificate]) -> Swapped:
    return Swapped(shown[0])


@pytest.fixture
def warehouse(swapped: Swapped) -> Iterator[TcpService]:
    with TcpService(swapped.serve) as service:
        yield service


@pytest.fixture
def orders(home: Path, server: OpenSshServer, key: KeyFile, warehouse: TcpService) -> str:
    """Its name; the bastion's key is known."""
    options = f"-i {key.path} -p {server.endpoint.port} {server.user}@{server.endpoint.host}"
    command = f"ssh -N -L 0:{warehouse.endpoint} {options}"
    program.must("add", "orders", command, "--kind", "postgresql")
    known_hosts = home / ".ssh" / "known_hosts"
    known_hosts.parent.mkdir(exist_ok=True)
    known_hosts.write_text(server.known_hosts_line())
    return "orders"


def test_another_warehouse_is_remembered_only_where_that_is_accepted(
    orders: str, swapped: Swapped, shown: tuple[ServerCertificate, ServerCertificate]
) -> None:
    first, second = map(fingerprint, shown)
    assert first in program.must("guard", orders)
    swapped.shown = shown[1]
    refused = program.run("guard", orders)
    assert refused.status == 1
    for words in (first, second, "caponier guard orders --accept"):
        assert words in refused.err
    assert second in program.must("guard", orders, "--accept")
    swapped.hangs_up = True
    silent = program.run("guard", orders)
    assert (silent.status, "hangs up at once" in silent.err) == (1, True)
    assert program.must("guard", orders, "--off") == "orders is not guarded any more.\n"


def test_up_tells_the_alarm_and_heeds_what_another_terminal_says_of_the_guard(
    orders: str, swapped: Swapped, shown: tuple[ServerCertificate, ServerCertificate]
) -> None:
    program.must("guard", orders)
    with program.up(orders) as running:
        for certificate, answer in ((shown[1], "--accept"), (shown[0], "--off")):
            swapped.shown, before = certificate, swapped.words
            with client_of(running.port()) as held:
                held.sendall(b"hello of a program")
                running.wait_for(state="up", cause="warehouse_changed")
                running.wait_for_words("caponier guard orders --accept")
                assert swapped.words == before
                program.must("guard", orders, answer)
                assert receive(held, len(WORD)) == WORD
                running.wait_for(state="up", cause=None)
        assert running.stop() == 0
