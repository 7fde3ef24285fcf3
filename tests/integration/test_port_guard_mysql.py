"""A guarded port to MySQL or MariaDB: each client's own greeting is looked at, and nobody connects only to look."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pymysql
import pytest

from desktop.core.identity import NO_GUARD, Guard, WarehouseIdentity
from desktop.core.model import Connection, Endpoint, Snapshot
from tests.support.echo import TcpService
from tests.support.keys import KeyFile
from tests.support.local_clients import client_of, receive
from tests.support.looking_stage import running as running
from tests.support.mariadb import MariaDb
from tests.support.sshd import OpenSshServer
from tests.support.stage import Stage, connection_to, with_key
from tests.unit.core.test_mysql_greeting import greeting, packet

pytestmark = pytest.mark.usefixtures("ssh_kind")

ANSWER = b"an answer"


TOO_MANY = packet(b"\xff" + (1040).to_bytes(2, "little") + b"#08004Too many connections")


class Introduced:
    """Says `first` in two pieces, and `ANSWER` to what it hears then."""

    def __init__(self) -> None:
        self.first = greeting(b"8.0.36")
        self.heard = b""

    def serve(self, client: socket.socket) -> None:
        client.sendall(self.first[:3])
        client.sendall(self.first[3:])
        said = client.recv(100)
        self.heard += said
        if said:
            client.sendall(ANSWER)
            client.recv(1)


@pytest.fixture
def script() -> Introduced:
    return Introduced()


@pytest.fixture
def warehouse(script: Introduced) -> Iterator[TcpService]:
    with TcpService(script.serve) as service:
        yield service


@pytest.fixture
def sales(server: OpenSshServer, key: KeyFile, warehouse: TcpService) -> Connection:
    way = with_key(server.endpoint, server.user, key.path)
    return guarded_by(replace(connection_to(warehouse.endpoint, way), kind="mysql"), "8.0.36")


def guarded_by(connection: Connection, version: str) -> Connection:
    return replace(connection, guard=Guard(True, WarehouseIdentity(greeting=version)))


def code(snapshot: Snapshot) -> str:
    return snapshot.cause.code if snapshot.cause is not None else ""


def works(local: Endpoint, first: bytes) -> bool:
    with client_of(local) as client:
        greeted = receive(client, len(first)) == first
        client.sendall(b"login")
        return greeted and receive(client, len(ANSWER)) == ANSWER


def test_each_client_has_one_connection_of_its_own_and_no_other_is_made(
    running: Stage, sales: Connection, script: Introduced, warehouse: TcpService
) -> None:
    local = running.bring_up(sales)
    assert all(works(local, script.first) for _ in range(3))
    assert warehouse.accepted == 3


def test_another_greeting_reaches_no_program_until_a_person_says_that_it_is_right(
    running: Stage, sales: Connection, script: Introduced, warehouse: TcpService
) -> None:
    local = running.bring_up(sales)
    assert works(local, script.first)
    script.first = greeting(b"5.7.44")
    script.heard = b""
    with client_of(local) as held, client_of(local) as eager:
        eager.sendall(b"said before any greeting")
        alarm = running.wait_for(sales, lambda now: code(now) == "warehouse_changed" and now.parked == 2)
        assert alarm.cause is not None
        assert (alarm.cause.fact("known"), alarm.cause.fact("found")) == ("8.0.36", "5.7.44")
        accepted = warehouse.accepted
        with client_of(local) as later:
            running.wait_for(sales, lambda now: now.parked == 3)
            assert warehouse.accepted == accepted
            assert script.heard == b""
            running.engine.put(guarded_by(sales, "5.7.44"))
            for each in (held, eager, later):
                assert receive(each, len(script.first)) == script.first
            assert receive(eager, len(ANSWER)) == ANSWER
    running.wait_for(sales, lambda now: now.cause is None)


def test_a_guard_that_is_switched_off_lets_the_held_ones_through(
    running: Stage, sales: Connection, script: Introduced
) -> None:
    local = running.bring_up(guarded_by(sales, "5.7.44"))
    with client_of(local) as held:
        running.wait_for(sales, lambda now: code(now) == "warehouse_changed")
        running.engine.put(replace(sales, guard=NO_GUARD))
        assert receive(held, len(script.first)) == script.first


def test_an_error_in_place_of_the_greeting_is_passed_on(
    running: Stage, sales: Connection, script: Introduced
) -> None:
    local = running.bring_up(sales)
    script.first = TOO_MANY
    with client_of(local) as client:
        assert receive(client, len(TOO_MANY)) == TOO_MANY
    running.wait_for(sales, lambda now: code(now) == "warehouse_too_many_connections")


def test_who_speaks_something_else_is_another_warehouse(
    running: Stage, sales: Connection, script: Introduced
) -> None:
    local = running.bring_up(sales)
    script.first = b"SSH-2.0-OpenSSH_9.2\r\n" + bytes(4096)
    with client_of(local):
        alarm = running.wait_for(sales, lambda now: code(now) == "warehouse_changed")
    assert alarm.cause is not None
    assert alarm.cause.fact("found") == ""


def test_a_real_mariadb_is_known_again_by_its_version(
    running: Stage, sales: Connection, mariadb_server: MariaDb
) -> None:
    version = str(mariadb_server.admin("SELECT VERSION()")[0][0])
    forward = replace(sales.forward, target=mariadb_server.endpoint)
    real = replace(guarded_by(sales, version), kind="mariadb", forward=forward)
    local = running.bring_up(real)
    with (
        pymysql.connect(
            host=local.host, port=local.port, user=mariadb_server.user, password=mariadb_server.password
        ) as program,
        program.cursor() as cursor,
    ):
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
