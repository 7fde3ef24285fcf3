"""Swapping the server behind a guarded port, through a real bastion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from desktop.core.identity import NO_GUARD, Guard, WarehouseIdentity
from desktop.core.model import Connection, Endpoint, Snapshot
from desktop.ssh import identification
from tests.support.authority import ServerCertificate, TlsAuthority
from tests.support.echo import TcpService
from tests.support.keys import KeyFile
from tests.support.local_clients import client_of, receive
from tests.support.looking_stage import running as running
from tests.support.sshd import OpenSshServer
from tests.support.stage import TIMEOUT_S, Stage, connection_to, with_key
from tests.support.swapped import WORD, Swapped, fingerprint


@pytest.fixture(scope="module")
def first(authority: TlsAuthority) -> ServerCertificate:
    return authority.certificate("warehouse.example.com")


@pytest.fixture(scope="module")
def second(authority: TlsAuthority) -> ServerCertificate:
    return authority.certificate("warehouse.example.com")


@pytest.fixture
def swapped(first: ServerCertificate) -> Swapped:
    return Swapped(first)


@pytest.fixture
def warehouse(swapped: Swapped) -> Iterator[TcpService]:
    with TcpService(swapped.serve) as service:
        yield service


@pytest.fixture
def sales(server: OpenSshServer, key: KeyFile, warehouse: TcpService, first: ServerCertificate) -> Connection:
    way = with_key(server.endpoint, server.user, key.path)
    return guarded_by(replace(connection_to(warehouse.endpoint, way), kind="postgresql"), first)


def guarded_by(connection: Connection, shown: ServerCertificate) -> Connection:
    return replace(connection, guard=Guard(True, WarehouseIdentity(certificate=fingerprint(shown))))


def code(snapshot: Snapshot) -> str:
    return snapshot.cause.code if snapshot.cause is not None else ""


def hears_the_warehouse(local: Endpoint) -> bool:
    with client_of(local) as client:
        client.sendall(b"hello of a program")
        return receive(client, len(WORD)) == WORD


@pytest.mark.usefixtures("ssh_kind")
def test_another_server_behind_the_port_gets_no_client_until_a_person_says_that_it_is_right(
    running: Stage, sales: Connection, swapped: Swapped, first: ServerCertificate, second: ServerCertificate
) -> None:
    local = running.bring_up(sales)
    assert hears_the_warehouse(local)
    swapped.shown = second
    with client_of(local) as held, client_of(local) as other:
        held.sendall(b"hello of a program")
        other.sendall(b"hello of another")
        alarm = running.wait_for(sales, lambda now: code(now) == "warehouse_changed")
        running.wait_for(sales, lambda now: now.parked == 2)
        assert alarm.state == "up"
        assert alarm.cause is not None
        assert alarm.cause.fact("known") == fingerprint(first)
        assert alarm.cause.fact("certificate") == alarm.cause.fact("found") == fingerprint(second)
        assert swapped.words == 1
        running.engine.put(guarded_by(sales, second))
        assert receive(held, len(WORD)) == receive(other, len(WORD)) == WORD
    running.wait_for(sales, lambda now: now.cause is None)
    assert hears_the_warehouse(local)


def test_disconnecting_is_an_answer_too(
    running: Stage, sales: Connection, swapped: Swapped, second: ServerCertificate
) -> None:
    local = running.bring_up(sales)
    swapped.shown = second
    with client_of(local) as held:
        running.wait_for(sales, lambda now: code(now) == "warehouse_changed")
        running.engine.disconnect(sales.id)
        with pytest.raises(ConnectionResetError):
            held.recv(1)
    running.wait_for(sales, lambda now: now.state == "off" and now.cause is None)


def test_the_guard_of_a_live_port_can_be_switched_on_and_off(
    running: Stage, sales: Connection, swapped: Swapped, second: ServerCertificate
) -> None:
    swapped.shown = second
    local = running.bring_up(replace(sales, guard=NO_GUARD))
    with client_of(local) as through:
        through.sendall(b"hello of a program")
        assert receive(through, len(WORD)) == WORD
        running.engine.put(sales)
        running.wait_for(sales, lambda now: now.connection == sales)
        with client_of(local) as held:
            held.sendall(b"hello of another")
            running.wait_for(sales, lambda now: code(now) == "warehouse_changed")
            running.engine.put(replace(sales, guard=NO_GUARD))
            assert receive(held, len(WORD)) == WORD
    running.wait_for(sales, lambda now: now.cause is None)


def test_who_was_looked_at_over_a_session_that_is_gone_is_looked_at_again(
    running: Stage, sales: Connection, swapped: Swapped, server: OpenSshServer, second: ServerCertificate
) -> None:
    local = running.bring_up(sales)
    assert hears_the_warehouse(local)
    server.stop()
    running.wait_for(sales, lambda now: now.state != "up")
    swapped.shown = second
    with client_of(local) as held:
        held.sendall(b"hello of a program")
        running.wait_for(sales, lambda now: now.parked == 1)
        server.start()
        running.wait_for(sales, lambda now: code(now) == "warehouse_changed")
    assert swapped.words == 1


def test_a_session_that_goes_during_the_look_costs_no_client_its_place(
    running: Stage, sales: Connection, swapped: Swapped, server: OpenSshServer
) -> None:
    local = running.bring_up(sales)
    swapped.goes_on.clear()
    with client_of(local) as held:
        held.sendall(b"hello of a program")
        assert swapped.is_looked_at.wait(TIMEOUT_S)
        server.stop()
        running.wait_for(sales, lambda now: now.state != "up")
        swapped.goes_on.set()
        server.start()
        assert receive(held, len(WORD)) == WORD
    running.wait_for(sales, lambda now: now.state == "up" and now.cause is None)


def test_who_can_not_be_asked_gets_no_client_either_and_the_next_one_tries_again(
    running: Stage, sales: Connection, swapped: Swapped
) -> None:
    local = running.bring_up(sales)
    swapped.hangs_up = True
    with client_of(local) as dropped, pytest.raises(ConnectionResetError):
        dropped.recv(1)
    assert swapped.words == 0
    doubt = running.wait_for(sales, lambda now: code(now) == "warehouse_unidentified")
    assert doubt.cause is not None
    assert doubt.cause.fact("reason") == "warehouse_hung_up"
    swapped.hangs_up = False
    assert hears_the_warehouse(local)
    running.wait_for(sales, lambda now: now.cause is None)


def test_a_look_that_takes_too_long_is_no_finding(
    running: Stage, sales: Connection, swapped: Swapped, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identification, "IDENTIFY_WITHIN_S", 0.3)
    local = running.bring_up(sales)
    swapped.goes_on.clear()
    with client_of(local) as dropped, pytest.raises(ConnectionResetError):
        dropped.recv(1)
    doubt = running.wait_for(sales, lambda now: code(now) == "warehouse_unidentified")
    assert doubt.cause is not None
    assert doubt.cause.fact("reason") == "warehouse_silent"
    swapped.goes_on.set()


def test_a_bastion_that_refuses_the_way_is_told_as_ever(
    running: Stage, sales: Connection, warehouse: TcpService
) -> None:
    local = running.bring_up(sales)
    warehouse.close()
    with client_of(local) as dropped, pytest.raises(ConnectionResetError):
        dropped.recv(1)
    running.wait_for(sales, lambda now: code(now) == "warehouse_refused")


def test_the_end_of_the_program_does_not_wait_for_a_look(
    running: Stage, sales: Connection, swapped: Swapped
) -> None:
    local = running.bring_up(sales)
    swapped.goes_on.clear()
    with client_of(local):
        assert swapped.is_looked_at.wait(TIMEOUT_S)
        assert running.engine.shutdown()
    swapped.goes_on.set()
