"""A guarded port to PostgreSQL without TLS: clusters are told from one another by what they say to a stranger."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pg8000.native
import pytest

from desktop.compose import direct_look
from desktop.core.identity import Guard, WarehouseIdentity
from desktop.core.model import DIRECT, Connection, Endpoint, Forward
from desktop.core.tls import AUTOMATIC, Tls, TlsMode
from desktop.probe import visit
from desktop.probe.identify import identify, identify_surely
from tests.support.authority import TlsAuthority
from tests.support.checking import Checking
from tests.support.checking import bastion as bastion
from tests.support.checking import checking as checking
from tests.support.echo import TcpService
from tests.support.keys import KeyFile
from tests.support.looking_stage import running as running
from tests.support.postgres_server import DATABASE, PASSWORD, TLS_NAME, Postgres, cluster
from tests.support.postgres_server import USER as ANALYST
from tests.support.sshd import OpenSshServer
from tests.support.stage import TIMEOUT_S, Stage, connection_to, with_key
from tests.support.swapped import Relay
from tests.unit.probe.test_cluster_mark import NEGOTIATION, SASL, salted

# What a rule of md5 does for a user that nobody has depends on how passwords are kept.
_RULES = f"""
local all all trust
host {DATABASE} {ANALYST} 127.0.0.1/32 md5
host trusting all 127.0.0.1/32 trust
host old all 127.0.0.1/32 md5
host clear all 127.0.0.1/32 password
host closed all 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
"""
OFF = Tls(TlsMode.OFF)


@pytest.fixture(scope="module")
def first() -> Iterator[Postgres]:
    with cluster("log_connections = on", rules=_RULES) as made, made.serving() as server:
        yield server


@pytest.fixture(scope="module")
def second() -> Iterator[Postgres]:
    with cluster("password_encryption = md5", rules=_RULES) as made, made.serving() as server:
        yield server


@pytest.fixture(autouse=True)
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit, "SPEAKS_FIRST_WITHIN_S", 0.05)


@pytest.fixture
def relay(first: Postgres) -> Relay:
    return Relay(first.endpoint)


@pytest.fixture
def warehouse(relay: Relay) -> Iterator[TcpService]:
    with TcpService(relay.serve) as service:
        yield service


def at(place: Endpoint, database: str = DATABASE, tls: Tls = AUTOMATIC) -> Connection:
    return Connection("it", DIRECT, Forward(place), "postgresql", database, tls=tls)


def dialled(connection: Connection) -> Callable[[], socket.socket]:
    target = connection.forward.target
    assert isinstance(target, Endpoint)
    return lambda: socket.create_connection((target.host, target.port), timeout=TIMEOUT_S)


def known(connection: Connection) -> WarehouseIdentity:
    return identify_surely(connection, dialled(connection))


def mark_of(server: Postgres) -> str:
    return known(at(server.endpoint)).cluster_mark


def guarded_by(connection: Connection, mark: str) -> Connection:
    return replace(connection, guard=Guard(True, WarehouseIdentity(cluster_mark=mark)))


def server_reached(local: Endpoint) -> int:
    """The port of the server that a program's login gets to."""
    with pg8000.native.Connection(
        ANALYST, host=local.host, port=local.port, database=DATABASE, password=PASSWORD, ssl_context=False
    ) as logged_in:
        return int(logged_in.run("SHOW port")[0][0])


def test_another_cluster_behind_the_port_gets_no_program_until_a_person_says_that_it_is_right(
    running: Stage,
    server: OpenSshServer,
    key: KeyFile,
    warehouse: TcpService,
    relay: Relay,
    first: Postgres,
    second: Postgres,
) -> None:
    way = with_key(server.endpoint, server.user, key.path)
    plain = replace(connection_to(warehouse.endpoint, way), kind="postgresql", database=DATABASE)
    sales = guarded_by(plain, mark_of(first))
    local = running.bring_up(sales)
    assert server_reached(local) == first.endpoint.port
    relay.leads_to = second.endpoint
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(server_reached, local)
        alarm = running.wait_for(sales, lambda now: now.cause is not None).cause
        assert alarm is not None
        assert alarm.code == "warehouse_changed"
        assert alarm.fact("known") == mark_of(first)
        assert alarm.fact("found") == alarm.fact("cluster_mark") == mark_of(second)
        assert not held.done()
        running.engine.put(guarded_by(sales, mark_of(second)))
        assert held.result(TIMEOUT_S) == second.endpoint.port
    running.wait_for(sales, lambda now: now.cause is None)


def test_a_cluster_stays_the_same_over_a_restart_and_when_it_has_got_tls(authority: TlsAuthority) -> None:
    with cluster(tls=authority.certificate(TLS_NAME), rules=_RULES) as made:
        with made.serving() as server:
            mark = known(at(server.endpoint, tls=OFF)).cluster_mark
            assert mark
        with made.serving() as server:
            connection = at(server.endpoint)
            over_tls = known(guarded_by(connection, mark))
            assert over_tls.cluster_mark == mark
            assert over_tls.certificate
            assert known(connection) == WarehouseIdentity(over_tls.certificate)
            by_both = replace(connection, guard=Guard(True, over_tls))
            assert known(by_both) == WarehouseIdentity(over_tls.certificate)


def test_who_asks_is_no_failed_login_in_the_log_of_the_server(first: Postgres) -> None:
    log_path = first.socket_dir / "log"
    before = len(log_path.read_text())
    for tls in (OFF, AUTOMATIC):
        assert known(at(first.endpoint, tls=tls)).cluster_mark
    assert server_reached(first.endpoint) == first.endpoint.port
    logged = log_path.read_text()[before:].splitlines()
    of_the_login = next(n for n, line in enumerate(logged) if "connection authenticated" in line)
    assert of_the_login == 5
    assert all("LOG:  connection received: host=127.0.0.1" in line for line in logged[:of_the_login])


@pytest.mark.parametrize("tls", [OFF, AUTOMATIC])
@pytest.mark.parametrize("database", ["trusting", "old", "clear", "closed"])
def test_who_does_not_want_scram_of_a_stranger_has_no_mark(second: Postgres, database: str, tls: Tls) -> None:
    assert known(at(second.endpoint, database, tls)) == WarehouseIdentity()


def test_a_salt_that_is_made_up_for_each_login_is_no_mark() -> None:
    salts = iter((b"one", b"another", b"a third"))

    def serve(client: socket.socket) -> None:
        client.recv(100)
        client.sendall(NEGOTIATION + SASL)
        client.sendall(salted(next(salts))(client.recv(100)))
        client.recv(1)

    with TcpService(serve) as changeable:
        connection = at(changeable.endpoint, tls=OFF)
        with dialled(connection)() as sock:
            assert identify(connection, sock).cluster_mark
        assert known(connection) == WarehouseIdentity()


def test_a_check_tells_the_mark(checking: Checking, first: Postgres, second: Postgres) -> None:
    done = checking(checking.connection(first.endpoint, "postgresql", database=DATABASE))
    assert done.stage("tls")["detail"] == f"not offered; PostgreSQL cluster {mark_of(first)}"
    done = checking(checking.connection(second.endpoint, "postgresql", database="old"))
    assert done.stage("tls")["detail"] == "not offered"


def test_the_same_mark_from_here_tells_that_no_bastion_is_needed(
    checking: Checking, first: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct_look, "may_be_reached", lambda _connection: True)
    for database, words in (
        (DATABASE, "reachable without the bastion"),
        ("trusting", "may be another computer"),
    ):
        done = checking(checking.connection(first.endpoint, "postgresql", database=database))
        assert words in done.last["detail"]


def test_a_check_of_a_guarded_port_stops_before_it_logs_in_to_another_warehouse(
    checking: Checking, first: Postgres, second: Postgres
) -> None:
    way = checking.connection(first.endpoint, "postgresql", ANALYST, DATABASE)
    right, wrong = guarded_by(way, mark_of(first)), guarded_by(way, mark_of(second))
    assert checking(right, PASSWORD).stage("warehouse_login")["ok"]
    stopped = checking(wrong, PASSWORD)
    assert stopped.failure == ("tls", "warehouse_changed")
    assert stopped.last["stage"] == "tls"
