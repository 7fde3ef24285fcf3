"""Real warehouses in good health are never called troubled, whatever their programs do wrong; troubled ones are."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pg8000.exceptions
import pg8000.native
import pymysql
import pytest

from desktop.core.model import Endpoint
from tests.support.clickhouse import ClickHouse
from tests.support.keys import KeyFile
from tests.support.local_clients import client_of
from tests.support.mariadb import MariaDb
from tests.support.postgres_server import Postgres
from tests.support.redis_server import Redis, redis
from tests.support.relay_stage import RelayStage, relay_stage
from tests.support.sshd import OpenSshServer
from tests.support.stage import connection_to, with_key
from tests.support.waiting import wait_until
from tests.unit.core.test_first_bytes import CANCEL


@pytest.fixture
def stage(server: OpenSshServer, key: KeyFile, tmp_path: Path) -> Iterator[RelayStage]:
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(server.known_hosts_line())
    with relay_stage(with_key(server.endpoint, server.user, key.path), known_hosts) as running:
        running.attached()
        running.settle()
        yield running


def open_port(stage: RelayStage, target: Endpoint, kind: str) -> Endpoint:
    return stage.relay.open_port(replace(connection_to(target, stage.way), kind=kind))


def verdicts(stage: RelayStage, count: int) -> list[str]:
    wait_until(lambda: len(stage.notes.judged) >= count)
    return [cause.code if cause is not None else "" for cause in stage.notes.judged]


def ask(local: Endpoint, words: bytes) -> None:
    with client_of(local) as client:
        client.sendall(words)
        client.recv(1024)


def log_in(local: Endpoint, server: Postgres, *, user: str = "", tls: ssl.SSLContext | None = None) -> None:
    """As far as the server lets it."""
    with contextlib.suppress(pg8000.exceptions.DatabaseError, pg8000.exceptions.InterfaceError):
        pg8000.native.Connection(
            user or server.user,
            host=local.host,
            port=local.port,
            database=server.database,
            password=server.password if not user else "wrong",
            ssl_context=tls or False,
        ).close()


def test_a_postgresql_is_well_whatever_its_programs_do_wrong(
    stage: RelayStage, postgres_server: Postgres
) -> None:
    local = open_port(stage, postgres_server.endpoint, "postgresql")
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    log_in(local, postgres_server)
    log_in(local, postgres_server, tls=trusting)
    log_in(local, postgres_server, user="busy")
    assert verdicts(stage, 3) == ["", "", ""]
    ask(local, CANCEL)
    ask(local, b"GET / HTTP/1.1\r\n\r\n")
    log_in(local, postgres_server)
    assert verdicts(stage, 4) == ["", "", "", ""]


def test_a_postgresql_that_lets_no_client_of_the_bastion_in_is_told(
    stage: RelayStage, postgres_server: Postgres
) -> None:
    log_in(open_port(stage, postgres_server.endpoint, "postgresql"), postgres_server, user="stranger")
    assert verdicts(stage, 1) == ["warehouse_client_not_allowed"]


def test_a_mariadb_is_well_for_a_program_with_a_wrong_password(
    stage: RelayStage, mariadb_server: MariaDb
) -> None:
    local = open_port(stage, mariadb_server.endpoint, "mariadb")
    with contextlib.suppress(pymysql.err.OperationalError):
        pymysql.connect(host=local.host, port=local.port, user="analyst", password="wrong").close()
    assert verdicts(stage, 1) == [""]


def test_a_redis_is_well_and_one_that_is_full_is_told(stage: RelayStage, redis_server: Redis) -> None:
    ask(open_port(stage, redis_server.endpoint, "redis"), b"PING\r\n")
    assert verdicts(stage, 1) == [""]
    with redis("--maxclients", "1") as full, client_of(full.endpoint) as first:
        first.sendall(b"PING\r\n")
        first.recv(16)
        local = stage.relay.open_port(replace(connection_to(full.endpoint, stage.way, "full"), kind="redis"))
        ask(local, b"PING\r\n")
    assert verdicts(stage, 2) == ["", "warehouse_too_many_connections"]


def test_a_clickhouse_is_well_by_http_and_in_its_own_protocol(
    stage: RelayStage, clickhouse_server: ClickHouse
) -> None:
    ask(open_port(stage, clickhouse_server.http, "clickhouse"), b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n")
    ask(
        stage.relay.open_port(
            replace(connection_to(clickhouse_server.native, stage.way, "native"), kind="clickhouse-native")
        ),
        b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n",
    )
    assert verdicts(stage, 2) == ["", ""]


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "redis", "trino"])
def test_a_server_of_ssh_behind_the_port_is_no_warehouse(
    kind: str, stage: RelayStage, server: OpenSshServer
) -> None:
    with client_of(open_port(stage, server.endpoint, kind)) as client:
        client.recv(1024)
    assert verdicts(stage, 1) == ["wrong_protocol"]
