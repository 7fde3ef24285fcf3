"""A check goes through the bastion up to the warehouse's login, and says what the warehouse has against it."""

from __future__ import annotations

import contextlib
import socket
import struct
from pathlib import Path

import pymysql
import pytest

from desktop.core.model import UnixSocket
from desktop.core.tls import Tls, TlsMode
from tests.support.authority import TlsAuthority
from tests.support.checking import Checking
from tests.support.checking import bastion as bastion
from tests.support.checking import checking as checking
from tests.support.clickhouse import ClickHouse
from tests.support.echo import TcpService
from tests.support.logs import LogGuard
from tests.support.mariadb import MariaDb
from tests.support.postgres_server import TLS_NAME, Postgres
from tests.support.redis_server import Redis

CLEAR, REQUIRED = Tls(TlsMode.OFF), Tls(TlsMode.REQUIRE)


def test_postgresql_is_well_up_to_its_login(checking: Checking, postgres_server: Postgres) -> None:
    done = checking(
        checking.connection(postgres_server.endpoint, "postgresql", postgres_server.user, "shop"),
        postgres_server.password,
    )
    assert done.well, done.err
    assert "analyst, PostgreSQL 1" in done.stage("warehouse_login")["detail"]
    assert all(stage["ms"] >= 0 for stage in done.stages)


def test_postgresql_is_reached_by_its_unix_socket(checking: Checking, postgres_server: Postgres) -> None:
    connection = checking.connection(
        UnixSocket(str(postgres_server.socket_path)), "postgresql", "postgres", "shop"
    )
    assert checking(connection, "").well


def test_mariadb_is_well_up_to_its_login(checking: Checking, mariadb_server: MariaDb) -> None:
    connection = checking.connection(mariadb_server.endpoint, "mariadb", mariadb_server.user, "shop")
    done = checking(connection, mariadb_server.password)
    assert done.well, done.err
    assert "MariaDB" in done.stage("warehouse_login")["detail"]


def test_clickhouse_is_well_up_to_its_login(checking: Checking, clickhouse_server: ClickHouse) -> None:
    connection = checking.connection(clickhouse_server.http, "clickhouse", clickhouse_server.user, "default")
    done = checking(connection, clickhouse_server.password)
    assert done.well, done.err
    assert "18.16" in done.stage("warehouse_login")["detail"]


def test_what_nobody_foresaw_of_a_library_is_told_and_is_no_traceback(
    checking: Checking, clickhouse_server: ClickHouse, log_guard: LogGuard
) -> None:
    log_guard.expect("the login to")
    half_of_a_letter = "ada\udc80"
    done = checking(
        checking.connection(clickhouse_server.http, "clickhouse", half_of_a_letter), "hunter-two-22"
    )
    assert done.failure == ("warehouse_login", "unexpected")


def test_a_kind_without_a_login_says_so(checking: Checking, redis_server: Redis) -> None:
    done = checking(checking.connection(redis_server.endpoint, "redis"), "")
    assert done.well, done.err
    assert "can't log in to Redis" in done.stage("warehouse_login")["note"]


@pytest.mark.parametrize(
    ("user", "database", "tls", "code", "advice"),
    [
        ("analyst", "nowhere", CLEAR, "warehouse_database_missing", "database"),
        ("nobody", "shop", CLEAR, "tls_required", "TLS"),
        ("tls_only", "shop", CLEAR, "tls_required", "TLS"),
        ("stranger", "shop", REQUIRED, "warehouse_client_not_allowed", "address"),
        ("busy", "shop", CLEAR, "warehouse_too_many_connections", "connections"),
        ("", "shop", CLEAR, "warehouse_user_needed", "user"),
    ],
)
def test_postgresql_refuses(
    checking: Checking, postgres_server: Postgres, user: str, database: str, tls: Tls, code: str, advice: str
) -> None:
    connection = checking.connection(postgres_server.endpoint, "postgresql", user, database, tls)
    done = checking(connection, postgres_server.password)
    assert not done.well
    assert done.failure == ("warehouse_login", code)
    assert advice in done.err


def test_a_wrong_password_is_told_by_each(
    checking: Checking, postgres_server: Postgres, mariadb_server: MariaDb, clickhouse_server: ClickHouse
) -> None:
    for target, kind in (
        (postgres_server.endpoint, "postgresql"),
        (mariadb_server.endpoint, "mariadb"),
        (clickhouse_server.http, "clickhouse"),
    ):
        done = checking(checking.connection(target, kind, "analyst"), "wrong-one-37")
        assert done.failure == ("warehouse_login", "warehouse_auth_rejected"), kind
        assert "password" in done.err


def test_a_missing_password_is_told_and_nothing_is_tried(
    checking: Checking, postgres_server: Postgres, mariadb_server: MariaDb
) -> None:
    for target, kind in ((postgres_server.endpoint, "postgresql"), (mariadb_server.endpoint, "mariadb")):
        done = checking(checking.connection(target, kind, "analyst", "shop"), "")
        assert done.failure == ("warehouse_login", "warehouse_password_needed")


def test_mariadb_says_what_it_has_against_a_login(checking: Checking, mariadb_server: MariaDb) -> None:
    def failure(user: str, database: str = "", tls: Tls = CLEAR) -> str:
        connection = checking.connection(mariadb_server.endpoint, "mariadb", user, database, tls)
        stage, code = checking(connection, mariadb_server.password).failure
        assert stage == "warehouse_login"
        return code

    assert failure("analyst", "nowhere") == "warehouse_database_missing"
    # That an account wants TLS, MariaDB does not say.
    assert failure("tls_only") == "warehouse_auth_rejected"
    taken = pymysql.connect(
        host=mariadb_server.endpoint.host,
        port=mariadb_server.endpoint.port,
        user="busy",
        password=mariadb_server.password,
    )
    with contextlib.closing(taken):
        assert failure("busy") == "warehouse_too_many_connections"


def test_clickhouse_says_what_it_has_against_a_login(
    checking: Checking, clickhouse_server: ClickHouse
) -> None:
    def failure(user: str, database: str) -> tuple[str, str]:
        connection = checking.connection(clickhouse_server.http, "clickhouse", user, database)
        return checking(connection, clickhouse_server.password).failure

    assert failure("analyst", "nowhere") == ("warehouse_login", "warehouse_database_missing")
    assert failure("elsewhere", "default") == ("warehouse_login", "warehouse_client_not_allowed")
    assert failure("nobody", "default") == ("warehouse_login", "warehouse_auth_rejected")


def test_a_certificate_is_verified_where_that_is_wanted(
    checking: Checking, postgres_server: Postgres, authority: TlsAuthority, tmp_path: Path
) -> None:
    def outcome(**settings: str) -> str:
        tls = Tls(TlsMode.VERIFY, **settings)
        connection = checking.connection(postgres_server.endpoint, "postgresql", "analyst", "shop", tls)
        done = checking(connection, postgres_server.password)
        return "well" if done.well else f"{done.failure[1]}: {done.err}"

    ours = str(authority.path)
    assert outcome(ca_file=ours, server_name=TLS_NAME) == "well"
    assert "tls_invalid" in outcome(server_name=TLS_NAME)
    assert "tls_invalid" in outcome(ca_file=ours)
    assert "tls_file_unreadable" in outcome(ca_file=str(tmp_path / "nowhere.pem"), server_name=TLS_NAME)


def _postgres_error(code: str, words: str) -> bytes:
    """ErrorResponse (PostgreSQL documentation, "Message Formats")."""
    fields = f"SFATAL\0C{code}\0M{words}\0\0".encode()
    return b"E" + struct.pack(">I", len(fields) + 4) + fields


def _mysql_error(code: int, words: str) -> bytes:
    """ERR_Packet before a handshake (MySQL Internals, "Connection Phase"): without a SQL state."""
    body = b"\xff" + struct.pack("<H", code) + words.encode()
    return struct.pack("<I", len(body))[:3] + b"\0" + body


# A Protocol::HandshakeV10 (MySQL Internals, "Connection Phase Packets"): version, thread, half of the salt,
# capabilities with PROTOCOL_41, SECURE_CONNECTION and PLUGIN_AUTH, character set, status, the other half, a plugin.
_GREETING = (
    b"\x0a8.4.0\0\x01\0\0\0" + b"12345678\0" + b"\x00\x82" + b"\x2d\x02\0" + b"\x08\0" + b"\x15" + bytes(10)
    + b"123456789012\0mysql_native_password\0"
)  # fmt: skip


def test_mysql_takes_encrypted_connections_only(checking: Checking) -> None:
    def serve(client: socket.socket) -> None:
        client.sendall(struct.pack("<I", len(_GREETING))[:3] + b"\0" + _GREETING)
        client.recv(1 << 12)
        words = (
            b"\xff" + struct.pack("<H", 3159) + b"#HY000Connections using insecure transport are prohibited"
        )
        client.sendall(struct.pack("<I", len(words))[:3] + b"\x02" + words)

    with TcpService(serve) as service:
        connection = checking.connection(service.endpoint, "mysql", "analyst", tls=CLEAR)
        assert checking(connection, "hunter-two-22").failure == ("warehouse_login", "tls_required")


@pytest.mark.parametrize(
    ("kind", "bytes_said", "code"),
    [
        ("mysql", _mysql_error(1129, "Host 'b' is blocked because of many errors"), "warehouse_host_blocked"),
        ("mysql", _mysql_error(1130, "Host 'b' is not allowed"), "warehouse_client_not_allowed"),
        ("mysql", _mysql_error(1040, "Too many connections"), "warehouse_too_many_connections"),
        ("mysql", b"", "warehouse_hung_up"),
        # Who hangs up on the right question is another.
        ("postgresql", b"", "wrong_protocol"),
        ("clickhouse", b"", "wrong_protocol"),
    ],
)
def test_what_a_server_says_at_once(checking: Checking, kind: str, bytes_said: bytes, code: str) -> None:
    def serve(client: socket.socket) -> None:
        if kind != "mysql":
            client.recv(1 << 12)
        client.sendall(bytes_said)

    with TcpService(serve) as service:
        connection = checking.connection(service.endpoint, kind, "analyst", tls=CLEAR)
        done = checking(connection, "hunter-two-22")
    assert done.failure == ("protocol", code)


@pytest.mark.parametrize(
    ("error", "words", "code"),
    [
        ("57P03", "the database system is starting up", "warehouse_starting"),
        ("XX000", "out of\x1b[31m luck", "warehouse_login_failed"),
    ],
)
def test_what_postgresql_says_in_place_of_a_login(
    checking: Checking, error: str, words: str, code: str
) -> None:
    def serve(client: socket.socket) -> None:
        if client.recv(1 << 12)[4:8] == b"\x04\xd2\x16\x2f":
            client.sendall(b"N")
        else:
            client.sendall(_postgres_error(error, words))

    with TcpService(serve) as service:
        connection = checking.connection(service.endpoint, "postgresql", "analyst", tls=CLEAR)
        done = checking(connection, "hunter-two-22")
    assert done.failure == ("warehouse_login", code)
    assert "\x1b" not in done.err
